// Time functions. Expected values: the calendar, and Python's datetime for milliseconds and ISO
// weeks.
#include <limits>

#include "core/expression/calendar.h"
#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::expect_values;
using test::Row;
using test::value;

__extension__ using Wide = __int128;

// 2026-11-20T17:05:09.123Z, a Friday.
Row friday() {
  Row row;
  row.t = std::int64_t{1'795'194'309'123};
  return row;
}

TEST(Time, Extract) {
  expect_values({{"EXTRACT(YEAR FROM t)", "2026"},
                 {"EXTRACT(QUARTER FROM t)", "4"},
                 {"EXTRACT(MONTH FROM t)", "11"},
                 {"EXTRACT(WEEK FROM t)", "47"},
                 {"EXTRACT(DAY FROM t)", "20"},
                 {"EXTRACT(DOY FROM t)", "324"},
                 {"EXTRACT(DOW FROM t)", "6"},     // Sunday is 1
                 {"EXTRACT(ISODOW FROM t)", "5"},  // Monday is 1
                 {"EXTRACT(ISOYEAR FROM t)", "2026"},
                 {"EXTRACT(HOUR FROM t)", "17"},
                 {"EXTRACT(MINUTE FROM t)", "5"},
                 {"EXTRACT(SECOND FROM t)", "9"},
                 {"EXTRACT(MILLISECOND FROM t)", "123"},
                 {"EXTRACT(EPOCH FROM t)", "1795194309"},
                 {"EXTRACT(DECADE FROM t)", "202"},
                 {"EXTRACT(CENTURY FROM t)", "21"},
                 {"EXTRACT(MILLENNIUM FROM t)", "3"},
                 {"YEAR(t)", "2026"},
                 {"QUARTER(t)", "4"},
                 {"MONTH(t)", "11"},
                 {"WEEK(t)", "47"},
                 {"DAYOFYEAR(t)", "324"},
                 {"DAYOFMONTH(t)", "20"},
                 {"DAYOFWEEK(t)", "6"},
                 {"HOUR(t)", "17"},
                 {"MINUTE(t)", "5"},
                 {"SECOND(t)", "9"},
                 {"YEAR('2020-02-29')", "2020"},
                 {"UNIX_TIMESTAMP(t)", "1795194309"},
                 {"YEAR(NULL)", "null"}},
                friday());
}

// datetime.date.isocalendar(): where the ISO year and the year part.
TEST(Time, IsoWeeks) {
  expect_values({
      {"EXTRACT(WEEK FROM TIMESTAMP '2021-01-03')", "53"},
      {"EXTRACT(ISOYEAR FROM TIMESTAMP '2021-01-03')", "2020"},
      {"EXTRACT(WEEK FROM TIMESTAMP '2018-12-31')", "1"},
      {"EXTRACT(ISOYEAR FROM TIMESTAMP '2018-12-31')", "2019"},
      {"EXTRACT(WEEK FROM TIMESTAMP '2020-12-31')", "53"},
      {"DAYOFWEEK(TIMESTAMP '2026-11-22')", "1"},
      {"EXTRACT(ISODOW FROM TIMESTAMP '2026-11-22')", "7"},
  });
}

TEST(Time, BeforeTheEpoch) {
  Row row;
  row.t = std::int64_t{-1};  // 1969-12-31T23:59:59.999Z
  expect_values({{"YEAR(t)", "1969"},
                 {"SECOND(t)", "59"},
                 {"EXTRACT(MILLISECOND FROM t)", "999"},
                 {"UNIX_TIMESTAMP(t)", "-1"},
                 {"EXTRACT(ISODOW FROM t)", "3"},
                 {"FLOOR(t TO DAY)", "-86400000"},
                 {"CEIL(t TO DAY)", "0"},
                 {"CAST(t AS string)", "\"1969-12-31 23:59:59.999\""}},
                row);
}

TEST(Time, FloorAndCeil) {
  // Milliseconds of the dates named, from datetime.
  expect_values({{"FLOOR(t TO SECOND) = '2026-11-20 17:05:09'", "true"},
                 {"FLOOR(t TO MINUTE) = '2026-11-20 17:05:00'", "true"},
                 {"CEIL(t TO HOUR) = '2026-11-20 18:00:00'", "true"},
                 {"FLOOR(t TO DAY)", "1795132800000"},
                 {"CEIL(t TO DAY)", "1795219200000"},
                 {"FLOOR(t TO WEEK)", "1794700800000"},  // Sunday 2026-11-15, as Flink
                 {"CEIL(t TO WEEK)", "1795305600000"},
                 {"FLOOR(t TO MONTH)", "1793491200000"},
                 {"CEIL(t TO MONTH)", "1796083200000"},
                 {"FLOOR(t TO QUARTER)", "1790812800000"},
                 {"CEIL(t TO QUARTER)", "1798761600000"},
                 {"FLOOR(t TO YEAR)", "1767225600000"},
                 {"CEILING(t TO YEAR)", "1798761600000"},
                 {"FLOOR(t TO DECADE) = '2020-01-01'", "true"},
                 {"CEIL(t TO DECADE) = '2030-01-01'", "true"},
                 {"FLOOR(t TO CENTURY) = '2001-01-01'", "true"},
                 {"CEIL(t TO MILLENNIUM) = '3001-01-01'", "true"},
                 {"CEIL(TIMESTAMP '2026-11-01' TO MONTH) = '2026-11-01'", "true"},
                 {"CEIL(TIMESTAMP '2026-11-01 00:00:01' TO MONTH) = '2026-12-01'", "true"}},
                friday());
}

TEST(Time, AddAndDifference) {
  expect_values({
      {"TIMESTAMPADD(DAY, 1, TIMESTAMP '2026-01-31') = '2026-02-01'", "true"},
      {"TIMESTAMPADD(MONTH, 1, TIMESTAMP '2024-01-31') = '2024-02-29'", "true"},
      {"TIMESTAMPADD(MONTH, -11, TIMESTAMP '2024-01-31') = '2023-02-28'", "true"},
      {"TIMESTAMPADD(YEAR, 1, TIMESTAMP '2024-02-29 12:00:00') = '2025-02-28 12:00:00'", "true"},
      {"TIMESTAMPADD(QUARTERS, 2, TIMESTAMP '2026-01-01') = '2026-07-01'", "true"},
      {"TIMESTAMP '2026-01-01' + INTERVAL '5' MINUTE = '2026-01-01 00:05:00'", "true"},
      {"INTERVAL '1' DAY + TIMESTAMP '2026-01-01' = '2026-01-02'", "true"},
      {"TIMESTAMP '2026-01-01' - INTERVAL '1' MONTH = '2025-12-01'", "true"},
      {"TIMESTAMP '2026-01-01' - INTERVAL '-2' HOURS = '2026-01-01 02:00:00'", "true"},
      {"TIMESTAMPADD(DAY, 9223372036854775807, TIMESTAMP '2026-01-01')", "!overflow"},
      {"TIMESTAMPADD(YEAR, 9223372036854775807, TIMESTAMP '2026-01-01')", "!overflow"},
      {"TIMESTAMPADD(YEAR, 500000000, TIMESTAMP '2026-01-01')", "!overflow"},
      {"TIMESTAMPDIFF(HOUR, TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-01 02:59:59')", "2"},
      {"TIMESTAMPDIFF(HOUR, TIMESTAMP '2026-01-01 02:59:59', TIMESTAMP '2026-01-01')", "-2"},
      {"TIMESTAMPDIFF(MONTH, TIMESTAMP '2026-01-15', TIMESTAMP '2026-03-14')", "1"},
      {"TIMESTAMPDIFF(MONTH, TIMESTAMP '2026-03-14', TIMESTAMP '2026-01-15')", "-1"},
      {"TIMESTAMPDIFF(MONTH, TIMESTAMP '2026-01-15', TIMESTAMP '2026-03-15')", "2"},
      {"TIMESTAMPDIFF(MONTH, TIMESTAMP '2026-01-15 12:00:00', TIMESTAMP '2026-03-15')", "1"},
      {"TIMESTAMPDIFF(YEAR, TIMESTAMP '2020-02-29', TIMESTAMP '2024-02-28')", "3"},
      {"TIMESTAMPDIFF(DAY, NULL, TIMESTAMP '2024-02-28')", "null"},
  });
}

TEST(Time, FromAndToNumbersAndText) {
  expect_values({{"TO_TIMESTAMP_LTZ(1000, 3)", "1000"},
                 {"TO_TIMESTAMP_LTZ(1, 0)", "1000"},
                 {"TO_TIMESTAMP_LTZ(1, 6)", "!invalid_argument"},
                 {"TO_TIMESTAMP_LTZ(9223372036854775807, 0)", "!overflow"},
                 {"TO_TIMESTAMP('1970-01-01 00:00:01')", "1000"},
                 {"TO_TIMESTAMP('noon')", "null"},
                 {"FROM_UNIXTIME(0)", "\"1970-01-01 00:00:00\""},
                 {"FROM_UNIXTIME(86399, 'HH:mm')", "\"23:59\""},
                 {"DATE_FORMAT(t, 'yyyy-MM-dd HH:mm:ss.SSS')", "\"2026-11-20 17:05:09.123\""},
                 {"DATE_FORMAT(t, 'yy/M/d h:mm a')", "\"26/11/20 5:05 PM\""},
                 {"DATE_FORMAT(t, 'EEE EEEE MMM MMMM D')", "\"Fri Friday Nov November 324\""},
                 {"DATE_FORMAT(t, 'k K S SS SSSSSS')", "\"17 5 1 12 123000\""},
                 {"DATE_FORMAT(t, 'yyyy''T''MM')", "\"2026T11\""},
                 {"DATE_FORMAT(t, '''o''''clock''')", "\"o'clock\""},
                 {"DATE_FORMAT(t, 'd''''d')", "\"20'20\""}},
                friday());
  Row row = friday();
  row.s = "QQ";
  EXPECT_EQ(value("DATE_FORMAT(t, s)", row), "!invalid_argument");
}

// Any int64 is a timestamp, and nothing may overflow on the way.
TEST(Time, TheWholeRange) {
  for (const std::int64_t ms :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::min() + 1,
        std::int64_t{-62'167'219'200'001}, std::numeric_limits<std::int64_t>::max()}) {
    const Civil civil = to_civil(ms);
    const std::int64_t days = days_from_civil(civil.year, civil.month, civil.day);
    // Together they give the time back; the sum itself passes through more than 64 bits.
    EXPECT_EQ(static_cast<Wide>(days) * 86'400'000 + civil.ms_of_day, ms);
    Row row;
    row.t = ms;
    for (const char* unit : {"SECOND", "DAY", "WEEK", "MONTH", "YEAR", "MILLENNIUM"}) {
      value("FLOOR(t TO " + std::string(unit) + ")", row);
      value("CEIL(t TO " + std::string(unit) + ")", row);
      value("EXTRACT(" + std::string(unit) + " FROM t)", row);
      value("TIMESTAMPDIFF(" + std::string(unit) + ", t, TIMESTAMP '1970-01-01')", row);
    }
    value("DATE_FORMAT(t, 'yyyyyyyyy MMMM EEEE D HH')", row);
  }
  EXPECT_EQ(to_civil(std::numeric_limits<std::int64_t>::max()).year, 292'278'994);
}

}  // namespace
}  // namespace leat::expression
