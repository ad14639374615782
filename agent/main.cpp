#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "agent/cli/commands.h"

namespace {

// A descriptor 0, 1 or 2 that is closed would be given to the next file opened, and rows or log
// lines written into a database. They are filled with what cannot be used: reading or writing stays
// an error.
void fill_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", mode) != descriptor) _exit(leat::cli::kFailed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  // A reader that goes away is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return leat::cli::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
