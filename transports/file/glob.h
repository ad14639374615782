// Which files a path of a job file means.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace leat::file {

// The files that `pattern` names, ordered by the bytes of their names: the file of exactly that
// name where there is one, otherwise what glob(7) matches (`*`, `?`, `[..]` within a path
// component). Directories are left out; FIFOs and devices are not (opening them says what they
// are). Empty when nothing matches. An error when a directory cannot be searched.
Result<std::vector<std::string>> match_files(const std::string& pattern);

// "no file matches <pattern>: directory <directory> does not exist", or "... holds none".
Error no_match(const std::string& pattern);

// The directory part of a path; "." where there is none.
std::string directory_of(const std::string& path);

}  // namespace leat::file
