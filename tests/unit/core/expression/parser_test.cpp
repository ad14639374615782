// The grammar: precedence, literals, names, and what is said about text that is no expression.
#include <rapidcheck.h>

#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::Case;
using test::defect;
using test::expect_defects;
using test::expect_values;
using test::Row;
using test::value;

TEST(Parser, Precedence) {
  expect_values({
      {"2 + 3 * 4", "14"},
      {"(2 + 3) * 4", "20"},
      {"2 - 3 - 4", "-5"},  // from the left
      {"100 / 10 / 5", "2"},
      {"7 % 4 * 2", "6"},
      {"-2 + 3", "1"},
      {"- -2", "2"},
      {"-(2 + 3)", "-5"},
      {"+3", "3"},
      {"1 + 2 = 3", "true"},
      {"TRUE OR FALSE AND FALSE", "true"},  // AND binds tighter
      {"(TRUE OR FALSE) AND FALSE", "false"},
      {"NOT FALSE AND FALSE", "false"},  // (NOT FALSE) AND FALSE
      {"NOT (FALSE AND FALSE)", "true"},
      {"NOT 1 = 2", "true"},          // NOT (1 = 2)
      {"NOT NULL IS NULL", "false"},  // NOT (NULL IS NULL)
      {"1 = 2 IS FALSE", "true"},     // (1 = 2) IS FALSE
      {"2 BETWEEN 1 AND 3 AND FALSE", "false"},
      {"1 + 1 BETWEEN 1 AND 1 + 1", "true"},
      {"'a' || 'b' = 'ab'", "true"},
      {"1 IN (1, 2) = TRUE", "true"},
  });
}

TEST(Parser, Literals) {
  expect_values({
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"007", "7"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"2.", "2.0"},
      {"1e3", "1000.0"},
      {"1E-3", "0.001"},
      {"1e-999", "0.0"},  // too small for a double is zero, as everywhere
      {"'it''s'", "\"it's\""},
      {"''", "\"\""},
      {"'\xC3\xA4'", "\"\xC3\xA4\""},
      {"true", "true"},
      {"False", "false"},
      {"TIMESTAMP '1970-01-01 00:00:01'", "1000"},
      {"timestamp '1970-01-02 00:00:00.5'", "86400500"},
  });
}

TEST(Parser, NamesAndKeywords) {
  Row row;
  row.i = 3;
  row.end = 4;
  row.timestamp = 5;
  row.temperature = 20.5;
  EXPECT_EQ(value("i + `i`", row), "6");
  EXPECT_EQ(value("`end`", row), "4");
  EXPECT_EQ(value("timestamp", row), "5");  // only before a string does it begin a literal
  EXPECT_EQ(value("case when temperature between 20 and 21 then 'yes' end", row), "\"yes\"");
  EXPECT_EQ(defect("I"), "0: unknown field \"I\"; did you mean \"b\"?")
      << "fields are case-sensitive";
}

TEST(Parser, Defects) {
  expect_defects({
      {"", "0: found the end; expected an expression"},
      {"  ", "2: found the end; expected an expression"},
      {"1 +", "3: found the end; expected an expression"},
      {"1 2", "2: found \"2\"; expected an operator or the end"},
      {"(1", "2: found the end; expected \")\" or an operator"},
      {"1)", "1: found \")\"; expected an operator or the end"},
      {"i = 1 AND", "9: found the end; expected an expression"},
      {"end > 3",
       "0: found \"end\"; expected an expression (a field of that name is written `end`)"},
      {"'abc", "0: string literal without a closing '"},
      {"`abc", "0: back-quoted name without a closing `"},
      {"``", "0: an empty name"},
      {"s = \"abc\"", "4: found a double quote; strings take 'single quotes', names `back-quotes`"},
      {"i == 1", "2: found \"==\"; equality is written \"=\""},
      {"i && j", "2: found \"&&\"; write AND"},
      {"i ? 1", "2: unexpected character \"?\""},
      {"1 --2", "2: \"--\" begins a comment in SQL; write \"- -\" for minus a negative"},
      {"9223372036854775808",
       "0: the number is out of the range of a bigint (-9223372036854775808 to "
       "9223372036854775807); a double has a point or an exponent"},
      {"1e999", "0: the number is out of the range of a double"},
      {"1e", "0: a number with an exponent that has no digits"},
      {"12abc",
       "0: \"12a\" begins like a number and goes on; expected a number such as 42, 4.2 or 4.2e1"},
      {"i IS 3", "5: found \"3\"; expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM after IS"},
      {"i BETWEEN 1", "11: found the end; expected AND and the upper bound of BETWEEN"},
      {"i IN 1", "5: found \"1\"; expected \"(\" and a list after IN"},
      {"i IN ()", "6: found \")\"; expected an expression"},
      {"CASE 1 END", "7: found \"END\"; expected WHEN after CASE"},
      {"CASE WHEN b THEN 1", "18: found the end; expected WHEN, ELSE or END in CASE"},
      {"CAST(i bigint)", "7: found \"bigint\"; expected AS and a type in CAST"},
      {"CAST(i AS int)",
       "10: unknown type \"INT\"; expected boolean, bigint, double, string, bytes "
       "or timestamp; did you mean \"BIGINT\"?"},
      {"TIMESTAMP 'noon'",
       "10: \"noon\" is not a time; expected one such as '2026-01-31 23:59:59.999'"},
      {"EXTRACT(YEAR t)", "13: found \"t\"; expected FROM in EXTRACT(unit FROM timestamp)"},
      {"TRIM(BOTH 'x' s)", "14: found \"s\"; expected FROM in TRIM(BOTH x FROM s)"},
      {"ABS(i", "5: found the end; expected \")\" at the end of the arguments of ABS, or \",\""},
  });
}

TEST(Parser, InvalidUtf8IsADefect) { EXPECT_EQ(defect("s = '\xFF'"), "5: not valid UTF-8"); }

TEST(Parser, DepthIsBounded) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '(') + "1" +
           std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_EQ(defect(nested(150)), "compiles");
  EXPECT_EQ(defect(nested(100'000)).substr(0, 30), "20000: the expression is too l");
  EXPECT_EQ(defect(nested(5'000)), "200: nested too deeply; the limit is 200");
  std::string chain = "1";
  for (int i = 0; i < 5'000; ++i) chain += "+1";
  EXPECT_NE(defect(chain).find("nested too deeply"), std::string::npos);
  std::string nots;
  for (int i = 0; i < 5'000; ++i) nots += "NOT ";
  EXPECT_NE(defect(nots + "b").find("nested too deeply"), std::string::npos);
}

TEST(Parser, LongChainsOfLogicAndConcatAreFlat) {
  std::string terms = "i = 0";
  std::string texts = "'a'";
  for (int i = 1; i < 2'000; ++i) {
    terms += " OR i = " + std::to_string(i);
    texts += " || 'b'";
  }
  Row row;
  row.i = 1'999;
  EXPECT_EQ(value(terms, row), "true");
  EXPECT_EQ(value("CHAR_LENGTH(" + texts + ")"), "2000");
}

TEST(Parser, TokenSoupNeverCrashes) {
  const std::vector<std::string> words{"i",        "d",         "s",
                                       "b",        "t",         "li",
                                       "1",        "2.5",       "'x'",
                                       "(",        ")",         "[",
                                       "]",        ",",         "+",
                                       "-",        "*",         "/",
                                       "%",        "||",        "=",
                                       "<>",       "<",         ">=",
                                       "AND",      "OR",        "NOT",
                                       "BETWEEN",  "IN",        "LIKE",
                                       "IS",       "NULL",      "TRUE",
                                       "CASE",     "WHEN",      "THEN",
                                       "ELSE",     "END",       "CAST",
                                       "AS",       "FROM",      "FOR",
                                       "TO",       "YEAR",      "FLOOR",
                                       "SUBSTR",   "TRIM",      "COALESCE",
                                       "ABS",      "EXTRACT",   "`i`",
                                       "DISTINCT", "ESCAPE",    "bigint",
                                       "INTERVAL", "TIMESTAMP", "'2026-01-01'",
                                       "DAY"};
  EXPECT_TRUE(rc::check("compiles, or says where it does not", [&] {
    const auto picks = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, words.size()));
    std::string text;
    for (const std::size_t pick : picks) text += words[pick] + " ";
    CompileError error;
    const auto compiled = Expression::compile(text, *test::schema(), error);
    if (!compiled) {
      RC_ASSERT(error.offset <= text.size());
      RC_ASSERT(!error.message.empty());
    }
    const auto call = parse_aggregate(text, error);
    RC_ASSERT(!call || text.find('(') != std::string::npos);
  }));
  EXPECT_TRUE(rc::check("bytes", [] {
    const auto text = *rc::gen::arbitrary<std::string>();
    CompileError error;
    if (!Expression::compile(text, *test::schema(), error)) RC_ASSERT(!error.message.empty());
  }));
}

std::string aggregate(std::string_view text) {
  CompileError error;
  const auto call = parse_aggregate(text, error);
  if (!call) return std::to_string(error.offset) + ": " + error.message;
  std::string shown =
      call->function + (call->star ? "*" : "") + (call->distinct ? " distinct" : "");
  for (const auto& argument : call->arguments) {
    EXPECT_EQ(text.substr(argument.offset, argument.text.size()), argument.text);
    shown += " [" + argument.text + "]@" + std::to_string(argument.offset);
  }
  return shown;
}

TEST(Aggregate, Calls) {
  EXPECT_EQ(aggregate("count(*)"), "count*");
  EXPECT_EQ(aggregate(" COUNT ( * ) "), "count*");
  EXPECT_EQ(aggregate("avg(temperature)"), "avg [temperature]@4");
  EXPECT_EQ(aggregate("count(DISTINCT s)"), "count distinct [s]@15");
  EXPECT_EQ(aggregate("max_by(COALESCE(a, b), (c + 1))"), "max_by [COALESCE(a, b)]@7 [(c + 1)]@23");
  EXPECT_EQ(aggregate("top_n(a, 3, 'x,)')"), "top_n [a]@6 [3]@9 ['x,)']@12");
  EXPECT_EQ(aggregate("now()"), "now");
}

TEST(Aggregate, Defects) {
  EXPECT_EQ(aggregate("avg(x) + 1"),
            "7: found \"+\" after the call; an aggregate is one call such as avg(x)");
  EXPECT_EQ(aggregate("temperature"), "11: found the end; an aggregate is one call such as avg(x)");
  EXPECT_EQ(aggregate("1"), "0: found \"1\"; an aggregate is one call such as avg(x)");
  EXPECT_EQ(aggregate("avg("), "4: found the end; expected an expression");
  EXPECT_EQ(aggregate("avg(x,)"), "6: found \")\"; expected an expression");
  EXPECT_EQ(aggregate("avg(x y)"),
            "6: found \"y\"; expected \")\" at the end of the arguments, or \",\"");
  EXPECT_EQ(aggregate("count(*, x)"), "6: found \"*\"; expected an expression");
}

}  // namespace
}  // namespace leat::expression
