#include "core/operators/union.h"

#include <gtest/gtest.h>

#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using harness::row;
using Rows = std::vector<harness::Row>;

harness::OperatorSetup setup() {
  const auto schema = data::make_schema({{"n", data::kBigint}});
  const std::vector<data::SchemaPtr> outputs{schema, errors_schema(*schema)};
  // Equal schemas, not one shared.
  const auto other = data::make_schema({{"n", data::kBigint}});
  return {[=] { return std::make_unique<Union>(UnionConfig{}, outputs); },
          {schema, other, other},
          outputs};
}

TEST(Union, PassesRowsOnInTheOrderTheyCome) {
  std::vector<harness::Step> steps;
  Rows expected;
  for (int i = 0; i < 100; ++i) {
    steps.push_back(harness::element({i}, i, static_cast<std::size_t>(i / 4 % 3)));
    expected.push_back(row({i}, i));
  }
  const harness::Outcome outcome = harness::play_every_way(setup(), steps, 3);
  EXPECT_EQ(outcome.rows[0], expected);
  EXPECT_EQ(outcome.ledger.used, 100u);
  EXPECT_EQ(outcome.ledger.out, 100u);
}

TEST(Union, KeepsTimeOnBothOutputs) {
  harness::OperatorHarness h(setup());
  h.watermark(7);
  h.element({1}, 10, 2);
  EXPECT_EQ(seen(h.rows()), (std::vector<TimestampMs>{7}));
  EXPECT_EQ(h.output_watermark(1), 7);
  h.end_input();
  EXPECT_EQ(h.output_watermark(0), kMaxTimestamp);
  EXPECT_EQ(h.output_watermark(1), kMaxTimestamp);
}

}  // namespace
}  // namespace leat::operators
