// Every command of the program, and the exit codes they share.
#pragma once

#include <vector>

#include "agent/cli/arguments.h"

namespace leat::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // failed while running
inline constexpr int kUsage = 2;   // wrong usage, or a file that does not validate

Command run_command();
Command validate_command();
Command explain_command();
Command test_command();
Command schema_command();
Command version_command();

// In the order in which help lists them.
std::vector<Command> all_commands();

// The program: `leat COMMAND ...`.
int run_program(const std::vector<std::string>& words);

}  // namespace leat::cli
