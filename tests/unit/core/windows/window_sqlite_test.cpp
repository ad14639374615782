// Tumbling, sliding and session windows against sqlite3, over rows none of which is late.
#include <gtest/gtest.h>
#include <random>

#include "tests/harness/sqlite_runner.h"
#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

constexpr DurationMs kDisorder = 200;

std::vector<Row> random_rows(unsigned seed, int count) {
  std::mt19937 random(seed);
  std::vector<Row> rows;
  TimestampMs now = -3000;
  for (int i = 0; i < count; ++i) {
    now += static_cast<TimestampMs>(random() % 15);
    if (random() % 97 == 0) now += 900;
    const std::uint32_t key = random() % 12;
    const std::uint32_t n = random() % 1000;
    Row one = row({key == 0 ? Value() : Value("key " + std::to_string(key)),
                   n % 10 == 0 ? Value() : Value(static_cast<std::int64_t>(n) - 500),
                   n % 7 == 0 ? Value() : Value(static_cast<double>(random() % 4096) / 8)});
    one.event_time = now - static_cast<TimestampMs>(random() % kDisorder);
    rows.push_back(one);
  }
  return rows;
}

WindowConfig with_sql_aggregates(WindowConfig config) {
  WindowConfig aggregates = window_config(config.shape, {},
                                          {{"c", "count(*)"},
                                           {"cn", "count(n)"},
                                           {"cd", "count(DISTINCT n)"},
                                           {"s", "sum(n)"},
                                           {"lo", "min(x)"},
                                           {"hi", "max(x)"},
                                           {"a", "avg(x)"},
                                           {"sx", "sum(x)"}});
  config.aggregates = std::move(aggregates.aggregates);
  return config;
}

constexpr const char* kAggregates =
    "count(*), count(n), count(DISTINCT n), sum(n), min(x), max(x), avg(x), sum(x)";

// `sql`: SELECT id, window_start, window_end, aggregates, in the order of end and id.
void check(const WindowConfig& plain, const std::string& sql, unsigned seed) {
  ASSERT_TRUE(harness::sqlite_available());
  const WindowConfig config = with_sql_aggregates(plain);
  const std::vector<Row> rows = random_rows(seed, 3000);
  harness::OperatorHarness harness(window_setup(config), 64);
  harness.follow_watermark(kDisorder);
  for (const Row& one : rows) harness.element(one.values, one.event_time);
  harness.end_input();
  EXPECT_EQ(harness.ledger().late, 0u);
  std::vector<Row> got = harness.take_rows();
  for (Row& one : got) one.event_time = 0;
  const auto expected = harness::sqlite_query({{"r", window_input(), rows, true}}, sql);
  ASSERT_TRUE(expected.ok()) << expected.error().to_string();
  EXPECT_GT(expected->size(), 50u);
  EXPECT_EQ(harness::difference(got, *expected, 1e-9), "");
}

// SQLite's % keeps the sign of the dividend.
std::string start_of(const std::string& time, DurationMs slide, DurationMs offset) {
  const std::string s = std::to_string(slide);
  const std::string since = "(" + time + " - (" + std::to_string(offset) + "))";
  return "(" + time + " - ((" + since + " % " + s + " + " + s + ") % " + s + "))";
}

TEST(WindowSqliteTest, Tumbling) {
  for (const auto& [size, offset] : {std::pair{500, 0}, std::pair{333, -100}, std::pair{60, 7}}) {
    const std::string start = start_of("event_time", size, offset);
    check(tumbling(size, offset),
          "SELECT id, " + start + " AS s, " + start + " + " + std::to_string(size) + " AS e, " +
              kAggregates + " FROM r GROUP BY id, s ORDER BY e, id",
          static_cast<unsigned>(size));
  }
}

TEST(WindowSqliteTest, Sliding) {
  for (const auto& [size, slide, offset] :
       {std::tuple{500, 100, 0}, std::tuple{450, 200, -50}, std::tuple{1000, 70, 3}}) {
    // Every window is one that starts i slides before the last one over the row.
    const std::string sql =
        "WITH RECURSIVE steps(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM steps WHERE i < " +
        std::to_string(size / slide) + "), w AS (SELECT r.*, " +
        start_of("event_time", slide, offset) + " - i * " + std::to_string(slide) +
        " AS s FROM r, steps) SELECT id, s, s + " + std::to_string(size) + " AS e, " + kAggregates +
        " FROM w WHERE event_time < s + " + std::to_string(size) + " GROUP BY id, s ORDER BY e, id";
    check(sliding(size, slide, offset), sql, static_cast<unsigned>(slide));
  }
}

// A session starts at a row that is more than the gap behind the one before it.
TEST(WindowSqliteTest, Session) {
  for (const DurationMs gap : {20, 60, 150}) {
    const std::string g = std::to_string(gap);
    const std::string sql =
        "WITH a AS (SELECT *, event_time - LAG(event_time) OVER (PARTITION BY id ORDER BY "
        "event_time) AS since FROM r), b AS (SELECT *, SUM(since IS NULL OR since > " +
        g +
        ") OVER (PARTITION BY id ORDER BY event_time ROWS UNBOUNDED PRECEDING) AS session FROM a) "
        "SELECT id, min(event_time), max(event_time) + " +
        g + " AS e, " + kAggregates + " FROM b GROUP BY id, session ORDER BY e, id";
    check(session(gap), sql, static_cast<unsigned>(gap));
  }
}

}  // namespace
}  // namespace leat::windows
