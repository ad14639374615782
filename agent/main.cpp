#include <csignal>
#include <string>
#include <vector>

#include "agent/cli/commands.h"

int main(int argc, char** argv) {
  // A reader that goes away is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return leat::cli::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
