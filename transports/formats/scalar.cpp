#include "transports/formats/scalar.h"

#include <array>
#include <optional>

#include "core/base/text.h"

namespace leat::formats {
namespace {

using data::Kind;
using ports::BadReason;

constexpr int shift_to_millis(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSeconds:
      return 3;
    case TimeUnit::kMicros:
      return -3;
    case TimeUnit::kNanos:
      return -6;
    default:
      return 0;
  }
}

void set_time(Scalar& scalar, std::int64_t timestamp_ms) {
  if (timestamp_ms < base::kMinEventTime || timestamp_ms > base::kMaxEventTime) {
    scalar.set_bad(BadReason::kBadTimestamp, Found::kRange);
  } else {
    scalar.set_integer(timestamp_ms);
  }
}

void set_time_number(Scalar& scalar, TimeUnit unit, const Number& number) {
  if (unit == TimeUnit::kIso8601) {
    scalar.set_wrong(Found::kNumber);
    return;
  }
  if (unit == TimeUnit::kMillis && number.int_end == number.end) {
    const auto plain = to_int64(number);
    if (plain) {
      set_time(scalar, *plain);
    } else {
      scalar.set_bad(BadReason::kBadTimestamp, Found::kRange);
    }
    return;
  }
  if (unit != TimeUnit::kSeconds) {
    const auto whole = floor_scaled(number, 0);
    if (whole && !whole->exact) {
      scalar.set_wrong(Found::kFraction);
      return;
    }
  }
  const auto millis = floor_scaled(number, shift_to_millis(unit));
  if (millis) {
    set_time(scalar, millis->value);
  } else {
    scalar.set_bad(BadReason::kBadTimestamp, Found::kRange);
  }
}

void set_time_text(Scalar& scalar, std::string_view text) {
  const auto millis = base::parse_iso8601_ms(text);
  if (millis) {
    set_time(scalar, *millis);
  } else {
    scalar.set_bad(BadReason::kBadTimestamp, Found::kText);
  }
}

constexpr std::array<std::int8_t, 256> base64_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> kBase64Values = base64_values();

// RFC 4648 section 4, padding required; in place. nullopt when it is not base64.
std::optional<std::size_t> decode_base64_in_place(char* text, std::size_t size) {
  if (size % 4 != 0) return std::nullopt;
  if (size == 0) return 0;
  std::size_t padding = 0;
  while (padding < 2 && text[size - 1 - padding] == '=') ++padding;
  char* out = text;
  for (std::size_t i = 0; i < size; i += 4) {
    std::uint32_t group = 0;
    for (std::size_t k = i; k < i + 4; ++k) {
      const int value =
          k >= size - padding ? 0 : kBase64Values[static_cast<unsigned char>(text[k])];
      if (value < 0) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    *out++ = static_cast<char>(group >> 16);
    *out++ = static_cast<char>(group >> 8);
    *out++ = static_cast<char>(group);
  }
  return size / 4 * 3 - padding;
}

void set_base64(Scalar& scalar, Found found, char* text, std::size_t size) {
  const auto length = decode_base64_in_place(text, size);
  if (length) {
    scalar.set_text(std::string_view(text, *length));
  } else {
    scalar.set_wrong(found);
  }
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

bool spells_non_finite(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return equals_ignoring_case(text, "nan") || equals_ignoring_case(text, "inf") ||
         equals_ignoring_case(text, "infinity");
}

void set_number_text(Scalar& scalar, Kind kind, TimeUnit unit, const char* text, std::size_t size) {
  Number number;
  if (size > 0 && scan_number(text, number) == text + size) {
    set_number(scalar, kind, unit, number);
  } else if (kind == Kind::kDouble && spells_non_finite(std::string_view(text, size))) {
    scalar.set_bad(BadReason::kNonFinite, Found::kText);
  } else {
    scalar.set_wrong(Found::kText);
  }
}

}  // namespace

std::string_view describe(Found found) {
  switch (found) {
    case Found::kNothing:
      return "nothing";
    case Found::kNull:
      return "null";
    case Found::kBoolean:
      return "a boolean";
    case Found::kNumber:
      return "a number";
    case Found::kString:
      return "a string";
    case Found::kObject:
      return "an object";
    case Found::kArray:
      return "an array";
    case Found::kText:
      return "a text that is none";
    case Found::kFraction:
      return "a number with a fraction";
    case Found::kRange:
      return "a number out of range";
  }
  return "something else";
}

Result<TimeUnit> parse_time_unit(const job::SourceField& field) {
  const Kind kind = field.type.is_list() ? field.type.element : field.type.kind;
  if (kind != Kind::kTimestamp || field.unit == "ms") return TimeUnit::kMillis;
  if (field.unit == "s") return TimeUnit::kSeconds;
  if (field.unit == "us") return TimeUnit::kMicros;
  if (field.unit == "ns") return TimeUnit::kNanos;
  if (field.unit == "iso8601") return TimeUnit::kIso8601;
  return base::invalid("field " + field.name + ": unknown unit \"" + field.unit +
                       "\"; expected s, ms, us, ns or iso8601");
}

void set_number(Scalar& scalar, Kind kind, TimeUnit unit, const Number& number) {
  switch (kind) {
    case Kind::kBigint:
      if (const auto value = to_int64(number)) {
        scalar.set_integer(*value);
      } else {
        const auto floored = floor_scaled(number, 0);
        scalar.set_wrong(floored ? Found::kFraction : Found::kRange);
      }
      return;
    case Kind::kDouble:
      if (const auto value = to_double(number)) {
        scalar.set_real(*value);
      } else {
        scalar.set_bad(BadReason::kNonFinite, Found::kRange);
      }
      return;
    case Kind::kTimestamp:
      set_time_number(scalar, unit, number);
      return;
    default:
      scalar.set_wrong(Found::kNumber);
      return;
  }
}

void set_string(Scalar& scalar, Kind kind, TimeUnit unit, char* text, std::size_t size) {
  if (kind == Kind::kString) {
    scalar.set_text(std::string_view(text, size));
  } else if (kind == Kind::kBytes) {
    set_base64(scalar, Found::kString, text, size);
  } else if (kind == Kind::kTimestamp && unit == TimeUnit::kIso8601) {
    set_time_text(scalar, std::string_view(text, size));
  } else {
    scalar.set_wrong(Found::kString);
  }
}

void set_any_text(Scalar& scalar, Kind kind, TimeUnit unit, char* text, std::size_t size) {
  const std::string_view view(text, size);
  switch (kind) {
    case Kind::kString:
      scalar.set_text(view);
      return;
    case Kind::kBytes:
      set_base64(scalar, Found::kText, text, size);
      return;
    case Kind::kBoolean:
      if (view == "true" || view == "false") {
        scalar.set_integer(view == "true" ? 1 : 0);
      } else {
        scalar.set_wrong(Found::kText);
      }
      return;
    case Kind::kTimestamp:
      if (unit == TimeUnit::kIso8601) {
        set_time_text(scalar, view);
        return;
      }
      [[fallthrough]];
    default:
      set_number_text(scalar, kind, unit, text, size);
      return;
  }
}

bool equal_scalars(Kind kind, const Scalar& a, const Scalar& b) {
  if (a.state != b.state) return false;
  if (a.state != Scalar::State::kValue) return true;
  if (kind == Kind::kDouble) return a.real == b.real;
  if (kind == Kind::kString || kind == Kind::kBytes) return a.text == b.text;
  return a.integer == b.integer;
}

}  // namespace leat::formats
