// The same rows, the same question in SQL: sqlite3 says what is right.
#include <gtest/gtest.h>
#include <random>

#include "tests/harness/rows.h"
#include "tests/harness/sqlite_runner.h"
#include "tests/unit/core/windows/aggregate_fixture.h"

namespace leat::windows {
namespace {

constexpr std::size_t kKeys = 12;

// `k` is the key, `a` the arrival.
data::SchemaPtr keyed_schema() {
  return data::make_schema({{"k", data::kBigint},
                            {"a", data::kBigint},
                            {"x", data::kDouble},
                            {"n", data::kBigint},
                            {"s", data::kString}});
}

struct Input {
  std::vector<TestRow> rows;  // of test_schema()
  std::vector<std::size_t> keys;
  std::vector<harness::Row> table;  // of keyed_schema()
};

// One value in nine is null.
void maybe_null(std::mt19937_64& random, Value& value) {
  if (random() % 9 == 0) value = Value();
}

Input make_input() {
  std::mt19937_64 random(2026);
  Input input;
  for (int i = 0; i < 5000; ++i) {
    Value x(static_cast<double>(random() % 100'000) / 1000 - 40);
    Value n(static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000);
    Value s("s" + std::to_string(random() % 300));
    for (Value* value : {&x, &n, &s}) maybe_null(random, *value);
    const std::size_t key = random() % kKeys;
    input.rows.push_back(xns(x, n, s));
    input.keys.push_back(key);
    input.table.push_back(harness::row({static_cast<std::int64_t>(key), i, x, n, s}));
  }
  return input;
}

// `sql` selects, by key in order, what `texts` give.
void compare(const std::vector<std::string>& texts, const std::string& sql, double relative) {
  const Input input = make_input();
  Cells cells(texts, kKeys);
  for (std::size_t i = 0; i < input.rows.size(); i += 512) {
    const std::size_t end = std::min(input.rows.size(), i + 512);
    const auto from = static_cast<std::ptrdiff_t>(i);
    const auto to = static_cast<std::ptrdiff_t>(end);
    cells.add({input.rows.begin() + from, input.rows.begin() + to},
              {input.keys.begin() + from, input.keys.begin() + to});
  }
  std::vector<harness::Row> got;
  for (std::size_t key = 0; key < kKeys; ++key) {
    TestRow values = cells.results(key);
    for (Value& value : values) {  // a list as the texts of group_concat
      if (const auto* list = std::get_if<Value::List>(&value.held)) {
        std::string joined;
        for (const Value& element : *list) {
          if (!joined.empty()) joined += ',';
          const auto* text = std::get_if<std::string>(&element.held);
          joined += text != nullptr ? *text : harness::show(element);
        }
        value = joined;
      }
    }
    got.push_back(harness::row(values));
  }
  const auto expected =
      harness::sqlite_query({harness::SqliteTable{"t", keyed_schema(), input.table, false}}, sql);
  ASSERT_TRUE(expected.ok()) << expected.error().to_string();
  EXPECT_EQ(harness::difference(got, *expected, relative), "");
}

TEST(AggregatorSqlite, CountsAndExtremes) {
  compare({"count(*)", "count(x)", "count(DISTINCT s)", "count(DISTINCT n)", "min(x)", "max(x)",
           "min(n)", "max(n)", "min(s)", "max(s)", "sum(n)"},
          "SELECT count(*), count(x), count(DISTINCT s), count(DISTINCT n), min(x), max(x), "
          "min(n), max(n), min(s), max(s), sum(n) FROM t GROUP BY k ORDER BY k",
          0);
}

TEST(AggregatorSqlite, SumsAndAverages) {
  compare({"sum(x)", "avg(x)", "avg(n)"},
          "SELECT sum(x), avg(x), avg(n) FROM t GROUP BY k ORDER BY k", 1e-12);
}

TEST(AggregatorSqlite, VariancesAsTheyAreDefined) {
  compare({"var_pop(x)", "var_samp(x)", "stddev_pop(n)", "stddev_samp(n)"},
          "WITH m AS (SELECT k AS mk, avg(x) AS mx, avg(n) AS mn FROM t GROUP BY k) "
          "SELECT sum((x - mx) * (x - mx)) / count(x), "
          "sum((x - mx) * (x - mx)) / (count(x) - 1), "
          "sqrt(sum((n - mn) * (n - mn)) / count(n)), "
          "sqrt(sum((n - mn) * (n - mn)) / (count(n) - 1)) "
          "FROM t JOIN m ON k = mk GROUP BY k ORDER BY k",
          1e-9);
}

TEST(AggregatorSqlite, FirstLastAndByAnother) {
  compare({"first(x)", "last(s)", "min_by(s, x)", "max_by(n, x)"},
          "SELECT "
          "(SELECT x FROM t i WHERE i.k = o.k AND x IS NOT NULL ORDER BY a LIMIT 1), "
          "(SELECT s FROM t i WHERE i.k = o.k AND s IS NOT NULL ORDER BY a DESC LIMIT 1), "
          "(SELECT s FROM t i WHERE i.k = o.k AND s IS NOT NULL AND x IS NOT NULL "
          " ORDER BY x, a LIMIT 1), "
          "(SELECT n FROM t i WHERE i.k = o.k AND n IS NOT NULL AND x IS NOT NULL "
          " ORDER BY x DESC, a LIMIT 1) "
          "FROM (SELECT DISTINCT k FROM t) o ORDER BY k",
          0);
}

TEST(AggregatorSqlite, Lists) {
  compare({"collect_list(s)", "top_n(n, 5)", "top_n(x, 7, s)", "top_n(s, 4, n)"},
          "SELECT "
          "(SELECT group_concat(s) FROM (SELECT s FROM t i WHERE i.k = o.k AND s IS NOT NULL "
          " ORDER BY a)), "
          "(SELECT group_concat(n) FROM (SELECT n FROM t i WHERE i.k = o.k AND n IS NOT NULL "
          " ORDER BY n DESC, a LIMIT 5)), "
          "(SELECT group_concat(s) FROM (SELECT s FROM t i WHERE i.k = o.k AND s IS NOT NULL "
          " AND x IS NOT NULL ORDER BY x DESC, a LIMIT 7)), "
          "(SELECT group_concat(n) FROM (SELECT n FROM t i WHERE i.k = o.k AND s IS NOT NULL "
          " AND n IS NOT NULL ORDER BY s DESC, a LIMIT 4)) "
          "FROM (SELECT DISTINCT k FROM t) o ORDER BY k",
          0);
}

TEST(AggregatorSqlite, Percentiles) {
  // PERCENTILE_CONT: rank p * (count - 1), and between two ranks a straight line.
  const auto percentile = [](const std::string& field, const std::string& p) {
    return "(SELECT sum(v * CASE WHEN r = f THEN 1 - (w - f) ELSE w - f END) FROM "
           "(SELECT v, r, w, CAST(w AS INTEGER) AS f FROM (SELECT " +
           field + " AS v, row_number() OVER (ORDER BY " + field + ") - 1 AS r, " + p +
           " * (count(*) OVER () - 1) AS w FROM t i WHERE i.k = o.k AND " + field +
           " IS NOT NULL)) WHERE r = f OR (r = f + 1 AND w > f))";
  };
  compare({"percentile(x, 0.5)", "percentile(x, 0.99)", "percentile(n, 0.1)", "percentile(n, 0)",
           "percentile(x, 1)"},
          "SELECT " + percentile("x", "0.5") + ", " + percentile("x", "0.99") + ", " +
              percentile("n", "0.1") + ", 1.0 * (SELECT min(n) FROM t i WHERE i.k = o.k), " +
              "(SELECT max(x) FROM t i WHERE i.k = o.k) " +
              "FROM (SELECT DISTINCT k FROM t) o ORDER BY k",
          1e-9);
}

}  // namespace
}  // namespace leat::windows
