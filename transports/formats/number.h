// Numbers in JSON's grammar (RFC 8259 section 6), exactly: to int64, to double, to a point in time.
// The text must lie in a PaddedText.
#pragma once

#include <cstdint>
#include <optional>

#include "transports/formats/scan.h"

namespace leat::formats {

// A number taken apart; views of the text.
struct Number {
  const char* begin = nullptr;  // with the sign
  const char* end = nullptr;
  const char* int_begin = nullptr;
  const char* int_end = nullptr;
  const char* frac_begin = nullptr;  // equal to frac_end when there is no fraction
  const char* frac_end = nullptr;
  std::int64_t exponent = 0;  // saturates far beyond what any type holds
  bool negative = false;
};

// One past the number at `p`; nullptr when there is none. Says nothing of what follows.
inline char* skip_number(char* p) {
  if (*p == '-') ++p;
  if (*p == '0') {
    ++p;
  } else {
    char* const end = digits_end(p);
    if (end == p) return nullptr;
    p = end;
  }
  if (*p == '.') {
    char* const end = digits_end(p + 1);
    if (end == p + 1) return nullptr;
    p = end;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    char* const end = digits_end(p);
    if (end == p) return nullptr;
    p = end;
  }
  return p;
}

// As skip_number, with its parts.
const char* scan_number(const char* p, Number& number);

// floor(number * 10^shift). `exact`: nothing was cut off. nullopt outside int64.
struct Floored {
  std::int64_t value = 0;
  bool exact = true;
};
std::optional<Floored> floor_scaled(const Number& number, int shift);

// nullopt when the number has a fraction (20.0 has none) or is outside int64.
std::optional<std::int64_t> to_int64(const Number& number);

// The nearest double, ties to even; nullopt when that is infinite. Too small a number is 0.
std::optional<double> to_double(const Number& number);

}  // namespace leat::formats
