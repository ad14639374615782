// Numbers, strings, lists and casts. What a row's error is, and what is only NULL.
#include <cmath>
#include <limits>

#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::evaluate;
using test::expect_values;
using test::Row;
using test::value;
using Strings = std::vector<std::string>;

TEST(Arithmetic, Bigint) {
  expect_values({
      {"7 / 2", "3"},
      {"-7 / 2", "-3"},
      {"7 / -2", "-3"},
      {"7 % 3", "1"},
      {"-7 % 3", "-1"},
      {"7 % -3", "1"},
      {"MOD(-7, 3)", "-1"},
      {"9223372036854775807 + 1", "!overflow"},
      {"-9223372036854775808 - 1", "!overflow"},
      {"9223372036854775807 * 2", "!overflow"},
      {"-9223372036854775808 / -1", "!overflow"},
      {"-9223372036854775808 % -1", "0"},
      {"-(-9223372036854775808)", "!overflow"},
      {"ABS(-9223372036854775808)", "!overflow"},
      {"ABS(-9223372036854775807)", "9223372036854775807"},
      {"1 / 0", "!division_by_zero"},
      {"1 % 0", "!division_by_zero"},
      {"MOD(1, 0)", "!division_by_zero"},
      {"NULL / 0", "null"},
      {"1 + NULL", "null"},
      {"-NULL", "null"},
  });
}

TEST(Arithmetic, Double) {
  expect_values({
      {"7 / 2.0", "3.5"},
      {"1.0 / 0", "inf"},
      {"-1 / 0.0", "-inf"},
      {"0.0 / 0", "nan"},
      {"1.0 % 0", "nan"},
      {"7.5 % 2", "1.5"},
      {"-7.5 % 2", "-1.5"},
      {"1e308 * 10", "inf"},
      {"-0.0", "-0.0"},
      {"0.1 + 0.2", "0.30000000000000004"},
      {"1.5 + NULL", "null"},
  });
}

TEST(Arithmetic, ErrorsBelongToTheirRows) {
  std::vector<Row> rows(4);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].i = static_cast<int>(i);
  rows[3].i = {};
  EXPECT_EQ(evaluate("6 / i", rows), (Strings{"!division_by_zero", "6", "3", "null"}));
  EXPECT_EQ(evaluate("CAST(i AS string)", rows), (Strings{"\"0\"", "\"1\"", "\"2\"", "null"}));
}

TEST(Numeric, Rounding) {
  expect_values({
      {"ROUND(2.5)", "3.0"},
      {"ROUND(-2.5)", "-3.0"},
      {"ROUND(2.675, 2)", "2.68"},  // of the decimal that is printed, not of the double below it
      {"ROUND(0.285, 2)", "0.29"},
      {"ROUND(1.005, 2)", "1.01"},
      {"ROUND(123.456, -1)", "120.0"},
      {"ROUND(155.0, -1)", "160.0"},
      {"ROUND(9.99, 1)", "10.0"},
      {"ROUND(999.9)", "1000.0"},
      {"ROUND(0.04, 1)", "0.0"},
      {"ROUND(-0.04, 1)", "-0.0"},
      {"ROUND(5.0, -1)", "10.0"},
      {"ROUND(4.0, -1)", "0.0"},
      {"ROUND(1e300, 2)", "1e+300"},
      {"ROUND(1.5e-300, 300)", "2e-300"},
      {"ROUND(1.5, 9223372036854775807)", "1.5"},
      {"ROUND(1.5, -9223372036854775808)", "0.0"},
      {"ROUND(1.0 / 0, 2)", "inf"},
      {"ROUND(15, -1)", "20"},
      {"ROUND(-15, -1)", "-20"},
      {"ROUND(14, -1)", "10"},
      {"ROUND(14, 3)", "14"},
      {"ROUND(9223372036854775807, -1)", "!overflow"},
      {"ROUND(9223372036854775807, -19)", "!overflow"},
      {"ROUND(4999999999999999999, -19)", "0"},
      {"ROUND(5, -30)", "0"},
      {"TRUNCATE(2.679, 2)", "2.67"},
      {"TRUNCATE(-2.9)", "-2.0"},
      {"TRUNCATE(199, -2)", "100"},
      {"TRUNCATE(9223372036854775807, -19)", "0"},
      {"CEIL(1.2)", "2.0"},
      {"CEILING(-1.2)", "-1.0"},
      {"FLOOR(-1.2)", "-2.0"},
      {"FLOOR(7)", "7"},
  });
}

TEST(Numeric, Functions) {
  expect_values({
      {"ABS(-1.5)", "1.5"},
      {"SIGN(-3)", "-1"},
      {"SIGN(0)", "0"},
      {"SIGN(2.5)", "1.0"},
      {"POWER(2, 10)", "1024.0"},
      {"SQRT(9)", "3.0"},
      {"SQRT(-1.0)", "nan"},
      {"EXP(0)", "1.0"},
      {"LN(E())", "1.0"},
      {"LN(0)", "-inf"},
      {"LOG(2, 8)", "3.0"},
      {"LOG10(1000)", "3.0"},
      {"LOG2(8)", "3.0"},
      {"SIN(0)", "0.0"},
      {"COS(0)", "1.0"},
      {"TAN(0)", "0.0"},
      {"ASIN(2.0)", "nan"},
      {"ACOS(1)", "0.0"},
      {"ATAN(0)", "0.0"},
      {"ATAN2(0, 1)", "0.0"},
      {"DEGREES(PI())", "180.0"},
      {"RADIANS(180) = PI()", "true"},
      {"PI()", "3.141592653589793"},
  });
}

TEST(Strings, Length) {
  expect_values({
      {"CHAR_LENGTH('h\xC3\xA4llo')", "5"},
      {"CHARACTER_LENGTH('')", "0"},
      {"OCTET_LENGTH('\xC3\xA4')", "2"},
      {"CHAR_LENGTH('\xF0\x9F\x98\x80')", "1"},
      {"CHAR_LENGTH(NULL)", "null"},
      {"UPPER('a\xC3\xA4z1')", "\"A\xC3\xA4Z1\""},  // ASCII letters only
      {"LOWER('AZ[')", "\"az[\""},
  });
}

TEST(Strings, Trim) {
  expect_values({
      {"TRIM('  a b ')", "\"a b\""},
      {"TRIM(BOTH FROM ' a ')", "\"a\""},
      {"TRIM(BOTH 'x' FROM 'xxaxx')", "\"a\""},
      {"TRIM('x' FROM 'xax')", "\"a\""},
      {"TRIM(LEADING 'x' FROM 'xax')", "\"ax\""},
      {"TRIM(TRAILING 'xy' FROM 'axyyx')", "\"a\""},
      {"TRIM(TRAILING FROM 'a ')", "\"a\""},
      {"TRIM('\xC3\xA4' FROM '\xC3\xA4"
       "a\xC3\xA4')",
       "\"a\""},
      {"LTRIM(' a ')", "\"a \""},
      {"RTRIM(' a ')", "\" a\""},
      {"LTRIM('aab', 'a')", "\"b\""},
      {"BTRIM('xaax', 'x')", "\"aa\""},
      {"TRIM('')", "\"\""},
  });
}

// Flink's BinaryStringDataUtil.substringSQL: 0 is 1, negative counts from the end.
TEST(Strings, Substring) {
  expect_values({
      {"SUBSTRING('hello' FROM 2 FOR 3)", "\"ell\""},
      {"SUBSTRING('hello' FROM 2)", "\"ello\""},
      {"SUBSTR('hello', 4, 9)", "\"lo\""},
      {"SUBSTRING('hello', 0, 2)", "\"he\""},
      {"SUBSTRING('hello', -3, 2)", "\"ll\""},
      {"SUBSTRING('hello', -9)", "\"\""},
      {"SUBSTRING('hello', 6)", "\"\""},
      {"SUBSTRING('hello', 1, -1)", "null"},
      {"SUBSTRING('hello', 9223372036854775807, 9223372036854775807)", "\"\""},
      {"SUBSTRING('hello', -9223372036854775808, 1)", "\"\""},
      {"SUBSTRING('\xC3\xA4\xC3\xB6\xC3\xBC', 2, 1)", "\"\xC3\xB6\""},
      {"LEFT('h\xC3\xA4llo', 2)", "\"h\xC3\xA4\""},
      {"LEFT('abc', -1)", "\"\""},
      {"LEFT('abc', 99)", "\"abc\""},
      {"RIGHT('h\xC3\xA4llo', 4)", "\"\xC3\xA4llo\""},
      {"RIGHT('abc', 0)", "\"\""},
      {"RIGHT('\xC3\xA4' || 'b', 3)",
       "\"\xC3\xA4"
       "b\""},
  });
}

TEST(Strings, Others) {
  expect_values({
      {"POSITION('l' IN 'hello')", "3"},
      {"POSITION('' IN 'hello')", "1"},
      {"POSITION('x' IN 'hello')", "0"},
      {"POSITION('o' IN 'h\xC3\xA4llo')", "5"},
      {"INSTR('hello', 'l')", "3"},
      {"LOCATE('l', 'hello')", "3"},
      {"REPLACE('banana', 'an', 'x')", "\"bxxa\""},
      {"REPLACE('banana', '', 'x')", "\"banana\""},
      {"REPLACE('aaa', 'aa', 'b')", "\"ba\""},
      {"'a' || 'b' || 'c'", "\"abc\""},
      {"'a' || NULL", "null"},
      {"CONCAT('a', 'b', '')", "\"ab\""},
      {"CONCAT('a', NULL)", "null"},
      {"CONCAT_WS('-', 'a', NULL, 'b', '')", "\"a-b-\""},
      {"CONCAT_WS(NULL, 'a')", "null"},
      {"CONCAT_WS('-', NULL, NULL)", "\"\""},
      {"LPAD('7', 3, '0')", "\"007\""},
      {"LPAD('hello', 2, 'x')", "\"he\""},
      {"RPAD('a', 6, 'xyz')", "\"axyzxy\""},
      {"LPAD('a', 3)", "\"  a\""},
      {"RPAD('a', 3, '\xC3\xA4')", "\"a\xC3\xA4\xC3\xA4\""},
      {"LPAD('a', -1, 'x')", "null"},
      {"LPAD('a', 3, '')", "null"},
      {"LPAD('a', 0, 'x')", "\"\""},
      {"LPAD('a', 9223372036854775807, 'x')", "!invalid_argument"},
      {"REPEAT('ab', 3)", "\"ababab\""},
      {"REPEAT('ab', 0)", "\"\""},
      {"REPEAT('ab', -1)", "\"\""},
      {"REPEAT('', 9223372036854775807)", "\"\""},
      {"REPEAT('ab', 9223372036854775807)", "!invalid_argument"},
      {"REVERSE('a\xC3\xA4"
       "b')",
       "\"b\xC3\xA4"
       "a\""},
      {"SPLIT_INDEX('a,b,,c', ',', 0)", "\"a\""},
      {"SPLIT_INDEX('a,b,,c', ',', 2)", "\"\""},
      {"SPLIT_INDEX('a,b', ',', 1)", "\"b\""},
      {"SPLIT_INDEX('a,b', ',', 2)", "null"},
      {"SPLIT_INDEX('a,b', ',', -1)", "null"},
      {"SPLIT_INDEX('a,b', '', 0)", "null"},
      {"STARTSWITH('hello', 'he')", "true"},
      {"ENDSWITH('hello', 'lo')", "true"},
      {"ENDSWITH('hello', 'he')", "false"},
  });
}

TEST(Strings, SizeIsBounded) {
  const std::string big = "REPEAT('x', 1000000)";
  EXPECT_EQ(value("CHAR_LENGTH(" + big + ")"), "1000000");
  EXPECT_EQ(value(big + " || " + big), "!invalid_argument");
  EXPECT_EQ(value("REPLACE(" + big + ", 'x', 'yy')"), "!invalid_argument");
  // Over a batch too: 400 rows of a megabyte are more than one column may hold.
  std::vector<Row> rows(400);
  for (Row& row : rows) row.i = 1'000'000;
  const auto compiled = test::compile("REPEAT('x', i)");
  data::Column out(data::kString);
  RowErrors errors;
  errors.reset(rows.size());
  compiled->evaluate(test::batch_of(rows), out, errors);
  ASSERT_EQ(out.size(), rows.size());
  EXPECT_EQ(out.text(0).size(), 1'000'000U);
  EXPECT_EQ(errors.at(0), EvalError::kNone);
  EXPECT_EQ(errors.at(399), EvalError::kInvalidArgument);
  EXPECT_TRUE(out.is_null(399));
}

TEST(Like, Patterns) {
  expect_values({
      {"'hello' LIKE 'h%o'", "true"},
      {"'hello' LIKE 'H%'", "false"},  // case-sensitive
      {"'hello' LIKE 'h_llo'", "true"},
      {"'hello' LIKE '%'", "true"},
      {"'' LIKE '%'", "true"},
      {"'' LIKE '_'", "false"},
      {"'' LIKE ''", "true"},
      {"'hello' LIKE 'hell'", "false"},
      {"'hello' LIKE '%l%l%'", "true"},
      {"'hello' LIKE '%l%l%l%'", "false"},
      {"'h\xC3\xA4llo' LIKE 'h_llo'", "true"},
      {"'100%' LIKE '100!%' ESCAPE '!'", "true"},
      {"'100x' LIKE '100!%' ESCAPE '!'", "false"},
      {"'a_b' LIKE '%!_b' ESCAPE '!'", "true"},
      {"'a!b' LIKE 'a!!b' ESCAPE '!'", "true"},
      {"'a%' LIKE 'a%%' ESCAPE '%'", "true"},
      {"'hello' NOT LIKE 'h%'", "false"},
      {"NULL LIKE 'a'", "null"},
      {"'a' NOT LIKE NULL", "null"},
  });
  Row row;
  row.s = "a!";
  EXPECT_EQ(value("'x' LIKE s ESCAPE '!'", row), "!invalid_argument");
}

// What takes an exponential time in a matcher that tries every way to divide the text.
TEST(Like, NoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "%a";
  Row row;
  row.s = std::string(20'000, 'a') + "b";
  EXPECT_EQ(value("s LIKE '" + pattern + "'", row), "false");
  row.s = std::string(4'097, '%');
  EXPECT_EQ(value("'a' LIKE s", row), "!invalid_argument");
  EXPECT_EQ(value("TRIM(s FROM 'a')", row), "!invalid_argument");
  EXPECT_EQ(test::defect("s LIKE '" + std::string(4'097, '%') + "'"),
            "7: the pattern of LIKE is longer than 4096 bytes");
}

// A search that starts over after each near miss would take 10^11 steps here.
TEST(Strings, SearchesAreLinear) {
  Row row;
  row.s = std::string(1'000'000, 'a');
  const std::string part = "REPEAT('a', 500000) || 'b'";
  EXPECT_EQ(value("POSITION(" + part + " IN s)", row), "0");
  EXPECT_EQ(value("CHAR_LENGTH(REPLACE(s, " + part + ", ''))", row), "1000000");
  EXPECT_EQ(value("SPLIT_INDEX(s, " + part + ", 1)", row), "null");
}

TEST(Lists, Functions) {
  Row row;
  row.li = data::Value::List{5, data::Value(), 7};
  row.ls = data::Value::List{"a", ""};
  row.i = 3;
  expect_values(
      {
          {"CARDINALITY(li)", "3"},
          {"li[1]", "5"},
          {"li[2]", "null"},
          {"li[i]", "7"},
          {"li[0]", "null"},
          {"li[4]", "null"},
          {"li[-1]", "null"},
          {"li[j]", "null"},
          {"li[1] + 1", "6"},
          {"ls[2]", "\"\""},
          {"ARRAY_CONTAINS(li, 7)", "true"},
          {"ARRAY_CONTAINS(li, 8)", "false"},
          {"ARRAY_CONTAINS(li, NULL)", "true"},
          {"LIST_CONTAINS(ls, 'a')", "true"},
          {"ARRAY_CONTAINS(ls, NULL)", "false"},
          {"ls", "[\"a\",\"\"]"},
          {"COALESCE(li, li)", "[5,null,7]"},
          {"CARDINALITY(IF(i > 3, li, NULL))", "null"},
      },
      row);
  expect_values(
      {{"CARDINALITY(li)", "null"}, {"li[1]", "null"}, {"ARRAY_CONTAINS(li, 1)", "null"}});
}

TEST(Cast, Numbers) {
  expect_values({
      {"CAST('42' AS bigint)", "42"},
      {"CAST(' -42 ' AS bigint)", "-42"},
      {"CAST('+42' AS bigint)", "42"},
      {"CAST('12.9' AS bigint)", "12"},  // as Flink: the fraction is dropped
      {"CAST('12.x' AS bigint)", "!failed_cast"},
      {"CAST('' AS bigint)", "!failed_cast"},
      {"CAST('-' AS bigint)", "!failed_cast"},
      {"CAST('+-1' AS bigint)", "!failed_cast"},
      {"CAST('0x10' AS bigint)", "!failed_cast"},
      {"CAST('9223372036854775808' AS bigint)", "!failed_cast"},
      {"TRY_CAST('x' AS bigint)", "null"},
      {"TRY_CAST('7' AS bigint)", "7"},
      {"CAST(1.9 AS bigint)", "1"},
      {"CAST(-1.9 AS bigint)", "-1"},
      {"CAST(9223372036854775808.0 AS bigint)", "!failed_cast"},
      {"CAST(-9223372036854775808.0 AS bigint)", "-9223372036854775808"},
      {"CAST(0.0 / 0 AS bigint)", "!failed_cast"},
      {"TRY_CAST(1e300 AS bigint)", "null"},
      {"CAST(TRUE AS bigint)", "1"},
      {"CAST(FALSE AS double)", "0.0"},
      {"CAST('1.5' AS double)", "1.5"},
      {"CAST(' 1e3 ' AS double)", "1000.0"},
      {"CAST('NaN' AS double)", "nan"},
      {"CAST('-Infinity' AS double)", "-inf"},
      {"CAST('inf' AS double)", "!failed_cast"},
      {"CAST('nan(1)' AS double)", "!failed_cast"},
      {"CAST('1.5x' AS double)", "!failed_cast"},
      {"CAST('' AS double)", "!failed_cast"},
      {"CAST(3 AS double)", "3.0"},
      {"CAST(NULL AS bigint)", "null"},
  });
}

TEST(Cast, Others) {
  expect_values({
      {"CAST(42 AS string)", "\"42\""},
      {"CAST(-9223372036854775808 AS string)", "\"-9223372036854775808\""},
      {"CAST(1.0 AS string)", "\"1.0\""},
      {"CAST(1e300 AS string)", "\"1e+300\""},
      {"CAST(-1.2345678901234568e-300 AS string)", "\"-1.2345678901234568e-300\""},
      {"CAST(0.0 / 0 AS string)", "\"NaN\""},
      {"CAST(TRUE AS string)", "\"TRUE\""},  // as Flink since 1.15
      {"CAST('yes' AS boolean)", "true"},
      {"CAST(' F ' AS boolean)", "false"},
      {"CAST('0' AS boolean)", "false"},
      {"CAST('maybe' AS boolean)", "!failed_cast"},
      {"TRY_CAST('maybe' AS boolean)", "null"},
      {"CAST(2 AS boolean)", "true"},
      {"CAST(0.0 AS boolean)", "false"},
      {"CAST(TIMESTAMP '2026-01-02 03:04:05.6' AS string)", "\"2026-01-02 03:04:05.600\""},
      {"CAST('2026-01-02T03:04:05Z' AS timestamp)", "1767323045000"},
      {"CAST('noon' AS timestamp)", "!failed_cast"},
      {"TRY_CAST('noon' AS timestamp(3))", "null"},
      {"CAST(1000 AS timestamp)", "1000"},
      {"CAST(TIMESTAMP '1970-01-01 00:00:01' AS bigint)", "1000"},
      {"CAST(CAST('a' AS bytes) AS string)", "\"a\""},
  });
  Row row;
  row.y = "\xFF";
  EXPECT_EQ(value("CAST(y AS string)", row), "!failed_cast");
  EXPECT_EQ(value("TRY_CAST(y AS string)", row), "null");
  // TRY_CAST forgives its own failure, not one below it.
  EXPECT_EQ(value("TRY_CAST(1 / 0 AS string)"), "!division_by_zero");
}

}  // namespace
}  // namespace leat::expression
