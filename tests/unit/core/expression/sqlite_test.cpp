// Generated expressions against sqlite3, where the two languages mean the same. Divisors go through
// NULLIF(x, 0), for SQLite has NULL where a division by zero is an error here; numbers stay small,
// for it turns to floating point where a bigint overflows; so do letters, for its LIKE is not
// case-sensitive.
#include <cmath>
#include <random>

#include "tests/harness/sqlite_runner.h"
#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

enum class Want { kBoolean, kBigint, kDouble, kString };

// The same expression for both.
struct Pair {
  std::string ours;
  std::string theirs;
};

// "f(#, #)" with the parts put in for the marks.
Pair fill(const std::string& ours, const std::string& theirs, const std::vector<Pair>& parts) {
  const auto replaced = [&](const std::string& pattern, bool mine) {
    std::string text;
    std::size_t next = 0;
    for (const char c : pattern) {
      if (c == '#') {
        const Pair& part = parts[next++];
        text += mine ? part.ours : part.theirs;
      } else {
        text += c;
      }
    }
    return text;
  };
  return {replaced(ours, true), replaced(theirs, false)};
}
Pair same(const std::string& pattern, const std::vector<Pair>& parts) {
  return fill(pattern, pattern, parts);
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Pair make(Want want, int depth) {
    if (depth == 0 || below(5) == 0) return leaf(want);
    if (below(4) == 0) return choice(want, depth);
    switch (want) {
      case Want::kBoolean:
        return boolean(depth);
      case Want::kBigint:
        return bigint(depth);
      case Want::kDouble:
        return number(depth);
      case Want::kString:
        break;
    }
    return text(depth);
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string pick(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

  Pair leaf(Want want) {
    std::string text;
    switch (want) {
      case Want::kBoolean:
        return same(pick({"(i > 0)", "(s = 'a')", "TRUE", "FALSE"}), {});
      case Want::kBigint:
        return same(pick({"i", "j", "0", "1", "-3", "7"}), {});
      case Want::kDouble:
        return same(pick({"d", "e", "0.0", "2.5", "-0.75"}), {});
      case Want::kString:
        break;
    }
    return same(pick({"s", "r", "'a'", "'abc'", "''", "'xyx'"}), {});
  }

  Pair choice(Want want, int depth) {
    const auto a = [&](Want w) { return make(w, depth - 1); };
    switch (below(5)) {
      case 0:
        return same("CASE WHEN # THEN # WHEN # THEN # ELSE # END",
                    {a(Want::kBoolean), a(want), a(Want::kBoolean), a(want), a(want)});
      case 1:
        return same("CASE # WHEN # THEN # WHEN # THEN # END",
                    {a(Want::kBigint), a(Want::kBigint), a(want), a(Want::kDouble), a(want)});
      case 2:
        return same("COALESCE(#, NULL, #)", {a(want), a(want)});
      case 3:
        return same("NULLIF(#, #)", {a(want), a(want)});
      default:
        return fill("IF(#, #, #)", "IIF(#, #, #)", {a(Want::kBoolean), a(want), a(want)});
    }
  }

  Pair boolean(int depth) {
    const auto a = [&](Want w) { return make(w, depth - 1); };
    const auto numeric = [&] { return a(below(2) == 0 ? Want::kBigint : Want::kDouble); };
    const std::string compare =
        pick({"(# = #)", "(# <> #)", "(# < #)", "(# <= #)", "(# > #)", "(# >= #)",
              "(# IS DISTINCT FROM #)", "(# IS NOT DISTINCT FROM #)"});
    switch (below(9)) {
      case 0:
        return same(pick({"(# AND #)", "(# OR #)"}), {a(Want::kBoolean), a(Want::kBoolean)});
      case 1:
        return same("(NOT #)", {a(Want::kBoolean)});
      case 2:
        return same(compare, {numeric(), numeric()});
      case 3:
        return same(compare, {a(Want::kString), a(Want::kString)});
      case 4:
        return same(pick({"(# BETWEEN # AND #)", "(# NOT BETWEEN # AND #)"}),
                    {numeric(), numeric(), numeric()});
      case 5:
        return same(pick({"(# IN (#, 2, #))", "(# NOT IN (#, NULL, #))"}),
                    {a(Want::kBigint), a(Want::kBigint), a(Want::kBigint)});
      case 6:
        return same(pick({"(# IS NULL)", "(# IS NOT NULL)"}), {a(Want::kString)});
      case 7:
        return same(pick({"(# IS TRUE)", "(# IS NOT TRUE)", "(# IS FALSE)", "(# IS NOT FALSE)"}),
                    {a(Want::kBoolean)});
      default:
        return same(pick({"(# LIKE '%a%')", "(# NOT LIKE 'a_%')", "(# LIKE '%x!%%' ESCAPE '!')",
                          "(# LIKE '')", "(# LIKE '%y_')"}),
                    {a(Want::kString)});
    }
  }

  Pair bigint(int depth) {
    const auto a = [&](Want w) { return make(w, depth - 1); };
    switch (below(7)) {
      case 0:
        return same(pick({"(# + #)", "(# - #)", "(# * #)"}), {a(Want::kBigint), a(Want::kBigint)});
      case 1:
        return same(pick({"(# / NULLIF(#, 0))", "(# % NULLIF(#, 0))"}),
                    {a(Want::kBigint), a(Want::kBigint)});
      case 2:
        return same(pick({"(- #)", "ABS(#)", "SIGN(#)"}), {a(Want::kBigint)});
      case 3:
        return fill("CHAR_LENGTH(#)", "LENGTH(#)", {a(Want::kString)});
      case 4:
        return same("INSTR(#, #)", {a(Want::kString), a(Want::kString)});
      case 5:
        return same("CAST(# AS bigint)", {a(Want::kDouble)});
      default:
        return below(2) == 0
                   ? fill("GREATEST(#, #)", "MAX(#, #)", {a(Want::kBigint), a(Want::kBigint)})
                   : fill("LEAST(#, #)", "MIN(#, #)", {a(Want::kBigint), a(Want::kBigint)});
    }
  }

  Pair number(int depth) {
    const auto a = [&](Want w) { return make(w, depth - 1); };
    switch (below(5)) {
      case 0:
        return same(pick({"(# + #)", "(# - #)", "(# * #)"}), {a(Want::kDouble), a(Want::kBigint)});
      case 1:
        return same("(# / NULLIF(#, 0.0))", {a(Want::kDouble), a(Want::kDouble)});
      case 2:
        return same(pick({"(- #)", "ABS(#)"}), {a(Want::kDouble)});
      case 3:
        return fill("CAST(# AS double)", "CAST(# AS real)", {a(Want::kBigint)});
      default:
        return fill("GREATEST(#, #)", "MAX(#, #)", {a(Want::kDouble), a(Want::kDouble)});
    }
  }

  Pair text(int depth) {
    const auto a = [&](Want w) { return make(w, depth - 1); };
    switch (below(6)) {
      case 0:
        return same("(# || #)", {a(Want::kString), a(Want::kString)});
      case 1:
        return same(pick({"TRIM(#)", "LTRIM(#, 'xa')", "RTRIM(#, 'x')"}), {a(Want::kString)});
      case 2:
        return same("REPLACE(#, 'x', 'ab')", {a(Want::kString)});
      case 3:
        return same(pick({"SUBSTR(#, 2)", "SUBSTR(#, 1, 2)", "SUBSTR(#, -1)"}), {a(Want::kString)});
      case 4:
        return same("LOWER(UPPER(#))", {a(Want::kString)});
      default:
        return fill("CAST(# AS string)", "CAST(# AS text)", {a(Want::kBigint)});
    }
  }

  std::mt19937 random_;
};

data::SchemaPtr schema() {
  return data::make_schema({{"i", data::kBigint},
                            {"j", data::kBigint},
                            {"d", data::kDouble},
                            {"e", data::kDouble},
                            {"s", data::kString},
                            {"r", data::kString}});
}

std::vector<harness::Row> make_rows() {
  const data::Value null;
  std::vector<harness::Row> rows;
  const std::vector<data::Value> integers{null, 0, 1, -3, 7};
  const std::vector<data::Value> numbers{null, 0.0, 1.0, -3.25, 7.5, 2.0};
  const std::vector<data::Value> texts{null, "", "a", "xax", "abc", "y\xC3\xA4", " b "};
  for (std::size_t k = 0; k < 42; ++k) {
    rows.push_back(harness::row({integers[k % 5], integers[k / 5 % 5], numbers[k % 6],
                                 numbers[k / 3 % 6], texts[k % 7], texts[k / 2 % 7]}));
  }
  return rows;
}

// SQLite has no booleans, and a double may come out of a sum in another order.
bool agree(const data::Value& ours, const data::Value& theirs) {
  if (const auto* boolean = std::get_if<bool>(&ours.held)) {
    return theirs == data::Value(*boolean ? 1 : 0);
  }
  const auto* a = std::get_if<double>(&ours.held);
  const auto* b = std::get_if<double>(&theirs.held);
  if (a != nullptr && b != nullptr) return std::abs(*a - *b) <= 1e-12 * std::abs(*a);
  // A whole result of ABS or MAX over reals may come back as an integer and the reverse.
  const auto* whole = std::get_if<std::int64_t>(&theirs.held);
  if (a != nullptr && whole != nullptr) return *a == static_cast<double>(*whole);
  return ours == theirs;
}

void compare_with_sqlite(const std::vector<Pair>& pairs) {
  const std::vector<harness::Row> rows = make_rows();
  const data::Batch batch = harness::make_batch(schema(), rows);
  std::string query = "SELECT ";
  for (std::size_t p = 0; p < pairs.size(); ++p) query += (p > 0 ? ",\n" : "") + pairs[p].theirs;
  query += " FROM t ORDER BY rowid";
  const auto answer = harness::sqlite_query({{"t", schema(), rows}}, query);
  ASSERT_TRUE(answer.ok()) << answer.error().to_string();
  ASSERT_EQ(answer->size(), rows.size());
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    CompileError error;
    const auto compiled = Expression::compile(pairs[p].ours, *schema(), error);
    ASSERT_TRUE(compiled.has_value()) << pairs[p].ours << "\n" << error.message;
    data::Column out(compiled->type());
    RowErrors errors;
    errors.reset(batch.rows());
    compiled->evaluate(batch, out, errors);
    ASSERT_FALSE(errors.any()) << pairs[p].ours;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const data::Value theirs = (*answer)[row].values[p];
      ASSERT_TRUE(agree(out.value(row), theirs))
          << pairs[p].ours << "\nrow " << harness::show(rows[row]) << "\nours "
          << harness::show(out.value(row)) << "\nsqlite3 " << harness::show(theirs);
    }
  }
}

TEST(Sqlite, GeneratedExpressionsAgree) {
  ASSERT_TRUE(harness::sqlite_available());
  Generator generator(20'261'120);
  for (int round = 0; round < 8; ++round) {
    std::vector<Pair> pairs;
    for (int k = 0; k < 100; ++k) {
      pairs.push_back(generator.make(static_cast<Want>(k % 4), 3));
    }
    compare_with_sqlite(pairs);
  }
}

// Without the parentheses that the generator puts everywhere.
TEST(Sqlite, PrecedenceAgrees) {
  ASSERT_TRUE(harness::sqlite_available());
  std::vector<Pair> pairs;
  for (const char* text :
       {"1 + 2 * 3 - 7 % 4 / 2", "- i + j * - 3", "i = 1 OR j = 1 AND d > 0", "NOT i = 1 AND j = 1",
        "NOT i IS NULL", "i BETWEEN 0 AND 1 + 6 AND j > 0", "i + 1 IN (1, 2) AND NOT s LIKE 'a%'",
        "s || r = 'aa' OR s IS NULL AND r IS NULL", "i < j OR i IS NULL", "i - 1 - 1 - j",
        "i IS NULL OR NOT j IS NULL AND d >= 1",
        "CASE WHEN i > 0 OR j > 0 THEN i + j ELSE i - j END * 2"}) {
    pairs.push_back({text, text});
  }
  compare_with_sqlite(pairs);
}

}  // namespace
}  // namespace leat::expression
