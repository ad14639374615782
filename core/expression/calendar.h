// The proleptic Gregorian calendar in UTC, and timestamps to and from text. Any int64 is a
// timestamp here. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace leat::expression {

enum class TimeUnit : std::int64_t {
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kEpoch,
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kIsoYear,
};
std::optional<TimeUnit> parse_unit(std::string_view upper);
std::span<const std::string_view> unit_names();

struct Civil {
  std::int64_t year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;
  std::int64_t ms_of_day = 0;
};
Civil to_civil(std::int64_t ms);
std::int64_t days_from_civil(std::int64_t year, int month, int day);

// EXTRACT(unit FROM ts), as Flink: WEEK and ISOYEAR by ISO 8601, DOW 1 is Sunday, ISODOW 1 is
// Monday, MILLISECOND within the second, EPOCH in whole seconds.
std::int64_t extract(TimeUnit unit, std::int64_t ms);
// nullopt when the result is no int64. WEEK begins on Sunday, as in Flink; CEIL gives the first
// boundary at or after the time.
std::optional<std::int64_t> floor_to(TimeUnit unit, std::int64_t ms);
std::optional<std::int64_t> ceil_to(TimeUnit unit, std::int64_t ms);
// A day that the month does not have becomes its last.
std::optional<std::int64_t> add_units(TimeUnit unit, std::int64_t count, std::int64_t ms);
// Whole units from `from` to `to`, towards zero.
std::optional<std::int64_t> difference(TimeUnit unit, std::int64_t from, std::int64_t to);

// "2026-01-31 23:59:59.999"
inline constexpr std::size_t kTimestampTextMax = 48;
std::size_t print_timestamp(std::int64_t ms, char* out);

// Java's DateTimeFormatter letters y M d D H h k m s S a E u, and text in 'quotes'. Empty when all
// is well, otherwise what is wrong.
std::string pattern_defect(std::string_view pattern);
// The longest that a pattern can print to.
std::size_t pattern_room(std::string_view pattern);
// `pattern` has no defect; gives the number of bytes written.
std::size_t format_pattern(std::int64_t ms, std::string_view pattern, char* out);

}  // namespace leat::expression
