// The options of the job file as a page to read.
#pragma once

#include <string>

namespace leat::job {

// Markdown, made from the option declarations: a section for the settings and one for each source,
// transform and sink type, with a table of name, type, default and meaning.
std::string reference_markdown();

}  // namespace leat::job
