#include "core/data/type.h"

#include <array>
#include <cmath>

#include "core/base/assert.h"
#include "core/base/text.h"

namespace leat::data {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 6> kNames{{
    {Kind::kBoolean, "boolean"},
    {Kind::kBigint, "bigint"},
    {Kind::kDouble, "double"},
    {Kind::kString, "string"},
    {Kind::kBytes, "bytes"},
    {Kind::kTimestamp, "timestamp"},
}};

std::string_view name_of(Kind kind) {
  for (const auto& [candidate, name] : kNames) {
    if (candidate == kind) return name;
  }
  return "list";
}

std::optional<Kind> kind_of(std::string_view text) {
  for (const auto& [kind, name] : kNames) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

void append_json(std::string& out, const Value& value, Type type) {
  if (value.is_null()) {
    out += "null";
  } else if (const auto* boolean = std::get_if<bool>(&value.held)) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
    base::append_int(out, *integer);
  } else if (const auto* number = std::get_if<double>(&value.held)) {
    if (std::isfinite(*number)) {
      base::append_double(out, *number);
    } else {
      out += "null";
    }
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    if (type.kind == Kind::kBytes) {
      out += '"';
      base::append_base64(out, *text);
      out += '"';
    } else {
      base::append_json_string(out, *text);
    }
  } else {
    out += '[';
    bool first = true;
    for (const Value& element : std::get<Value::List>(value.held)) {
      if (!first) out += ',';
      first = false;
      append_json(out, element, type.element_type());
    }
    out += ']';
  }
}

}  // namespace

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

std::string to_string(Type type) {
  if (type.is_list()) return "list<" + std::string(name_of(type.element)) + ">";
  return std::string(name_of(type.kind));
}

std::optional<Type> parse_type(std::string_view text) {
  constexpr std::string_view kPrefix = "list<";
  if (text.starts_with(kPrefix) && text.ends_with('>')) {
    const auto element = kind_of(text.substr(kPrefix.size(), text.size() - kPrefix.size() - 1));
    if (!element) return std::nullopt;
    return Type::list_of(*element);
  }
  const auto kind = kind_of(text);
  if (!kind) return std::nullopt;
  return Type::of(*kind);
}

std::string to_json(const Value& value, Type type) {
  std::string out;
  append_json(out, value, type);
  return out;
}

}  // namespace leat::data
