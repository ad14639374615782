// One field of one reading on its way from text to a column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/data/column.h"
#include "core/job/graph.h"
#include "core/ports/source.h"
#include "transports/formats/number.h"

namespace leat::formats {

enum class TimeUnit : std::uint8_t { kSeconds, kMillis, kMicros, kNanos, kIso8601 };

// The unit of a timestamp (or of a list of them); of any other type it is ignored.
Result<TimeUnit> parse_time_unit(const job::SourceField& field);

// What was found where a value was expected, for messages.
enum class Found : std::uint8_t {
  kNothing,
  kNull,
  kBoolean,
  kNumber,
  kString,
  kObject,
  kArray,
  kText,      // of a topic or a CSV field
  kFraction,  // a number with a fraction, where an integer is expected
  kRange,     // a number outside int64, double, or the years 0000 to 9999
};
std::string_view describe(Found found);

struct Scalar {
  enum class State : std::uint8_t { kAbsent, kNull, kValue, kBad };
  State state = State::kAbsent;
  ports::BadReason reason = ports::BadReason::kWrongType;  // kBad
  Found found = Found::kNothing;                           // kBad
  std::int64_t integer = 0;                                // bigint, timestamp, boolean
  double real = 0;
  std::string_view text;  // string, bytes; into the decoder's buffer

  void set_null() { state = State::kNull; }
  void set_bad(ports::BadReason why, Found what) {
    state = State::kBad;
    reason = why;
    found = what;
  }
  void set_wrong(Found what) { set_bad(ports::BadReason::kWrongType, what); }
  void set_integer(std::int64_t value) {
    state = State::kValue;
    integer = value;
  }
  void set_real(double value) {
    state = State::kValue;
    real = value;
  }
  void set_text(std::string_view value) {
    state = State::kValue;
    text = value;
  }
};

// A number for a bigint, double or timestamp field; bad for any other.
void set_number(Scalar& scalar, data::Kind kind, TimeUnit unit, const Number& number);
// A string literal's text for a string, bytes (base64, decoded in place) or iso8601 timestamp
// field; bad for any other. `text` lies in the decoder's buffer.
void set_string(Scalar& scalar, data::Kind kind, TimeUnit unit, char* text, std::size_t size);
// The text of a CSV field or a topic level, for any kind: numbers as JSON spells them, true, false,
// bytes as base64. `text` lies in a PaddedText and a byte that no number holds follows it.
void set_any_text(Scalar& scalar, data::Kind kind, TimeUnit unit, char* text, std::size_t size);

// kNull or kValue only; a column of the kind's type.
inline void append_scalar(data::Column& column, data::Kind kind, const Scalar& scalar) {
  if (scalar.state == Scalar::State::kNull) {
    column.append_null();
    return;
  }
  switch (kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      column.append_int64(scalar.integer);
      break;
    case data::Kind::kDouble:
      column.append_double(scalar.real);
      break;
    case data::Kind::kBoolean:
      column.append_boolean(scalar.integer != 0);
      break;
    default:
      column.append_text(scalar.text);
      break;
  }
}

// Both kNull, or both kValue with the same value.
bool equal_scalars(data::Kind kind, const Scalar& a, const Scalar& b);

}  // namespace leat::formats
