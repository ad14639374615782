#include "core/expression/calendar.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <limits>

#include "core/base/assert.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;
constexpr Int kDayMs = 86'400'000;

constexpr std::array<std::string_view, 17> kNames{
    "MILLISECOND", "SECOND",  "MINUTE",     "HOUR",  "DAY", "WEEK",   "MONTH", "QUARTER", "YEAR",
    "DECADE",      "CENTURY", "MILLENNIUM", "EPOCH", "DOW", "ISODOW", "DOY",   "ISOYEAR"};

Int floor_div(Int a, Int b) { return a / b - (a % b < 0 ? 1 : 0); }
Int floor_mod(Int a, Int b) { return a % b + (a % b < 0 ? b : 0); }

bool is_leap(Int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in_month(Int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// This and days_from_civil() as in H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": years
// that begin in March, eras of 400 years.
Civil civil_from_days(Int days_since_epoch) {
  const Int days = days_since_epoch + 719'468;
  const Int era = floor_div(days, 146'097);
  const Int day_of_era = floor_mod(days, 146'097);
  const Int year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const Int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const Int shifted = (5 * day_of_year + 2) / 153;
  Civil civil;
  civil.day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  civil.month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

// 0 is Monday; 1970-01-01 was a Thursday.
Int iso_weekday(Int days) { return floor_mod(days + 3, 7); }

// The year and number of the ISO week: the one its Thursday lies in.
struct IsoWeek {
  Int year;
  Int week;
};
IsoWeek iso_week(Int days) {
  const Int thursday = days - iso_weekday(days) + 3;
  const Int year = civil_from_days(thursday).year;
  return {year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1};
}

std::optional<Int> fixed_ms(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMillisecond:
      return 1;
    case TimeUnit::kSecond:
      return 1'000;
    case TimeUnit::kMinute:
      return 60'000;
    case TimeUnit::kHour:
      return 3'600'000;
    case TimeUnit::kDay:
      return kDayMs;
    case TimeUnit::kWeek:
      return 7 * kDayMs;
    default:
      return std::nullopt;
  }
}

std::optional<Int> months_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMonth:
      return 1;
    case TimeUnit::kQuarter:
      return 3;
    case TimeUnit::kYear:
      return 12;
    case TimeUnit::kDecade:
      return 120;
    case TimeUnit::kCentury:
      return 1'200;
    case TimeUnit::kMillennium:
      return 12'000;
    default:
      return std::nullopt;
  }
}

std::optional<Int> checked_ms(Int days, Int ms_of_day) {
  Int ms = 0;
  if (__builtin_mul_overflow(days, kDayMs, &ms)) {
    // The product may leave the range by less than the time of day brings back.
    if (days < 0 && !__builtin_mul_overflow(days + 1, kDayMs, &ms) &&
        !__builtin_add_overflow(ms, ms_of_day - kDayMs, &ms)) {
      return ms;
    }
    return std::nullopt;
  }
  if (__builtin_add_overflow(ms, ms_of_day, &ms)) return std::nullopt;
  return ms;
}

std::optional<Int> add_months(Int count, Int ms) {
  constexpr Int kMost = 12 * 600'000'000LL;  // more years than int64 milliseconds hold
  if (count > kMost || count < -kMost) return std::nullopt;
  const Civil civil = to_civil(ms);
  const Int month0 = civil.year * 12 + civil.month - 1 + count;
  const Int year = floor_div(month0, 12);
  const int month = static_cast<int>(floor_mod(month0, 12)) + 1;
  const int day = std::min(civil.day, days_in_month(year, month));
  return checked_ms(days_from_civil(year, month, day), civil.ms_of_day);
}

// The first year of the decade (2020), century (2001) or millennium (2001) that `year` lies in.
Int first_year(TimeUnit unit, Int year) {
  switch (unit) {
    case TimeUnit::kDecade:
      return floor_div(year, 10) * 10;
    case TimeUnit::kCentury:
      return floor_div(year - 1, 100) * 100 + 1;
    case TimeUnit::kMillennium:
      return floor_div(year - 1, 1000) * 1000 + 1;
    default:
      return year;
  }
}

Int towards_zero_month_count(Int from, Int to) {
  const Civil a = to_civil(from);
  const Civil b = to_civil(to);
  Int months = (b.year - a.year) * 12 + (b.month - a.month);
  // The estimate is at most one too far from zero; a month is whole when adding it does not pass.
  const auto reached = add_months(months, from);
  if (to >= from) {
    if (!reached || *reached > to) --months;
  } else if (!reached || *reached < to) {
    ++months;
  }
  return months;
}

}  // namespace

std::optional<TimeUnit> parse_unit(std::string_view upper) {
  const auto at = std::find(kNames.begin(), kNames.end(), upper);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<TimeUnit>(std::distance(kNames.begin(), at));
}

std::span<const std::string_view> unit_names() { return kNames; }

Civil to_civil(Int ms) {
  Civil civil = civil_from_days(floor_div(ms, kDayMs));
  civil.ms_of_day = floor_mod(ms, kDayMs);
  return civil;
}

Int days_from_civil(Int year, int month, int day) {
  const Int shifted = month <= 2 ? year - 1 : year;
  const Int era = floor_div(shifted, 400);
  const Int year_of_era = floor_mod(shifted, 400);
  const Int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

Int extract(TimeUnit unit, Int ms) {
  const Civil civil = to_civil(ms);
  const Int days = floor_div(ms, kDayMs);
  const Int year = civil.year;
  switch (unit) {
    case TimeUnit::kMillisecond:
      return civil.ms_of_day % 1'000;
    case TimeUnit::kSecond:
      return civil.ms_of_day / 1'000 % 60;
    case TimeUnit::kMinute:
      return civil.ms_of_day / 60'000 % 60;
    case TimeUnit::kHour:
      return civil.ms_of_day / 3'600'000;
    case TimeUnit::kDay:
      return civil.day;
    case TimeUnit::kWeek:
      return iso_week(days).week;
    case TimeUnit::kMonth:
      return civil.month;
    case TimeUnit::kQuarter:
      return (civil.month + 2) / 3;
    case TimeUnit::kYear:
      return year;
    case TimeUnit::kDecade:
      return floor_div(year, 10);
    case TimeUnit::kCentury:
      return year > 0 ? (year + 99) / 100 : (year - 99) / 100;
    case TimeUnit::kMillennium:
      return year > 0 ? (year + 999) / 1000 : (year - 999) / 1000;
    case TimeUnit::kEpoch:
      return floor_div(ms, 1'000);
    case TimeUnit::kDayOfWeek:
      return (iso_weekday(days) + 1) % 7 + 1;
    case TimeUnit::kIsoDayOfWeek:
      return iso_weekday(days) + 1;
    case TimeUnit::kDayOfYear:
      return days - days_from_civil(year, 1, 1) + 1;
    case TimeUnit::kIsoYear:
      return iso_week(days).year;
  }
  LEAT_ASSERT(false);
}

std::optional<Int> floor_to(TimeUnit unit, Int ms) {
  if (unit == TimeUnit::kWeek) {
    const Int days = floor_div(ms, kDayMs);
    return checked_ms(days - (iso_weekday(days) + 1) % 7, 0);
  }
  if (const auto fixed = fixed_ms(unit)) {
    Int floored = 0;
    if (__builtin_sub_overflow(ms, floor_mod(ms, *fixed), &floored)) return std::nullopt;
    return floored;
  }
  const Civil civil = to_civil(ms);
  int month = 1;
  if (unit == TimeUnit::kMonth) month = civil.month;
  if (unit == TimeUnit::kQuarter) month = (civil.month - 1) / 3 * 3 + 1;
  return checked_ms(days_from_civil(first_year(unit, civil.year), month, 1), 0);
}

std::optional<Int> ceil_to(TimeUnit unit, Int ms) {
  const auto floored = floor_to(unit, ms);
  if (!floored) return std::nullopt;
  if (*floored == ms) return ms;
  return add_units(unit, 1, *floored);
}

std::optional<Int> add_units(TimeUnit unit, Int count, Int ms) {
  if (const auto fixed = fixed_ms(unit)) {
    Int delta = 0;
    Int sum = 0;
    if (__builtin_mul_overflow(count, *fixed, &delta) || __builtin_add_overflow(ms, delta, &sum)) {
      return std::nullopt;
    }
    return sum;
  }
  const auto months = months_of(unit);
  Int total = 0;
  if (!months || __builtin_mul_overflow(count, *months, &total)) return std::nullopt;
  return add_months(total, ms);
}

std::optional<Int> difference(TimeUnit unit, Int from, Int to) {
  if (const auto fixed = fixed_ms(unit)) {
    Int delta = 0;
    if (__builtin_sub_overflow(to, from, &delta)) return std::nullopt;
    return delta / *fixed;
  }
  const auto months = months_of(unit);
  if (!months) return std::nullopt;
  return towards_zero_month_count(from, to) / *months;
}

std::size_t print_timestamp(Int ms, char* out) {
  const Civil civil = to_civil(ms);
  const int length = std::snprintf(out, kTimestampTextMax, "%04lld-%02d-%02d %02d:%02d:%02d.%03d",
                                   static_cast<long long>(civil.year), civil.month, civil.day,
                                   static_cast<int>(civil.ms_of_day / 3'600'000),
                                   static_cast<int>(civil.ms_of_day / 60'000 % 60),
                                   static_cast<int>(civil.ms_of_day / 1'000 % 60),
                                   static_cast<int>(civil.ms_of_day % 1'000));
  return static_cast<std::size_t>(length);
}

}  // namespace leat::expression
