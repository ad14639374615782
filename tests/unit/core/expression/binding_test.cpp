// Types, names, constants: what is decided before any row is seen.
#include <fstream>
#include <iterator>

#include "core/expression/kernel.h"
#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::compile;
using test::defect;
using test::expect_defects;
using test::Row;
using test::value;

std::string type(std::string_view text) { return to_string(compile(text)->type()); }

TEST(Binding, Types) {
  EXPECT_EQ(type("i / 2"), "bigint");
  EXPECT_EQ(type("i / 2.0"), "double");
  EXPECT_EQ(type("i + d"), "double");
  EXPECT_EQ(type("i > d"), "boolean");
  EXPECT_EQ(type("li[1]"), "bigint");
  EXPECT_EQ(type("ls"), "list<string>");
  EXPECT_EQ(type("COALESCE(i, 1.5)"), "double");
  EXPECT_EQ(type("CASE WHEN b THEN NULL ELSE t END"), "timestamp");
  EXPECT_EQ(type("IF(b, '2026-01-01', t)"), "timestamp");
  EXPECT_EQ(type("ABS(i)"), "bigint");
  EXPECT_EQ(type("ABS(d)"), "double");
  EXPECT_EQ(type("POWER(i, j)"), "double");
  EXPECT_EQ(type("CAST(NULL AS bytes)"), "bytes");
  EXPECT_EQ(type("NULL + 1"), "bigint");
  EXPECT_EQ(type("NULL = NULL"), "boolean");
}

TEST(Binding, IncompatibleTypesNameBoth) {
  expect_defects({
      {"s = 1", "0: = cannot compare a string with a bigint; CAST converts"},
      {"b > 1", "0: > cannot compare a boolean with a bigint; CAST converts"},
      {"s BETWEEN 1 AND 2", "0: BETWEEN cannot compare a string with a bigint; CAST converts"},
      {"i IN (1, 'a')", "0: IN cannot compare a bigint with a string; CAST converts"},
      {"s IN ('2026-01-01', t)", "0: IN cannot compare a string with a timestamp; CAST converts"},
      {"t = s", "0: = cannot compare a timestamp with a string; CAST converts"},
      {"li = li",
       "0: = cannot compare a list<bigint> with a list<bigint>; of a list compare an "
       "element, list[1], or CARDINALITY(list)"},
      {"i + s", "0: + takes numbers, not bigint and string"},
      {"s + s", "0: + takes numbers, not string and string; strings are joined with ||"},
      {"t - t",
       "0: - takes numbers, not timestamp and timestamp; times are reckoned with "
       "TIMESTAMPADD, TIMESTAMPDIFF or ts + INTERVAL '5' MINUTE"},
      {"-s", "0: - takes a number, not a string"},
      {"s || i", "5: || joins strings, not a bigint; CAST(... AS string) makes one"},
      {"i AND b", "0: what AND takes is a boolean, not a bigint"},
      {"NOT i", "4: what NOT takes is a boolean, not a bigint"},
      {"i IS TRUE", "0: what stands before IS TRUE is a boolean, not a bigint"},
      {"s LIKE 1", "7: what LIKE takes is a string, not a bigint"},
      {"COALESCE(i, s)",
       "12: the arguments of COALESCE have types bigint and string; expected one type (CAST "
       "converts)"},
      {"CASE WHEN b THEN 1 ELSE 'x' END",
       "24: the results have types bigint and string; expected one type (CAST converts)"},
      {"CASE WHEN 1 THEN 2 END", "10: a condition is a boolean, not a bigint"},
      {"CASE s WHEN 1 THEN 2 END", "5: CASE cannot compare a string with a bigint; CAST converts"},
      {"i[1]", "0: [] takes an element of a list, not of a bigint"},
      {"li['x']", "3: the position in a list is a bigint, not a string"},
      {"CAST(li AS string)", "0: a list<bigint> cannot be cast to a string"},
      {"CAST(d AS timestamp)", "0: a double cannot be cast to a timestamp"},
      {"t > 'noon'",
       "4: \"noon\" stands with a timestamp and is not a time; expected one such as "
       "'2026-01-31 23:59:59.999'"},
      {"UPPER(i)", "0: UPPER takes (string), not (bigint)"},
      {"ROUND(s)", "0: ROUND takes (bigint) or (double), not (string)"},
      {"ROUND(d, 1, 2)",
       "0: ROUND takes (bigint) or (double) or (bigint, bigint) or (double, "
       "bigint), not (double, bigint, bigint)"},
      {"YEAR(i)", "0: YEAR takes (timestamp), not (bigint)"},
      {"IF(b, 1)", "0: IF takes 3 arguments, not 2"},
      {"COALESCE()", "0: COALESCE takes at least 1 argument, not 0"},
      {"CARDINALITY(i)", "12: CARDINALITY takes a list, not a bigint"},
      {"ARRAY_CONTAINS(li, 'x')", "19: what that list holds is a bigint, not a string"},
      {"NULL", "0: NULL alone has no type; give it one, as in CAST(NULL AS bigint)"},
      {"COALESCE(NULL, NULL)",
       "9: the arguments of COALESCE are all NULL, which has no type; give "
       "one, as in CAST(NULL AS bigint)"},
  });
}

TEST(Binding, UnknownNames) {
  expect_defects({
      {"temprature > 3", "0: unknown field \"temprature\"; did you mean \"temperature\"?"},
      {"humidity > 3",
       "0: unknown field \"humidity\"; expected one of b, i, j, d, s, y, t, li, ls, "
       "temperature, end, timestamp"},
      {"COALESC(i, 1)", "0: unknown function \"COALESC\"; did you mean \"COALESCE\"?"},
      {"uper(s)", "0: unknown function \"UPER\"; did you mean \"UPPER\"?"},
      {"EXTRACT(YEER FROM t)",
       "8: unknown unit of time \"YEER\" for EXTRACT; did you mean \"YEAR\"?"},
      {"FLOOR(t TO DOW)",
       "11: unknown unit of time \"DOW\" for FLOOR; expected one of MILLISECOND, SECOND, MINUTE, "
       "HOUR, "
       "DAY, WEEK, MONTH, QUARTER, YEAR, DECADE, CENTURY, MILLENNIUM"},
      {"t + INTERVAL '1' BLINK",
       "17: unknown unit \"BLINK\"; expected MILLISECOND, SECOND, MINUTE, "
       "HOUR, DAY, WEEK, MONTH, QUARTER or YEAR"},
      {"DATE_FORMAT(t, 'yyyy-QQ')",
       "15: the pattern letter Q is unknown; expected y M d D E H h k K "
       "a m s S, or text in quotes"},
      {"s LIKE 'a!b' ESCAPE '!'",
       "7: in the pattern of LIKE the escape character stands before %, _ "
       "or itself"},
      {"s LIKE 'a!' ESCAPE '!'", "7: the pattern of LIKE ends in its escape character"},
      {"s LIKE 'a' ESCAPE 'xy'", "18: the ESCAPE of LIKE is one character"},
      {"s LIKE 'a' ESCAPE ''", "18: the ESCAPE of LIKE is one character"},
  });
}

TEST(Binding, WhatIsNotDeterministicIsRefusedWithAReason) {
  const std::string why =
      " is not deterministic, and results must be the same when rows are replayed after a failure; "
      "use a timestamp of the row";
  EXPECT_EQ(defect("NOW()"), "0: NOW" + why);
  EXPECT_EQ(defect("t < current_timestamp"), "4: CURRENT_TIMESTAMP" + why);
  EXPECT_EQ(defect("RAND() < 0.5"), "0: RAND" + why);
  EXPECT_EQ(defect("UNIX_TIMESTAMP()"),
            "0: UNIX_TIMESTAMP() is not deterministic; use UNIX_TIMESTAMP(ts)");
}

TEST(Binding, AggregatesAreNotForOneRow) {
  EXPECT_EQ(defect("avg(d) > 3"),
            "0: AVG is an aggregate: it has its place under `aggregate`, not in an expression over "
            "one row");
  EXPECT_EQ(defect("i > MAX(i, j)"),
            "4: MAX is an aggregate: it has its place under `aggregate`, not in an expression over "
            "one row; the larger of two values is GREATEST(a, b)");
  EXPECT_EQ(defect("count(*) > 3"),
            "6: \"*\" belongs in an aggregate such as count(*), and those "
            "under `aggregate`");
}

TEST(Binding, FieldsAndField) {
  const auto plain = compile("temperature");
  EXPECT_EQ(plain->field(), std::optional<std::size_t>(9));
  EXPECT_EQ(plain->fields(), (std::vector<std::size_t>{9}));
  const auto several = compile("d + i * d");
  EXPECT_EQ(several->field(), std::nullopt);
  EXPECT_EQ(several->fields(), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(several->text(), "d + i * d");
  EXPECT_EQ(compile("CAST(i AS bigint)")->field(), std::optional<std::size_t>(1));
}

TEST(Binding, Constants) {
  EXPECT_EQ(compile("0.9")->constant(), data::Value(0.9));
  EXPECT_EQ(compile("1 + 1")->constant(), data::Value(2));
  EXPECT_EQ(compile("UPPER('a') || 'b'")->constant(), data::Value("Ab"));
  EXPECT_EQ(compile("NULL + 1")->constant(), data::Value());
  EXPECT_EQ(compile("CASE WHEN 1 < 2 THEN 3 ELSE 4 END")->constant(), data::Value(3));
  EXPECT_EQ(compile("i")->constant(), std::nullopt);
  EXPECT_EQ(compile("1 / 0")->constant(), std::nullopt);  // an error of each row
  EXPECT_EQ(value("1 / 0"), "!division_by_zero");
  // A large one is left to be computed: a job file must not fill the memory.
  EXPECT_EQ(compile("REPEAT('x', 100000)")->constant(), std::nullopt);
  EXPECT_EQ(value("CHAR_LENGTH(REPEAT('x', 100000))"), "100000");
}

TEST(Binding, TheReadmeNamesEveryFunction) {
  std::ifstream file(LEAT_SOURCE_DIR "/core/expression/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(readme.empty());
  for (const auto table : {numeric_functions(), string_functions(), time_functions()}) {
    for (const Overload& function : table) {
      if (function.name.front() == '$') continue;
      EXPECT_NE(readme.find(function.name), std::string::npos) << function.name;
    }
  }
}

}  // namespace
}  // namespace leat::expression
