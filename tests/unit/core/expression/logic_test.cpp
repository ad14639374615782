// Comparisons, three-valued logic, branches, and which rows a branch is evaluated for.
#include <limits>

#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::evaluate;
using test::expect_values;
using test::Row;
using test::selected;
using test::value;
using Strings = std::vector<std::string>;
using Rows = std::vector<std::uint32_t>;

Row with_i(data::Value i) {
  Row row;
  row.i = std::move(i);
  return row;
}

// The truth tables of SQL:1999.
TEST(Logic, ThreeValued) {
  expect_values({
      {"TRUE AND TRUE", "true"},   {"TRUE AND FALSE", "false"},     {"TRUE AND NULL", "null"},
      {"FALSE AND TRUE", "false"}, {"FALSE AND FALSE", "false"},    {"FALSE AND NULL", "false"},
      {"NULL AND TRUE", "null"},   {"NULL AND FALSE", "false"},     {"NULL AND NULL", "null"},
      {"TRUE OR TRUE", "true"},    {"TRUE OR FALSE", "true"},       {"TRUE OR NULL", "true"},
      {"FALSE OR TRUE", "true"},   {"FALSE OR FALSE", "false"},     {"FALSE OR NULL", "null"},
      {"NULL OR TRUE", "true"},    {"NULL OR FALSE", "null"},       {"NULL OR NULL", "null"},
      {"NOT TRUE", "false"},       {"NOT FALSE", "true"},           {"NOT NULL", "null"},
      {"NULL IS TRUE", "false"},   {"NULL IS NOT TRUE", "true"},    {"FALSE IS FALSE", "true"},
      {"NULL IS UNKNOWN", "true"}, {"TRUE IS NOT UNKNOWN", "true"}, {"TRUE IS FALSE", "false"},
  });
}

TEST(Logic, TheSameOverFieldsAsOverConstants) {
  const std::vector<data::Value> truths{true, false, data::Value()};
  const std::vector<std::string> names{"TRUE", "FALSE", "NULL"};
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      Row row;
      row.b = truths[a];
      row.i =
          truths[b].is_null() ? data::Value() : data::Value(std::get<bool>(truths[b].held) ? 1 : 0);
      for (const std::string op : {"AND", "OR"}) {
        EXPECT_EQ(value("b " + op + " (i = 1)", row), value(names[a] + " " + op + " " + names[b]));
        EXPECT_EQ(value("(i = 1) " + op + " b", row), value(names[b] + " " + op + " " + names[a]));
      }
    }
  }
}

TEST(Compare, NullsAndDistinct) {
  expect_values({
      {"NULL = NULL", "null"},
      {"1 <> NULL", "null"},
      {"NULL IS NOT DISTINCT FROM NULL", "true"},
      {"1 IS DISTINCT FROM NULL", "true"},
      {"1 IS DISTINCT FROM 1.0", "false"},
      {"1 IS NOT DISTINCT FROM 2", "false"},
      {"NULL IS NULL", "true"},
      {"1 IS NOT NULL", "true"},
  });
}

// 2^53 + 1 is no double; 2^63 is no bigint.
TEST(Compare, BigintWithDoubleIsExact) {
  expect_values({
      {"9007199254740993 = 9007199254740992.0", "false"},
      {"9007199254740993 > 9007199254740992.0", "true"},
      {"9007199254740992 = 9007199254740992.0", "true"},
      {"9223372036854775807 < 9223372036854775808.0", "true"},
      {"9223372036854775807 = 9223372036854775808.0", "false"},
      {"-9223372036854775808 = -9223372036854775808.0", "true"},
      {"-9223372036854775808 > -1e300", "true"},
      {"1 < 1.5", "true"},
      {"-1 > -1.5", "true"},
      {"2.5 >= 2", "true"},
      {"1 = 1.0", "true"},
      {"9007199254740993 BETWEEN 0 AND 9007199254740992.0", "false"},
      {"9007199254740993 IN (1.5, 9007199254740992.0)", "false"},
  });
}

// IEEE 754, which is what Flink's generated Java does for primitive doubles.
TEST(Compare, NaN) {
  Row row;
  row.d = std::numeric_limits<double>::quiet_NaN();
  expect_values({{"d = d", "false"},
                 {"d <> d", "true"},
                 {"d < 1", "false"},
                 {"d > 1", "false"},
                 {"NOT d < 1.0", "true"},
                 {"d = 1", "false"},
                 {"d <> 1", "true"},
                 {"d BETWEEN 0 AND 1", "false"},
                 {"d IS DISTINCT FROM d", "true"},
                 {"GREATEST(d, 1.0)", "nan"},
                 {"LEAST(d, 1.0)", "1.0"},
                 {"GREATEST(1.0, d)", "nan"}},
                row);
}

TEST(Compare, StringsByBytesBooleansTimestamps) {
  Row row;
  row.t = 1'000;
  row.s = "b";
  row.y = "\xFF";
  expect_values({{"'B' < 'a'", "true"},
                 {"'a' < 'ab'", "true"},
                 {"'\xC3\xA4' > 'z'", "true"},
                 {"'' = ''", "true"},
                 {"s >= 'b'", "true"},
                 {"'a' < s", "true"},
                 {"FALSE < TRUE", "true"},
                 {"t = '1970-01-01 00:00:01'", "true"},
                 {"'1970-01-01T00:00:02Z' > t", "true"},
                 {"t BETWEEN '1970-01-01' AND '1970-01-02'", "true"},
                 {"t IN ('1970-01-01', TIMESTAMP '1970-01-01 00:00:01')", "true"},
                 {"'1970-01-01 00:00:01' IN ('1970-01-01', t)", "true"},
                 {"y = CAST('a' AS bytes)", "false"}},
                row);
}

TEST(Between, Nulls) {
  expect_values({
      {"2 BETWEEN 1 AND 3", "true"},
      {"1 BETWEEN 1 AND 1", "true"},
      {"2 NOT BETWEEN 1 AND 3", "false"},
      {"5 BETWEEN 9 AND 1", "false"},
      {"NULL BETWEEN 1 AND 2", "null"},
      {"2 BETWEEN NULL AND 3", "null"},
      {"5 BETWEEN NULL AND 3", "false"},  // 5 <= 3 is FALSE, whatever the other
      {"0 BETWEEN 1 AND NULL", "false"},
      {"5 NOT BETWEEN NULL AND 3", "true"},
      {"2 BETWEEN 1 AND NULL", "null"},
  });
}

TEST(In, Nulls) {
  expect_values({
      {"1 IN (1, 2)", "true"},
      {"3 IN (1, 2)", "false"},
      {"3 IN (1, NULL)", "null"},
      {"1 IN (1, NULL)", "true"},
      {"NULL IN (1, 2)", "null"},
      {"3 NOT IN (1, 2)", "true"},
      {"3 NOT IN (1, NULL)", "null"},
      {"1 NOT IN (1, NULL)", "false"},
      {"'b' IN ('a', 'b')", "true"},
      {"1.5 IN (1, 1.5)", "true"},
      {"TRUE IN (FALSE, NULL)", "null"},
  });
  const std::vector<Row> rows{with_i(5), with_i(6), with_i({})};
  EXPECT_EQ(evaluate("i IN (5, 7)", rows), (Strings{"true", "false", "null"}));
  EXPECT_EQ(evaluate("i NOT IN (5, 7, NULL)", rows), (Strings{"false", "null", "null"}));
  EXPECT_EQ(evaluate("i IN (4 + 1, i - 1, NULL)", rows), (Strings{"true", "null", "null"}));
  EXPECT_EQ(selected("i IN (5, 7)", rows), (Rows{0}));
}

TEST(Branches, Case) {
  const std::vector<Row> rows{with_i(1), with_i(2), with_i(3), with_i({})};
  EXPECT_EQ(evaluate("CASE WHEN i = 1 THEN 'one' WHEN i < 3 THEN 'two' ELSE 'more' END", rows),
            (Strings{"\"one\"", "\"two\"", "\"more\"", "\"more\""}));
  EXPECT_EQ(evaluate("CASE i WHEN 1 THEN 10 WHEN 2 THEN 20 END", rows),
            (Strings{"10", "20", "null", "null"}));
  EXPECT_EQ(evaluate("CASE i WHEN NULL THEN 1 WHEN 3 THEN 3.5 ELSE 0 END", rows),
            (Strings{"0.0", "0.0", "3.5", "0.0"}));  // NULL equals nothing
  EXPECT_EQ(evaluate("IF(i > 1, i, -i)", rows), (Strings{"-1", "2", "3", "null"}));
  EXPECT_EQ(evaluate("NULLIF(i, 2)", rows), (Strings{"1", "null", "3", "null"}));
  EXPECT_EQ(evaluate("COALESCE(NULLIF(i, 2), j, 9)", rows), (Strings{"1", "9", "3", "9"}));
  EXPECT_EQ(evaluate("GREATEST(i, 2)", rows), (Strings{"2", "2", "3", "null"}));
  EXPECT_EQ(evaluate("LEAST(i, 2, 1.5)", rows), (Strings{"1.0", "1.5", "1.5", "null"}));
}

TEST(Branches, WhatSqlDoesNotEvaluateRaisesNoError) {
  const std::vector<Row> rows{with_i(0), with_i(2), with_i({})};
  EXPECT_EQ(evaluate("i <> 0 AND 10 / i > 1", rows), (Strings{"false", "true", "null"}));
  EXPECT_EQ(evaluate("10 / i > 1 AND i <> 0", rows),
            (Strings{"!division_by_zero", "true", "null"}));  // from the left
  EXPECT_EQ(evaluate("i = 0 OR 10 / i > 1", rows), (Strings{"true", "true", "null"}));
  EXPECT_EQ(evaluate("CASE WHEN i = 0 THEN -1 ELSE 10 / i END", rows),
            (Strings{"-1", "5", "null"}));
  EXPECT_EQ(evaluate("IF(i = 0, 0, 10 / i)", rows), (Strings{"0", "5", "null"}));
  EXPECT_EQ(evaluate("COALESCE(i, 1 / 0)", rows), (Strings{"0", "2", "!division_by_zero"}));
  EXPECT_EQ(evaluate("i IN (0, 10 / i)", rows), (Strings{"true", "false", "null"}));
  EXPECT_EQ(evaluate("i BETWEEN 1 AND 10 / i", rows), (Strings{"false", "true", "null"}));
  EXPECT_EQ(evaluate("10 / i IS NULL", rows), (Strings{"!division_by_zero", "false", "true"}));
  EXPECT_EQ(value("FALSE AND 1 / 0 = 1"), "false");
  EXPECT_EQ(value("TRUE OR 1 / 0 = 1"), "true");
}

TEST(Select, OnlyTrueRows) {
  std::vector<Row> rows(6);
  const double temperatures[] = {-50, -40, 20, 150, 151, 0};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].temperature = temperatures[i];
  rows[5].temperature = {};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].i = static_cast<int>(i);
    rows[i].s = i % 2 == 0 ? "even" : "odd";
  }
  EXPECT_EQ(selected("temperature BETWEEN -40 AND 150", rows), (Rows{1, 2, 3}));
  EXPECT_EQ(selected("temperature NOT BETWEEN -40 AND 150", rows), (Rows{0, 4}));
  EXPECT_EQ(selected("temperature > 20", rows), (Rows{3, 4}));
  EXPECT_EQ(selected("20 < temperature", rows), (Rows{3, 4}));
  EXPECT_EQ(selected("temperature = NULL", rows), (Rows{}));
  EXPECT_EQ(selected("i >= 3", rows), (Rows{3, 4, 5}));
  EXPECT_EQ(selected("i < 1.5", rows), (Rows{0, 1}));
  EXPECT_EQ(selected("s = 'odd'", rows), (Rows{1, 3, 5}));
  EXPECT_EQ(selected("s > 'even' AND i < 4 AND temperature > -45", rows), (Rows{1, 3}));
  EXPECT_EQ(selected("i = 0 OR temperature IS NULL", rows), (Rows{0, 5}));
  EXPECT_EQ(selected("10 / i >= 5", rows), (Rows{1, 2}));
  EXPECT_EQ(selected("b", rows), (Rows{}));
  EXPECT_EQ(selected("TRUE", rows), (Rows{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(selected("i BETWEEN 2 AND NULL", rows), (Rows{}));
}

// A NULL before it does not excuse the division: select() reports what evaluate() reports.
TEST(Select, ReportsTheErrorsThatEvaluateReports) {
  const auto compiled = test::compile("j > 0 AND 10 / i > 0");
  Row row = with_i(0);
  const data::Batch batch = test::batch_of({row});
  RowErrors errors;
  errors.reset(1);
  std::vector<std::uint32_t> rows;
  compiled->select(batch, rows, errors);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(errors.at(0), EvalError::kDivisionByZero);
}

TEST(Select, AnErrorTakesTheRowOut) {
  const std::vector<Row> rows{with_i(0), with_i(2)};
  EXPECT_EQ(selected("10 / i IS NULL OR TRUE", rows), (Rows{1}));
}

// More rows than are evaluated together.
TEST(Select, LargeBatches) {
  std::vector<Row> rows;
  Rows expected;
  Strings values;
  for (int i = 0; i < 5'000; ++i) {
    rows.push_back(with_i(i));
    if (i % 7 == 3) expected.push_back(static_cast<std::uint32_t>(i));
    values.push_back(i == 2'500 ? "!division_by_zero" : std::to_string(10 / (i - 2'500)));
  }
  EXPECT_EQ(selected("i % 7 = 3", rows), expected);
  EXPECT_EQ(evaluate("10 / (i - 2500)", rows), values);
}

}  // namespace
}  // namespace leat::expression
