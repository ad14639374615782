#include "agent/cli/arguments.h"

#include <algorithm>

#include "core/base/text.h"

namespace leat::cli {

Result<Arguments> Arguments::parse(const Command& command, const std::vector<std::string>& words) {
  Arguments arguments;
  bool only_operands = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_operands || word.size() < 2 || word[0] != '-') {
      arguments.operands_.push_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    if (word == "--help" || word == "-h") {
      arguments.help_ = true;
      return arguments;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto flag = std::find_if(command.flags.begin(), command.flags.end(),
                                   [&](const Flag& candidate) { return candidate.name == name; });
    if (flag == command.flags.end()) {
      std::vector<std::string> names;
      for (const Flag& candidate : command.flags) names.emplace_back(candidate.name);
      return invalid("unknown option \"" + name + "\"" + base::did_you_mean(name, names));
    }
    std::string value;
    if (equals != std::string::npos) {
      if (flag->value.empty()) return invalid(name + " takes no value");
      value = word.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (++i == words.size()) return invalid(name + " needs a value: " + std::string(flag->value));
      value = words[i];
    }
    if (!flag->value.empty() && value.empty()) {
      return invalid(name + " needs a value: " + std::string(flag->value));
    }
    if (!arguments.flags_.emplace(name, value).second) return invalid(name + " is given twice");
  }
  if (arguments.operands_.size() < command.min_operands) {
    return invalid("missing " + std::string(command.operands));
  }
  if (arguments.operands_.size() > command.max_operands) {
    return invalid("unexpected \"" + arguments.operands_[command.max_operands] + "\"");
  }
  return arguments;
}

std::optional<std::string> Arguments::value(std::string_view flag) const {
  const auto found = flags_.find(flag);
  if (found == flags_.end()) return std::nullopt;
  return found->second;
}

std::string usage(const Command& command) {
  std::string text = "usage: leat " + std::string(command.name);
  if (!command.flags.empty()) text += " [options]";
  if (!command.operands.empty()) text += " " + std::string(command.operands);
  text += "\n\n" + std::string(command.summary) + "\n";
  if (!command.flags.empty()) {
    text += "\noptions:\n";
    for (const Flag& flag : command.flags) {
      std::string left = "  " + std::string(flag.name);
      if (!flag.value.empty()) left += " " + std::string(flag.value);
      left.resize(std::max<std::size_t>(left.size() + 2, 24), ' ');
      text += left + std::string(flag.help) + "\n";
    }
  }
  if (!command.example.empty()) text += "\nexample:\n  " + std::string(command.example) + "\n";
  return text;
}

}  // namespace leat::cli
