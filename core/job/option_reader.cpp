#include "core/job/option_reader.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

using T = OptionType;

// 10,000 years: sums of such durations and event times stay within int64.
constexpr std::int64_t kMaxDurationMs = 315'576'000'000'000;

std::vector<std::string> names_of(std::span<const OptionDeclaration> declarations) {
  std::vector<std::string> names;
  for (const OptionDeclaration& declaration : declarations) names.push_back(declaration.name);
  return names;
}

std::string spell(const OptionDeclaration& declaration, std::int64_t value) {
  if (declaration.type == T::kDuration) return base::format_duration(value);
  if (declaration.type == T::kSize) return base::format_size(value);
  return std::to_string(value);
}

// A declared default, which is right by construction.
Options::Held default_of(const OptionDeclaration& declaration) {
  Options::Held held;
  const std::string& text = declaration.default_text;
  switch (declaration.type) {
    case T::kBoolean:
      held.value = text == "true";
      break;
    case T::kInteger:
      held.value = *parse_integer(text);
      break;
    case T::kNumber:
      held.value = *parse_number(text);
      break;
    case T::kDuration:
      held.value = base::parse_duration_ms(text).value();
      break;
    case T::kSize:
      held.value = base::parse_size_bytes(text).value();
      break;
    case T::kTimestamp:
      held.value = *parse_timestamp_ms(text);
      break;
    default:
      held.value = text;
      break;
  }
  return held;
}

bool has_required(std::span<const OptionDeclaration> declarations) {
  return std::any_of(declarations.begin(), declarations.end(),
                     [](const OptionDeclaration& d) { return d.is_required; });
}

}  // namespace

namespace {
constexpr std::size_t kMaxShown = 1'000;
}

std::string one_of(std::string_view given, std::span<const std::string> names) {
  constexpr std::size_t kMaxNameBytes = 128;  // what is longer is no slip of one of ours
  if (given.size() > kMaxNameBytes || names.size() > kMaxShown) return {};
  const std::string hint = base::did_you_mean(given, names);
  if (!hint.empty() && given.size() > 1) return hint;
  constexpr std::size_t kListed = 24;
  std::string list = "; expected ";
  for (std::size_t i = 0; i < std::min(names.size(), kListed); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
    list += names[i];
  }
  if (names.size() > kListed) list += ", ...";
  return names.empty() ? std::string() : list;
}

Options OptionReader::defaults(std::span<const OptionDeclaration> declarations) {
  Options options;
  for (const OptionDeclaration& declaration : declarations) {
    if (declaration.type == T::kSection && !has_required(declaration.options)) {
      Options::Held held;
      held.value = std::make_shared<const Options>(defaults(declaration.options));
      options.set(declaration.name, std::move(held));
    } else if (declaration.type == T::kVariants && declaration.has_default) {
      const TypeDeclaration* variant = find_variant(declaration, declaration.default_text);
      LEAT_ASSERT(variant != nullptr);
      Options inner = defaults(variant->options);
      Options::Held which;
      which.value = variant->name;
      inner.set(declaration.discriminator, std::move(which));
      Options::Held held;
      held.value = std::make_shared<const Options>(std::move(inner));
      options.set(declaration.name, std::move(held));
    } else if (declaration.has_default) {
      options.set(declaration.name, default_of(declaration));
    }
  }
  return options;
}

Section OptionReader::read(const YamlNode& map, std::span<const OptionDeclaration> declarations,
                           const std::string& what, std::span<const std::string> taken) {
  Section section;
  section.node = &map;
  section.options = defaults(declarations);
  section.ok = !map.broken && !map.incomplete;
  if (map.broken) return section;
  for (const YamlNode& child : map.children) {
    if (std::find(taken.begin(), taken.end(), child.key) != taken.end()) continue;
    const auto found = std::find_if(declarations.begin(), declarations.end(),
                                    [&](const auto& d) { return d.name == child.key; });
    if (found == declarations.end()) {
      std::vector<std::string> names = names_of(declarations);
      names.insert(names.begin(), taken.begin(), taken.end());
      report_.error(child.key_offset,
                    "unknown key \"" + child.key + "\" of " + what + one_of(child.key, names));
      section.ok = false;
    } else if (child.broken || !read_option(child, *found, what, section)) {
      section.ok = false;
    }
  }
  for (const OptionDeclaration& declaration : declarations) {
    if (!declaration.is_required || map.find(declaration.name) != nullptr || map.incomplete) {
      continue;
    }
    report_.error(map.key.empty() ? map.offset : map.key_offset,
                  what + " has no \"" + declaration.name + "\"; expected " + declaration.name +
                      ": " + declaration.help);
    section.ok = false;
  }
  return section;
}

bool OptionReader::read_option(const YamlNode& node, const OptionDeclaration& declaration,
                               const std::string& what, Section& section) {
  Options::Held held;
  held.given = true;
  const SourceText::Place place = report_.place(node.offset);
  held.line = place.line;
  held.column = place.column;
  bool ok = false;
  switch (declaration.type) {
    case T::kEnum:
      ok = node.is_map() && !declaration.options.empty()
               ? read_section(node, declaration, what, section, held)
               : read_choice(node, declaration, what, held);
      break;
    case T::kTexts:
      ok = read_texts(node, declaration, held);
      break;
    case T::kPairs:
      ok = read_pairs(node, held);
      break;
    case T::kSection:
      ok = read_section(node, declaration, what, section, held);
      break;
    case T::kVariants:
      ok = read_variants(node, declaration, what, section, held);
      break;
    case T::kExpression:
    case T::kNamedExpressions:
    case T::kAggregates:
    case T::kKeys:
    case T::kFieldTypes:
    case T::kEqual:
    case T::kFreeform:
      ok = check_shape(node, declaration);
      break;
    default:
      ok = read_scalar(node, declaration, held);
      break;
  }
  if (!ok) return false;
  if (!declaration.is_built) note_unbuilt(node, "\"" + declaration.name + "\" of " + what);
  section.given[declaration.name] = &node;
  if (!std::holds_alternative<std::monostate>(held.value)) {
    section.options.set(declaration.name, std::move(held));
  }
  return true;
}

bool OptionReader::fail(const YamlNode& node, std::string message) {
  report_.error(node, std::move(message));
  return false;
}

void OptionReader::note_unbuilt(const YamlNode& node, std::string what) {
  const SourceText::Place place = report_.place(node.key.empty() ? node.offset : node.key_offset);
  unbuilt_.push_back({place.line, place.column, std::move(what)});
}

bool OptionReader::read_scalar(const YamlNode& node, const OptionDeclaration& declaration,
                               Options::Held& held) {
  switch (declaration.type) {
    case T::kBoolean:
      if (node.is_scalar() && node.plain && (node.text == "true" || node.text == "false")) {
        held.value = node.text == "true";
        return true;
      }
      return fail(node,
                  describe(node) + " for \"" + declaration.name + "\"; expected true or false");
    case T::kInteger:
      return read_integer(node, declaration, held);
    case T::kNumber: {
      const auto number = node.is_scalar() && node.plain ? parse_number(node.text) : std::nullopt;
      if (!number) {
        return fail(node, describe(node) + " for \"" + declaration.name +
                              "\"; expected a number such as 10 or 0.5, without quotes");
      }
      held.value = *number;
      return *number >= 0 || declaration.name == "threshold" ||
             fail(node, describe(node) + " for \"" + declaration.name + "\"; expected 0 or more");
    }
    case T::kDuration:
    case T::kSize:
      return read_quantity(node, declaration, held);
    case T::kTimestamp: {
      const auto time = node.is_scalar() ? parse_timestamp_ms(node.text) : std::nullopt;
      if (!time) {
        return fail(node, describe(node) + " for \"" + declaration.name +
                              "\"; expected milliseconds since the epoch or an ISO 8601 time");
      }
      held.value = *time;
      return true;
    }
    default: {
      std::string text;
      if (!read_text(node, text)) return false;
      held.value = std::move(text);
      return true;
    }
  }
}

bool OptionReader::read_integer(const YamlNode& node, const OptionDeclaration& declaration,
                                Options::Held& held) {
  const auto value = node.is_scalar() && node.plain ? parse_integer(node.text) : std::nullopt;
  if (!value) {
    return fail(node, describe(node) + " for \"" + declaration.name +
                          "\"; expected an integer such as 10, in decimal and without quotes");
  }
  held.value = *value;
  if (declaration.name == "qos") {
    if (*value == 2) {
      return fail(node,
                  "qos 2 is not supported: brokers repeat QoS 2 messages after reconnects "
                  "all the same; expected 0 or 1 (and `dedupe` for exactly once)");
    }
    return (*value >= 0 && *value <= 1) || fail(node, "qos " + node.text + "; expected 0 or 1");
  }
  return check_bounds(node, declaration, *value);
}

bool OptionReader::read_quantity(const YamlNode& node, const OptionDeclaration& declaration,
                                 Options::Held& held) {
  const bool duration = declaration.type == T::kDuration;
  std::string_view text = node.text;
  const bool negative = declaration.may_be_negative && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Result<std::int64_t> value = base::invalid("");
  if (node.is_scalar()) {
    value = duration ? base::parse_duration_ms(text) : base::parse_size_bytes(text);
  }
  if (!value.ok()) {
    return fail(node, describe(node) + " for \"" + declaration.name + "\"; expected " +
                          (duration ? "a duration such as 200ms, 5s, 1m, 2h or 7d"
                                    : "a size such as 64KiB or 512MiB"));
  }
  if (duration && *value > kMaxDurationMs) {
    return fail(
        node, describe(node) + " for \"" + declaration.name + "\"; expected at most 10,000 years");
  }
  held.value = negative ? -*value : *value;
  return negative || check_bounds(node, declaration, *value);
}

bool OptionReader::check_bounds(const YamlNode& node, const OptionDeclaration& declaration,
                                std::int64_t value) {
  std::string expected;
  if (value < declaration.least) {
    expected = "at least " + spell(declaration, declaration.least);
  } else if (declaration.most != 0 && value > declaration.most) {
    expected = "at most " + spell(declaration, declaration.most);
  } else {
    return true;
  }
  return fail(node, "\"" + declaration.name + "\" is " + node.text + "; expected " + expected);
}

bool OptionReader::read_text(const YamlNode& node, std::string& text) {
  const std::string& name = node.key;
  const std::string for_key = name.empty() ? std::string() : " for \"" + name + "\"";
  if (!node.is_scalar()) return fail(node, describe(node) + for_key + "; expected a text");
  if (node.plain) {
    const std::string why = surprise(node.text);
    if (!why.empty()) return fail(node, why + "; quote it for a text");
  }
  if (node.text.empty()) return fail(node, "an empty text" + for_key + "; expected a text");
  if (has_control(node.text)) {
    return fail(node, "a control character in the text" + for_key + "; expected none");
  }
  text = node.text;
  return true;
}

bool OptionReader::read_choice(const YamlNode& node, const OptionDeclaration& declaration,
                               const std::string& what, Options::Held& held) {
  const auto& choices = declaration.choices;
  if (!node.is_scalar() || std::find(choices.begin(), choices.end(), node.text) == choices.end()) {
    return fail(node, describe(node) + " for \"" + declaration.name + "\"" +
                          one_of(node.is_scalar() ? node.text : std::string(), choices));
  }
  const auto& unbuilt = declaration.unbuilt_choices;
  if (std::find(unbuilt.begin(), unbuilt.end(), node.text) != unbuilt.end()) {
    note_unbuilt(node, "\"" + declaration.name + ": " + node.text + "\" of " + what);
  }
  held.value = node.text;
  return true;
}

bool OptionReader::check_shape(const YamlNode& node, const OptionDeclaration& declaration) {
  if (node.children.size() > kMaxEntries) {
    return fail(node, "more than 1000 entries for \"" + declaration.name + "\"; expected fewer");
  }
  const auto want = [&](bool right, const char* expected) {
    return right ||
           fail(node, describe(node) + " for \"" + declaration.name + "\"; expected " + expected);
  };
  switch (declaration.type) {
    case T::kExpression:
      return want(node.is_scalar() || (node.is_null() && node.text == "null"), "an expression");
    case T::kNamedExpressions:
      return want(node.is_map() && !node.children.empty(), "a map of name: expression");
    case T::kAggregates:
      return want(node.is_map() && !node.children.empty(), "a map of name: aggregate");
    case T::kFieldTypes:
      return want(node.is_map() && !node.children.empty(), "a map of name: type");
    case T::kKeys:
      return want((node.is_sequence() || node.is_map()) && !node.children.empty(),
                  "a list of field names, or a map of name: expression");
    case T::kEqual:
      return want(node.is_sequence() && !node.children.empty(),
                  "a list of field names, or of { left, right }");
    default:
      return want(!node.is_null(), "a value");
  }
}

}  // namespace leat::job
