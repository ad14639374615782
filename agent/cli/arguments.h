// The words of a command line, checked against what the command takes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace leat::cli {

struct Flag {
  std::string_view name;   // "--summary"
  std::string_view value;  // "FILE"; empty: the flag takes none
  std::string_view help;
};

struct Command {
  std::string_view name;
  std::string_view operands;  // "JOB.yaml"
  std::string_view summary;   // a line
  std::string_view example;
  std::vector<Flag> flags;
  std::size_t min_operands = 0;
  std::size_t max_operands = 0;
  int (*run)(const class Arguments& arguments) = nullptr;
};

class Arguments {
 public:
  // kInvalidArgument: what is wrong, and what there is.
  static Result<Arguments> parse(const Command& command, const std::vector<std::string>& words);

  bool has(std::string_view flag) const { return flags_.contains(flag); }
  std::optional<std::string> value(std::string_view flag) const;
  const std::vector<std::string>& operands() const { return operands_; }
  bool help() const { return help_; }

 private:
  std::map<std::string, std::string, std::less<>> flags_;
  std::vector<std::string> operands_;
  bool help_ = false;
};

// What `leat COMMAND --help` shows.
std::string usage(const Command& command);

}  // namespace leat::cli
