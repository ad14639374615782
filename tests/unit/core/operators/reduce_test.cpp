#include "core/operators/reduce.h"

#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "tests/harness/sqlite_runner.h"
#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using Rows = std::vector<harness::Row>;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

data::SchemaPtr schema() {
  return data::make_schema({{"id", data::kString}, {"x", data::kDouble}, {"n", data::kBigint}});
}

// Keys and aggregates by their text, which is their name too.
harness::OperatorSetup setup(const std::vector<std::string>& keys,
                             const std::vector<std::string>& aggregates,
                             OnError on_error = OnError::kSkip) {
  ReduceConfig config;
  std::vector<data::Field> fields;
  for (const std::string& key : keys) {
    config.key.push_back({key, compiled(key, schema())});
    fields.push_back({key, config.key.back().expression.type()});
  }
  for (const std::string& text : aggregates) {
    expression::CompileError error;
    auto spec = windows::compile_aggregate(text, text, *schema(), error);
    if (!spec) ADD_FAILURE() << text << ": " << error.message;
    fields.push_back({text, spec->result_type});
    config.aggregates.push_back(std::move(*spec));
  }
  const std::vector<data::SchemaPtr> outputs{data::make_schema(fields), errors_schema(*schema())};
  return {[=] { return std::make_unique<Reduce>(config, schema(), outputs, on_error); },
          {schema()},
          outputs};
}

TEST(Reduce, EveryRowGivesTheAggregatesSoFar) {
  for (const std::size_t batch_size : {1u, 3u, 512u}) {
    harness::OperatorHarness h(setup({"id"}, {"count(*)", "sum(n)", "max(x)", "first(x)"}),
                               batch_size);
    h.element({"a", 1.5, 1}, 10);
    h.element({"b", 2.5, 2}, 30);
    h.watermark(5);
    h.element({"a", 0.5, Value()}, 20);
    h.element({"a", Value(), 4}, 40);
    h.element({Value(), 9.0, 9}, 50);
    EXPECT_EQ(h.rows(), (Rows{row({"a", 1, 1, 1.5, 1.5}, 10), row({"b", 1, 2, 2.5, 2.5}, 30),
                              row({"a", 2, 1, 1.5, 1.5}, 20), row({"a", 3, 5, 1.5, 1.5}, 40),
                              row({Value(), 1, 9, 9.0, 9.0}, 50)}));
    EXPECT_EQ(seen(h.rows()), (std::vector<TimestampMs>{kMinTimestamp, kMinTimestamp, 5, 5, 5}));
    EXPECT_EQ(h.output_watermark(0), 5);
    EXPECT_EQ(h.output_watermark(1), 5);
    EXPECT_EQ(h.ledger().used, 5u);
    EXPECT_EQ(h.ledger().out, 5u);
  }
}

TEST(Reduce, WithoutAKeyThereIsOneRun) {
  harness::OperatorHarness h(setup({}, {"count(*)", "min(x)"}), 7);
  h.element({"a", 2.0, 1}, 1);
  h.element({"b", 1.0, 1}, 2);
  EXPECT_EQ(h.rows(), (Rows{row({1, 2.0}, 1), row({2, 1.0}, 2)}));
}

TEST(Reduce, RowsThatFailAreSetAsideAndChangeNothing) {
  for (const std::size_t batch_size : {1u, 4u, 512u}) {
    harness::OperatorHarness h(setup({"id", "100 / n"}, {"count(*)", "sum(10 / (n - 1))"}),
                               batch_size);
    h.element({"a", 0.0, 2}, 1);
    h.element({"a", 0.0, 0}, 2);  // the key fails
    h.element({"a", 0.0, 1}, 3);  // the argument fails
    h.watermark(2);
    h.element({"a", 0.0, 2}, 4);
    EXPECT_EQ(h.rows(), (Rows{row({"a", 50, 1, 10}, 1), row({"a", 50, 2, 20}, 4)}));
    EXPECT_EQ(h.rows(1), (Rows{row({"a", 0.0, 0, "division_by_zero"}, 2),
                               row({"a", 0.0, 1, "division_by_zero"}, 3)}));
    EXPECT_EQ(h.ledger().used, 2u);
    EXPECT_EQ(h.ledger().errors, 2u);
    EXPECT_EQ(h.ledger().out, 4u);
    // A key of which there were only bad rows takes no room in the state.
    harness::OperatorHarness clean(setup({"id", "100 / n"}, {"count(*)", "sum(10 / (n - 1))"}));
    clean.element({"a", 0.0, 2}, 1);
    clean.element({"a", 0.0, 2}, 4);
    EXPECT_EQ(h.snapshot().size(), clean.snapshot().size());
  }
}

TEST(Reduce, ASumThatOverflowsRefusesTheRow) {
  for (const std::size_t batch_size : {1u, 512u}) {
    harness::OperatorHarness h(setup({"id"}, {"sum(n)", "count(*)"}), batch_size);
    h.element({"a", 0.0, kMax}, 1);
    h.element({"a", 0.0, 1}, 2);
    h.element({"b", 0.0, 1}, 3);
    h.element({"a", 0.0, -1}, 4);
    EXPECT_EQ(h.rows(),
              (Rows{row({"a", kMax, 1}, 1), row({"b", 1, 1}, 3), row({"a", kMax - 1, 2}, 4)}));
    EXPECT_EQ(h.rows(1), (Rows{row({"a", 0.0, 1, "overflow"}, 2)}));
  }
}

TEST(Reduce, OnErrorFailEndsTheTask) {
  harness::OperatorHarness h(setup({"id"}, {"sum(n)"}, OnError::kFail));
  h.element({"a", 0.0, kMax}, 1);
  h.element({"a", 0.0, 1}, 2);
  const auto error = h.take_error();
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("overflow"), std::string::npos) << error->message();
}

std::vector<harness::Step> random_steps() {
  std::mt19937_64 random(99);
  std::vector<harness::Step> steps;
  for (int i = 0; i < 1500; ++i) {
    const Value id = random() % 20 == 0 ? Value() : Value("key" + std::to_string(random() % 40));
    const Value n = random() % 7 == 0 ? Value() : Value(static_cast<std::int64_t>(random() % 9));
    steps.push_back(harness::element({id, static_cast<double>(random() % 100) / 4, n}, i));
    if (i % 10 == 0) steps.push_back(harness::watermark(i - 20));
  }
  steps.push_back(harness::end_input());
  return steps;
}

TEST(Reduce, TheSameWhateverTheBatchesAndRestores) {
  const auto outcome = harness::play_every_way(
      setup({"id"}, {"count(*)", "sum(10 / n)", "max(id)", "last(x)", "count(DISTINCT n)",
                     "collect_list(n)", "top_n(x, 3)", "stddev_pop(x)"}),
      random_steps());
  EXPECT_FALSE(outcome.error);
  EXPECT_GT(outcome.rows[0].size(), 1000u);
  EXPECT_GT(outcome.rows[1].size(), 50u);  // n is 0 now and then
}

TEST(Reduce, EqualsAWindowFunctionOfSql) {
  const auto steps = random_steps();
  const auto outcome =
      harness::play(setup({"id"}, {"count(*)", "sum(n)", "min(n)", "max(x)", "avg(x)"}), steps, 64);
  harness::SqliteTable table{"t", schema(), {}, true};
  for (const harness::Step& step : steps) {
    if (step.kind == harness::Step::Kind::kRow) table.rows.push_back(step.row);
  }
  const auto expected = harness::sqlite_query(
      {table},
      "SELECT id, count(*) OVER w, sum(n) OVER w, min(n) OVER w, max(x) OVER w, avg(x) OVER w "
      "FROM t WINDOW w AS (PARTITION BY id ORDER BY event_time ROWS UNBOUNDED PRECEDING) "
      "ORDER BY event_time");
  ASSERT_TRUE(expected.ok()) << expected.error().to_string();
  Rows got = outcome.rows[0];
  for (harness::Row& result : got) result.event_time = 0;
  EXPECT_EQ(harness::difference(got, *expected, 1e-12), "");
}

TEST(Reduce, StateThatIsNotItsOwnIsRefused) {
  harness::OperatorHarness source(setup({"id"}, {"sum(n)", "last(id)"}));
  source.element({"a", 0.0, 1}, 1);
  source.element({"b", 0.0, 1}, 1);
  const std::string bytes = source.snapshot();
  harness::OperatorHarness h(setup({"id"}, {"sum(n)", "last(id)"}));
  EXPECT_TRUE(h.restore(bytes).ok());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto result = h.restore(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(result.ok()) << size;
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
  }
  std::mt19937 random(4);
  for (int trial = 0; trial < 2000; ++trial) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto result = h.restore(damaged);
    EXPECT_TRUE(result.ok() || result.error().code() == ErrorCode::kCorrupt);
  }
  harness::OperatorHarness other(setup({"id"}, {"sum(x)", "last(id)"}));
  EXPECT_FALSE(other.restore(bytes).ok());
}

}  // namespace
}  // namespace leat::operators
