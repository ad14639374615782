#include "core/operators/filter.h"

#include <gtest/gtest.h>

#include "tests/harness/sqlite_runner.h"
#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using Rows = std::vector<harness::Row>;

data::SchemaPtr schema() {
  return data::make_schema({{"id", data::kString}, {"t", data::kDouble}, {"n", data::kBigint}});
}

harness::OperatorSetup setup(std::string_view where, OnError on_error = OnError::kSkip) {
  const std::vector<data::SchemaPtr> outputs{schema(), errors_schema(*schema())};
  const FilterConfig config{compiled(where, schema())};
  return {[=] { return std::make_unique<Filter>(config, outputs, on_error); }, {schema()}, outputs};
}

TEST(Filter, KeepsRowsForWhichTheConditionIsTrue) {
  harness::OperatorHarness h(setup("t BETWEEN -40 AND 150"));
  h.element({"a", 20.0, 1}, 10);
  h.element({"a", 151.0, 1}, 20);
  h.element({"a", Value(), 1}, 30);  // NULL is not TRUE
  h.element({"a", 150.0, 1}, 40);
  EXPECT_EQ(h.rows(), (Rows{row({"a", 20.0, 1}, 10), row({"a", 150.0, 1}, 40)}));
  EXPECT_TRUE(h.rows(1).empty());
  EXPECT_EQ(h.ledger().in, 4u);
  EXPECT_EQ(h.ledger().used, 2u);
  EXPECT_EQ(h.ledger().filtered, 2u);
  EXPECT_EQ(h.ledger().out, 2u);
}

TEST(Filter, ARowThatCannotBeJudgedIsSetAsideWithTheReason) {
  for (const std::size_t batch_size : {1u, 7u}) {
    harness::OperatorHarness h(setup("10 / n > 1"), batch_size);
    h.element({"a", 1.0, 5}, 10);
    h.element({"b", 1.0, 0}, 20);
    h.watermark(15);
    h.element({"c", 1.0, 20}, 30);
    h.element({"d", 1.0, 1}, 40);
    EXPECT_EQ(h.rows(0), (Rows{row({"a", 1.0, 5}, 10), row({"d", 1.0, 1}, 40)}));
    EXPECT_EQ(h.rows(1), (Rows{row({"b", 1.0, 0, "division_by_zero"}, 20)}));
    EXPECT_EQ(h.ledger().errors, 1u);
    EXPECT_EQ(h.ledger().filtered, 1u);
    EXPECT_EQ(h.ledger().out, 3u);
    EXPECT_EQ(h.output_watermark(0), 15);
    EXPECT_EQ(h.output_watermark(1), 15);
  }
}

TEST(Filter, OnErrorFailEndsTheTaskAndNamesTheRow) {
  harness::OperatorHarness h(setup("10 / n > 1", OnError::kFail));
  h.element({"b\"", 1.5, 0}, 20);
  const auto error = h.take_error();
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("division_by_zero"), std::string::npos) << error->message();
  EXPECT_NE(error->message().find(R"({"id":"b\"","t":1.5,"n":0})"), std::string::npos)
      << error->message();
}

TEST(Filter, RowsKeepTheWatermarkTheySawAndEveryOutputKeepsTime) {
  harness::OperatorHarness h(setup("n > 0"), 7);
  h.element({"a", 1.0, 1}, 10);
  h.watermark(5);
  h.element({"a", 1.0, 0}, 20);
  h.watermark(15);
  h.element({"a", 1.0, 2}, 30);
  h.watermark(25);
  EXPECT_EQ(seen(h.rows()), (std::vector<TimestampMs>{kMinTimestamp, 15}));
  EXPECT_EQ(h.output_watermark(0), 25);
  EXPECT_EQ(h.output_watermark(1), 25);
  EXPECT_EQ(h.emitted(1), 1u);
}

TEST(Filter, ABatchOfWhichNothingStaysMovesTheWatermarkOnly) {
  harness::OperatorHarness h(setup("n > 0"));
  h.element({"a", 1.0, 0}, 10);
  EXPECT_EQ(h.emitted(0), 0u);  // nothing to say
  h.watermark(5);
  EXPECT_EQ(h.emitted(0), 1u);
  EXPECT_EQ(h.output_watermark(0), 5);
}

// sqlite3 with the same condition over the same rows.
TEST(Filter, AgreesWithSqlite) {
  std::vector<harness::Step> steps;
  Rows rows;
  for (int i = 0; i < 700; ++i) {
    const Value t = i % 7 == 0 ? Value() : Value((i * 37 % 400) - 100.5);
    const Value id = i % 11 == 0 ? Value() : Value("s" + std::to_string(i % 5));
    rows.push_back(row({id, t, i}, i));
    steps.push_back(harness::element({id, t, i}, i));
  }
  const std::string_view where = "t > 0 AND (id = 's1' OR id IS NULL OR n % 3 = 0)";
  const harness::Outcome outcome = harness::play_every_way(setup(where), steps, 10);
  const auto expected = harness::sqlite_query(
      {{"rows", schema(), rows, true}},
      "SELECT id, t, n, event_time FROM rows WHERE " + std::string(where) + " ORDER BY n");
  ASSERT_TRUE(expected.ok()) << expected.error().to_string();
  Rows got = outcome.rows[0];
  for (harness::Row& one : got) {
    one.values.push_back(one.event_time);
    one.event_time = 0;
  }
  EXPECT_EQ(harness::difference(got, *expected), "");
  EXPECT_GT(got.size(), 50u);
  EXPECT_TRUE(outcome.ledger.closed());
}

}  // namespace
}  // namespace leat::operators
