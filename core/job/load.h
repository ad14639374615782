// From the text of a job file to a JobGraph, or to every defect in it in one pass.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/graph.h"

namespace leat::job {

// 1-based line and byte column in the file as written (before ${...} is filled in).
struct Diagnostic {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;  // what is wrong; what is expected
};
// "FILE:LINE:COLUMN: message" ("...: warning: message").
std::string to_string(const Diagnostic& diagnostic, std::string_view file);

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

struct LoadResult {
  std::optional<JobGraph> graph;        // present when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // in the order of the file
};

// Pure: reads no file and no environment but what is passed. Never throws. Accepts the whole
// contract of the job file; what this build cannot run is listed in JobGraph::unbuilt.
LoadResult load_job(std::string_view text, const Environment& environment);

// The JSON Schema (draft 2020-12) of the job file, made from the option declarations.
std::string job_schema_json();

}  // namespace leat::job
