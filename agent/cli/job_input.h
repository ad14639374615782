// Reading a job file for a command: from a path to a graph, or to its defects on standard error.
#pragma once

#include <optional>
#include <string>

#include "core/job/load.h"

namespace leat::cli {

// nullopt: everything wrong has been printed and the command should exit with kUsage. Warnings are
// printed in any case. "-" is standard input.
std::optional<job::JobGraph> read_job(const std::string& path);

// The whole file, or an error that names it.
Result<std::string> read_text(const std::string& path);

}  // namespace leat::cli
