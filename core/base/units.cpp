#include "core/base/units.h"

#include <array>
#include <charconv>

namespace leat::base {
namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> kDurations{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 5> kSizes{{{"TiB", std::int64_t{1} << 40},
                                      {"GiB", std::int64_t{1} << 30},
                                      {"MiB", std::int64_t{1} << 20},
                                      {"KiB", std::int64_t{1} << 10},
                                      {"B", 1}}};

template <std::size_t N>
Result<std::int64_t> parse(std::string_view text, const std::array<Unit, N>& units,
                           const char* expected) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc() && number >= 0) {
    if (number == 0 && suffix.empty()) return std::int64_t{0};
    for (const Unit& unit : units) {
      std::int64_t product = 0;
      if (suffix != unit.suffix) continue;
      if (__builtin_mul_overflow(number, unit.factor, &product)) {
        return invalid("\"" + std::string(text) + "\" is too large");
      }
      return product;
    }
  }
  return invalid("\"" + std::string(text) + "\" is not " + expected);
}

template <std::size_t N>
std::string format(std::int64_t value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.suffix);
    }
  }
  return "0" + std::string(units.back().suffix);
}

}  // namespace

Result<std::int64_t> parse_duration_ms(std::string_view text) {
  return parse(text, kDurations, "a duration such as 200ms, 5s, 1m, 2h or 7d");
}

Result<std::int64_t> parse_size_bytes(std::string_view text) {
  return parse(text, kSizes, "a size such as 64KiB or 512MiB");
}

std::string format_duration(std::int64_t duration_ms) { return format(duration_ms, kDurations); }
std::string format_size(std::int64_t size_bytes) { return format(size_bytes, kSizes); }

}  // namespace leat::base
