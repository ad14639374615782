#include "core/job/scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/text.h"
#include "core/base/time.h"

namespace leat::job {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// The grammar of a JSON number; its end, or 0.
std::size_t number_end(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at - whole > 1)) return 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(text, exponent);
    if (at == exponent) return 0;
  }
  return at;
}

std::string cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return std::string(text);
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return std::string(text.substr(0, size)) + "...";
}

Error expected(const YamlNode& node, std::string_view what) {
  return base::invalid(describe(node) + "; expected " + std::string(what));
}

Result<data::Value> parse_list(const YamlNode& node, data::Type type, const YamlNode*& culprit) {
  if (!node.is_sequence()) return expected(node, "a list as " + data::to_string(type));
  data::Value::List items;
  items.reserve(node.children.size());
  for (const YamlNode& child : node.children) {
    LEAT_TRY_ASSIGN(data::Value item, parse_value(child, type.element_type(), culprit));
    items.push_back(std::move(item));
  }
  return data::Value(std::move(items));
}

Result<data::Value> parse_bigint(const YamlNode& node) {
  if (node.plain) {
    if (const auto integer = parse_integer(node.text)) return data::Value(*integer);
    const auto number = parse_number(node.text);
    constexpr double kLimit = 9007199254740992.0;  // 2^53: beyond it a double skips integers
    if (number && std::trunc(*number) == *number && std::abs(*number) <= kLimit) {
      return data::Value(static_cast<std::int64_t>(*number));
    }
  }
  return expected(node, "an integer (bigint)");
}

Result<data::Value> parse_text(const YamlNode& node) {
  if (node.plain) {
    const std::string why = surprise(node.text);
    if (!why.empty()) return base::invalid(why + "; quote it for a string");
    if (looks_like_number(node.text)) {
      return base::invalid(node.text + " is a number; quote it for a string");
    }
  }
  return data::Value(node.text);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  if (text.size() == digits || !is_digit(text[digits])) return std::nullopt;
  if (text[digits] == '0' && text.size() > digits + 1) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  const std::size_t length = number_end(text);
  if (length == 0 || length != text.size()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_timestamp_ms(std::string_view text) {
  auto value = parse_integer(text);
  if (!value) value = base::parse_iso8601_ms(text);
  if (!value || *value < base::kMinEventTime || *value > base::kMaxEventTime) return std::nullopt;
  return value;
}

bool looks_like_number(std::string_view plain_text) {
  const std::size_t length = number_end(plain_text);
  return length != 0 && length == plain_text.size();
}

std::string surprise(std::string_view plain_text) {
  static constexpr std::array<std::string_view, 6> kBooleans{"true", "false", "yes",
                                                             "no",   "on",    "off"};
  const std::string word = lower(plain_text);
  const std::string quoted = "YAML reads " + std::string(plain_text) + " as ";
  if (std::find(kBooleans.begin(), kBooleans.end(), word) != kBooleans.end()) {
    return quoted + "a boolean";
  }
  if (word == "~" || word == "null") return quoted + "null";
  if (word == ".inf" || word == "-.inf" || word == "+.inf" || word == ".nan") {
    return quoted + "a number";
  }
  std::string_view rest = word;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest[0])) return {};
  if (rest.starts_with("0x") || rest.starts_with("0o") || rest.starts_with("0b")) {
    return quoted + "a number in another base";
  }
  const bool digits_only = skip_digits(rest, 0) == rest.size();
  if (digits_only && rest.size() > 1 && rest[0] == '0') return quoted + "an octal number";
  if (rest.find_first_not_of("0123456789_") == std::string_view::npos &&
      rest.find('_') != std::string_view::npos) {
    return quoted + "a number with separators";
  }
  // 12:30 is 750 for YAML 1.1.
  if (rest.find_first_not_of("0123456789:") == std::string_view::npos &&
      rest.find(':') != std::string_view::npos) {
    return quoted + "a number in base 60";
  }
  return {};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r');
  });
}

bool is_unbalanced(std::string_view text) {
  std::string open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"' || c == '`') {
      i = text.find(c, i + 1);  // a doubled quote is two texts side by side: balanced all the same
      if (i == std::string_view::npos) return true;
    } else if (c == '(' || c == '[') {
      open += c == '(' ? ')' : ']';
    } else if (c == ')' || c == ']') {
      if (open.empty() || open.back() != c) return true;
      open.pop_back();
    }
  }
  return !open.empty();
}

Result<data::Value> parse_value(const YamlNode& node, data::Type type, const YamlNode*& culprit) {
  culprit = &node;
  if (node.is_null()) return data::Value();
  if (type.is_list()) return parse_list(node, type, culprit);
  if (!node.is_scalar()) return expected(node, "a " + data::to_string(type));
  switch (type.kind) {
    case data::Kind::kBoolean:
      if (node.plain && node.text == "true") return data::Value(true);
      if (node.plain && node.text == "false") return data::Value(false);
      return expected(node, "true or false");
    case data::Kind::kBigint:
      return parse_bigint(node);
    case data::Kind::kDouble:
      if (const auto number = node.plain ? parse_number(node.text) : std::nullopt) {
        return data::Value(*number);
      }
      return expected(node, "a number (double)");
    case data::Kind::kTimestamp:
      if (const auto time = parse_timestamp_ms(node.text)) return data::Value(*time);
      return expected(node,
                      "a timestamp: milliseconds since the epoch, or ISO 8601, from year 0 "
                      "to 9999");
    case data::Kind::kBytes:
      if (const auto bytes = base::decode_base64(node.text)) return data::Value(*bytes);
      return expected(node, "bytes as base64");
    default:
      return parse_text(node);
  }
}

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return node.text.empty() ? "no value" : "a null (" + node.text + ")";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    default:
      break;
  }
  std::string text = cut(node.text, 60);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return (node.plain ? "\"" : "the text \"") + text + "\"";
}

std::string quoted(std::string_view text) { return '"' + cut(text, 130) + '"'; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
  });
}

bool is_field_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && !is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

}  // namespace leat::job
