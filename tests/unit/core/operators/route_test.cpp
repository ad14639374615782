#include "core/operators/route.h"

#include <gtest/gtest.h>

#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using Rows = std::vector<harness::Row>;

data::SchemaPtr schema() { return data::make_schema({{"t", data::kDouble}, {"n", data::kBigint}}); }

harness::OperatorSetup setup(const std::vector<std::string>& conditions,
                             OnError on_error = OnError::kSkip) {
  RouteConfig config;
  for (const std::string& text : conditions) {
    config.routes.push_back({"r", compiled(text, schema())});
  }
  std::vector<data::SchemaPtr> outputs(conditions.size() + 3, schema());
  outputs[1] = errors_schema(*schema());
  return {[=] { return std::make_unique<Route>(config, outputs, on_error); }, {schema()}, outputs};
}

TEST(Route, TheFirstConditionThatHoldsTakesTheRow) {
  harness::OperatorHarness h(setup({"t > 30", "t > 20"}), 7);
  h.element({31.0, 1}, 10);
  h.element({25.0, 2}, 20);
  h.element({5.0, 3}, 30);
  h.element({Value(), 4}, 40);
  h.element({35.0, 5}, 50);
  EXPECT_TRUE(h.rows(0).empty());
  EXPECT_TRUE(h.rows(1).empty());
  EXPECT_EQ(h.rows(2), (Rows{row({31.0, 1}, 10), row({35.0, 5}, 50)}));
  EXPECT_EQ(h.rows(3), (Rows{row({25.0, 2}, 20)}));
  EXPECT_EQ(h.rows(4), (Rows{row({5.0, 3}, 30), row({Value(), 4}, 40)}));
  EXPECT_EQ(h.ledger().used, 5u);
  EXPECT_EQ(h.ledger().out, 5u);
}

TEST(Route, AConditionThatFailsCountsOnlyForRowsNotTakenBefore) {
  harness::OperatorHarness h(setup({"t > 30", "10 / n > 1", "t > 0"}), 7);
  h.element({31.0, 0}, 10);  // taken before the division
  h.element({5.0, 0}, 20);   // fails, though a later condition would hold
  h.element({5.0, 1}, 30);
  h.element({5.0, 10}, 40);
  EXPECT_EQ(h.rows(2), (Rows{row({31.0, 0}, 10)}));
  EXPECT_EQ(h.rows(1), (Rows{row({5.0, 0, "division_by_zero"}, 20)}));
  EXPECT_EQ(h.rows(3), (Rows{row({5.0, 1}, 30)}));
  EXPECT_EQ(h.rows(4), (Rows{row({5.0, 10}, 40)}));
  EXPECT_EQ(h.ledger().errors, 1u);
  EXPECT_EQ(h.ledger().used, 3u);
}

TEST(Route, OnErrorFail) {
  harness::OperatorHarness h(setup({"10 / n > 1"}, OnError::kFail));
  h.element({5.0, 0}, 20);
  EXPECT_TRUE(h.take_error());
}

TEST(Route, EveryOutputKeepsTimeAndRowsSeeWhatTheySaw) {
  harness::OperatorHarness h(setup({"t > 30"}), 7);
  h.element({31.0, 1}, 10);
  h.watermark(5);
  h.element({25.0, 2}, 20);
  h.watermark(15);
  h.element({32.0, 3}, 30);
  h.watermark(25);
  EXPECT_EQ(seen(h.rows(2)), (std::vector<TimestampMs>{kMinTimestamp, 15}));
  EXPECT_EQ(seen(h.rows(3)), (std::vector<TimestampMs>{5}));
  for (std::size_t output = 0; output < 4; ++output) EXPECT_EQ(h.output_watermark(output), 25);
}

TEST(Route, ABatchThatGoesOneWayIsPassedOnWhole) {
  harness::OperatorHarness h(setup({"t > 30"}), 512);
  for (int i = 0; i < 100; ++i) h.element({31.0, i}, i);
  EXPECT_EQ(h.rows(2).size(), 100u);
  EXPECT_EQ(h.emitted(2), 1u);
  EXPECT_EQ(h.emitted(3), 0u);
}

TEST(Route, PlayedEveryWay) {
  std::vector<harness::Step> steps;
  std::vector<Rows> expected(4);
  for (int i = 0; i < 400; ++i) {
    steps.push_back(harness::element({i % 10 * 1.0, i}, i));
    expected[i % 10 > 6 ? 2 : 3].push_back(row({i % 10 * 1.0, i}, i));
  }
  EXPECT_EQ(harness::play_every_way(setup({"t > 6"}), steps, 3).rows, expected);
}

}  // namespace
}  // namespace leat::operators
