#include "transports/formats/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace leat::formats {
namespace {

constexpr std::int64_t kExponentLimit = 1'000'000'000'000;
constexpr std::size_t kUint64Digits = 19;  // any number of so many digits fits

// Eight digits, most significant first, in three multiplications (a well-known trick, e.g. D.
// Lemire, "Quickly parsing eight digits", 2018). `word` holds digit values, not characters.
std::uint64_t eight_digits(std::uint64_t word) {
  word = word * 10 + (word >> 8);
  const std::uint64_t mask = 0x000000FF000000FF;
  return (((word & mask) * 0x000F424000000064) + (((word >> 16) & mask) * 0x0000271000000001)) >>
         32;
}

// At most 19 digits.
std::uint64_t parse_digits(const char* p, std::size_t count) {
  constexpr std::array<std::uint64_t, 9> kPowers = {
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  std::uint64_t value = 0;
  for (; count >= 8; p += 8, count -= 8) {
    value = value * kPowers[8] + eight_digits(load8(p) - kLowBits * '0');
  }
  if (count == 0) return value;
  const auto unused_bits = static_cast<unsigned>((8 - count) * 8);
  // What is not a digit is shifted out; zeros come in front.
  return value * kPowers[count] + eight_digits((load8(p) - kLowBits * '0') << unused_bits);
}

std::size_t length(const char* begin, const char* end) {
  return static_cast<std::size_t>(end - begin);
}

std::optional<std::int64_t> with_sign(std::uint64_t magnitude, bool negative) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > kMax + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

// The digits of a number without its point.
class Digits {
 public:
  explicit Digits(const Number& number)
      : number_(number), int_count_(static_cast<std::int64_t>(number.int_end - number.int_begin)) {}
  std::int64_t count() const { return int_count_ + (number_.frac_end - number_.frac_begin); }
  std::int64_t int_count() const { return int_count_; }
  unsigned at(std::int64_t i) const {
    const char c = i < int_count_ ? number_.int_begin[i] : number_.frac_begin[i - int_count_];
    return static_cast<unsigned>(c - '0');
  }
  std::int64_t first_nonzero() const {
    std::int64_t i = 0;
    while (i < count() && at(i) == 0) ++i;
    return i;
  }

 private:
  const Number& number_;
  std::int64_t int_count_;
};

// m * 10^e is exact in doubles when m and 10^|e| are (W. Clinger, "How to Read Floating Point
// Numbers Accurately", 1990).
std::optional<double> exact_double(const Number& number) {
  constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const std::size_t int_count = length(number.int_begin, number.int_end);
  const std::size_t frac_count = length(number.frac_begin, number.frac_end);
  if (int_count + frac_count > kUint64Digits) return std::nullopt;
  std::uint64_t mantissa = parse_digits(number.int_begin, int_count);
  if (frac_count > 0) {
    const auto power = static_cast<std::uint64_t>(kPowers[frac_count]);
    mantissa = mantissa * power + parse_digits(number.frac_begin, frac_count);
  }
  const std::int64_t exponent = number.exponent - static_cast<std::int64_t>(frac_count);
  if (mantissa > (std::uint64_t{1} << 53) || exponent < -22 || exponent > 22) return std::nullopt;
  auto value = static_cast<double>(mantissa);
  if (exponent < 0) {
    value /= kPowers[static_cast<std::size_t>(-exponent)];
  } else {
    value *= kPowers[static_cast<std::size_t>(exponent)];
  }
  return number.negative ? -value : value;
}

}  // namespace

const char* scan_number(const char* p, Number& number) {
  number.begin = p;
  number.negative = *p == '-';
  if (number.negative) ++p;
  number.int_begin = p;
  p = *p == '0' ? p + 1 : digits_end(p);
  if (p == number.int_begin) return nullptr;
  number.int_end = p;
  number.frac_begin = p;
  if (*p == '.') {
    number.frac_begin = p + 1;
    p = digits_end(p + 1);
    if (p == number.frac_begin) return nullptr;
  }
  number.frac_end = p;
  number.exponent = 0;
  if (*p == 'e' || *p == 'E') {
    ++p;
    const bool negative = *p == '-';
    if (*p == '+' || *p == '-') ++p;
    const char* const end = digits_end(p);
    if (end == p) return nullptr;
    for (; p != end; ++p) {
      number.exponent = std::min(number.exponent * 10 + (*p - '0'), kExponentLimit);
    }
    if (negative) number.exponent = -number.exponent;
  }
  number.end = p;
  return p;
}

std::optional<Floored> floor_scaled(const Number& number, int shift) {
  const Digits digits(number);
  const std::int64_t first = digits.first_nonzero();
  if (first == digits.count()) return Floored{};
  const std::int64_t point = digits.int_count() + number.exponent + shift;
  if (point - first > static_cast<std::int64_t>(kUint64Digits)) return std::nullopt;
  std::uint64_t magnitude = 0;
  for (std::int64_t i = first; i < point; ++i) {
    magnitude = magnitude * 10 + (i < digits.count() ? digits.at(i) : 0);
  }
  Floored floored;
  for (std::int64_t i = std::max<std::int64_t>(point, first); i < digits.count(); ++i) {
    if (digits.at(i) != 0) floored.exact = false;
  }
  if (number.negative && !floored.exact) ++magnitude;
  const auto value = with_sign(magnitude, number.negative);
  if (!value) return std::nullopt;
  floored.value = *value;
  return floored;
}

std::optional<std::int64_t> to_int64(const Number& number) {
  const std::size_t count = length(number.int_begin, number.int_end);
  if (number.int_end == number.end && count <= kUint64Digits) {
    return with_sign(parse_digits(number.int_begin, count), number.negative);
  }
  const auto floored = floor_scaled(number, 0);
  if (!floored || !floored->exact) return std::nullopt;
  return floored->value;
}

std::optional<double> to_double(const Number& number) {
  if (const auto value = exact_double(number)) return value;
  double value = 0;
  const auto [end, error] = std::from_chars(number.begin, number.end, value);
  if (error == std::errc()) {
    if (value > std::numeric_limits<double>::max() || value < std::numeric_limits<double>::lowest())
      return std::nullopt;
    return value;
  }
  // Out of range: too large, or too small to be anything but zero.
  const Digits digits(number);
  const std::int64_t magnitude = digits.int_count() - digits.first_nonzero() + number.exponent;
  if (magnitude > 0) return std::nullopt;
  return number.negative ? -0.0 : 0.0;
}

}  // namespace leat::formats
