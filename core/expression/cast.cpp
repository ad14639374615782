#include "core/expression/cast.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "core/base/text.h"
#include "core/expression/calendar.h"
#include "core/expression/lexer.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;
using Text = std::string_view;

Text trimmed(Text s) {
  constexpr Text kSpace = " \t\r\n";
  const std::size_t begin = s.find_first_not_of(kSpace);
  if (begin == Text::npos) return {};
  return s.substr(begin, s.find_last_not_of(kSpace) - begin + 1);
}

// The failed cast of a row, or of TRY_CAST a plain null.
template <bool Try>
bool failed(Call& call) {
  if (!Try) call.fail(EvalError::kFailedCast);
  return false;
}

// Digits with a sign; a fraction is dropped, as in Flink.
bool parse_bigint(Text s, Int& out) {
  s = trimmed(s);
  if (s.starts_with('+') && s.size() > 1 && s[1] != '-') s.remove_prefix(1);
  const char* const end = s.data() + s.size();
  const auto result = std::from_chars(s.data(), end, out);
  if (result.ec != std::errc()) return false;
  const Text rest(result.ptr, static_cast<std::size_t>(end - result.ptr));
  return rest.empty() ||
         (rest.front() == '.' && rest.find_first_not_of("0123456789", 1) == Text::npos);
}

bool parse_double(Text s, double& out) {
  s = trimmed(s);
  if (s.starts_with('+') && s.size() > 1 && s[1] != '-') s.remove_prefix(1);
  const char* const end = s.data() + s.size();
  const auto result = std::from_chars(s.data(), end, out);
  if (result.ptr != end) return false;
  if (result.ec == std::errc()) {
    // from_chars takes "nan", "inf" and more; only what the outputs print is meant.
    return std::isfinite(out) || s == "NaN" || s == "Infinity" || s == "-Infinity";
  }
  return false;
}

bool parse_boolean(Text s, bool& out) {
  const std::string upper = ascii_upper(trimmed(s));
  for (const Text yes : {"TRUE", "T", "YES", "Y", "1"}) {
    if (upper == yes) return out = true;
  }
  for (const Text no : {"FALSE", "F", "NO", "N", "0"}) {
    if (upper == no) return out = false, true;
  }
  return false;
}

bool fits_bigint(double value) {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0;
}

template <bool Try>
bool double_to_bigint(Call& call, double value, Int& out) {
  if (!fits_bigint(value)) return failed<Try>(call);
  out = static_cast<Int>(value);
  return true;
}
template <bool Try>
bool string_to_bigint(Call& call, Text s, Int& out) {
  return parse_bigint(s, out) || failed<Try>(call);
}
template <bool Try>
bool string_to_double(Call& call, Text s, double& out) {
  return parse_double(s, out) || failed<Try>(call);
}
template <bool Try>
bool string_to_boolean(Call& call, Text s, bool& out) {
  return parse_boolean(s, out) || failed<Try>(call);
}
template <bool Try>
bool string_to_timestamp(Call& call, Text s, Time& out) {
  const auto ms = base::parse_iso8601_ms(trimmed(s));
  if (!ms) return failed<Try>(call);
  out.ms = *ms;
  return true;
}

bool put(Call& call, const char* data, std::size_t size, Text& out) {
  char* const place = call.text(size);
  if (place == nullptr) return false;
  std::memcpy(place, data, size);
  out = {place, size};
  return true;
}
bool bigint_to_string(Call& call, Int value, Text& out) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return put(call, buffer, static_cast<std::size_t>(end - buffer), out);
}
// As the outputs spell it; base::append_double works in a std::string, and 24 characters may not
// fit its own buffer, so the digits are made here.
bool double_to_string(Call& call, double value, Text& out) {
  if (!std::isfinite(value)) {
    out = std::isnan(value) ? "NaN" : (value > 0 ? "Infinity" : "-Infinity");
    return true;
  }
  char buffer[40];
  char* end = std::to_chars(buffer, buffer + 32, value).ptr;
  const Text digits(buffer, static_cast<std::size_t>(end - buffer));
  if (digits.find_first_of(".e") == Text::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  return put(call, buffer, static_cast<std::size_t>(end - buffer), out);
}
Text boolean_to_string(bool value) { return value ? "TRUE" : "FALSE"; }
bool timestamp_to_string(Call& call, Time value, Text& out) {
  char buffer[kTimestampTextMax];
  return put(call, buffer, print_timestamp(value.ms, buffer), out);
}

double bigint_to_double(Int value) { return static_cast<double>(value); }
Int boolean_to_bigint(bool value) { return value ? 1 : 0; }
double boolean_to_double(bool value) { return value ? 1 : 0; }
bool bigint_to_boolean(Int value) { return value != 0; }
bool double_to_boolean(double value) { return value != 0; }
Time bigint_to_timestamp(Int value) { return {value}; }
Int timestamp_to_bigint(Time value) { return value.ms; }

constexpr Overload kTotal[] = {
    overload<&bigint_to_string>(""),    overload<&double_to_string>(""),
    overload<&boolean_to_string>(""),   overload<&timestamp_to_string>(""),
    overload<&bigint_to_double>(""),    overload<&boolean_to_bigint>(""),
    overload<&boolean_to_double>(""),   overload<&bigint_to_boolean>(""),
    overload<&double_to_boolean>(""),   overload<&bigint_to_timestamp>(""),
    overload<&timestamp_to_bigint>(""),
};
template <bool Try>
constexpr Overload kPartial[] = {
    overload<&double_to_bigint<Try>>(""),    overload<&string_to_bigint<Try>>(""),
    overload<&string_to_double<Try>>(""),    overload<&string_to_boolean<Try>>(""),
    overload<&string_to_timestamp<Try>>(""),
};

Text same_text(Text s) { return s; }
template <bool Try>
bool checked_text(Call& call, Text s, Text& out) {
  if (!base::is_valid_utf8(s)) return failed<Try>(call);
  out = s;
  return true;
}
// bytes and string are held alike, and the tables above know only string.
constexpr Overload bytes_cast(Overload overload, data::Type from, data::Type to) {
  overload.arguments[0] = from;
  overload.result = to;
  return overload;
}
constexpr Overload kToBytes = bytes_cast(overload<&same_text>(""), data::kString, data::kBytes);
template <bool Try>
constexpr Overload kFromBytes = bytes_cast(overload<&checked_text<Try>>(""), data::kBytes,
                                           data::kString);

const Overload* find_in(std::span<const Overload> table, data::Type from, data::Type to) {
  for (const Overload& candidate : table) {
    if (candidate.arguments[0] == from && candidate.result == to) return &candidate;
  }
  return nullptr;
}

}  // namespace

const Overload* find_cast(data::Type from, data::Type to, bool is_try) {
  if (from == data::kString && to == data::kBytes) return &kToBytes;
  if (from == data::kBytes && to == data::kString) {
    return is_try ? &kFromBytes<true> : &kFromBytes<false>;
  }
  if (const Overload* const found = find_in(kTotal, from, to)) return found;
  if (is_try) return find_in(kPartial<true>, from, to);
  return find_in(kPartial<false>, from, to);
}

}  // namespace leat::expression
