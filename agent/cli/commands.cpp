#include "agent/cli/commands.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/text.h"

namespace leat::cli {
namespace {

std::string overview() {
  std::string text =
      "leat: stream processing on the gateway, from sensors to the cloud\n\n"
      "usage: leat COMMAND [options]\n\ncommands:\n";
  for (const Command& command : all_commands()) {
    std::string left = "  " + std::string(command.name);
    left.resize(14, ' ');
    text += left + std::string(command.summary) + "\n";
  }
  text += "\n`leat COMMAND --help` shows a command's options and an example.\n";
  return text;
}

// What a command prints is its result: a disk that is full fails it. A reader that has seen enough
// (`| head`) does not.
int after_output(int code) {
  errno = 0;
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written || errno == EPIPE) return code;
  std::fprintf(stderr, "leat: standard output cannot be written: %s\n",
               errno == 0 ? "some of it is lost" : std::strerror(errno));
  return code == kDone ? kFailed : code;
}

}  // namespace

std::vector<Command> all_commands() {
  return {run_command(),  validate_command(), explain_command(),
          test_command(), schema_command(),   version_command()};
}

int run_program(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::fputs(overview().c_str(), words.empty() ? stderr : stdout);
    return words.empty() ? kUsage : after_output(kDone);
  }
  const std::string name = words[0] == "--version" ? "version" : words[0];
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    names.emplace_back(command.name);
    if (command.name != name) continue;
    const Result<Arguments> arguments =
        Arguments::parse(command, std::vector<std::string>(words.begin() + 1, words.end()));
    if (!arguments.ok()) {
      std::fprintf(stderr, "leat %s: %s\n\n%s", name.c_str(), arguments.error().message().c_str(),
                   usage(command).c_str());
      return kUsage;
    }
    if (arguments->help()) {
      std::fputs(usage(command).c_str(), stdout);
      return after_output(kDone);
    }
    return after_output(command.run(*arguments));
  }
  std::fprintf(stderr, "leat: there is no command \"%s\"%s\n\n%s", name.c_str(),
               base::did_you_mean(name, names).c_str(), overview().c_str());
  return kUsage;
}

}  // namespace leat::cli
