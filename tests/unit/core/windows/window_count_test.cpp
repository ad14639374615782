// Count and global windows: what does not go by time.
#include <gtest/gtest.h>

#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

using harness::Outcome;
using harness::play_every_way;
using Rows = std::vector<Row>;

TEST(CountWindowTest, FiresEverySoManyRowsOfAKey) {
  const Outcome outcome = play_every_way(
      window_setup(counted(2, 2)),
      {at(5, "a", 1), at(9, "b", 2), at(3, "a", 4), at(1, "a", 8), at(2, "b", 16), at(7, "a", 32)});
  // At the time of the row that completed it.
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", 5}, 3), row({"b", 18}, 2), row({"a", 40}, 7)}));
}

// Every 2 rows over the last 4: rows 1-2, 1-4, 3-6.
TEST(CountWindowTest, SlidingWindowsStartWithFewerRows) {
  const Outcome outcome = play_every_way(
      window_setup(counted(4, 2)),
      {at(1, "a", 1), at(2, "a", 2), at(3, "a", 4), at(4, "a", 8), at(5, "a", 16), at(6, "a", 32)});
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", 3}, 2), row({"a", 15}, 4), row({"a", 60}, 6)}));
}

// Every 3 rows over the last 2: rows 2-3, 5-6. Rows 1, 4 and 7 are in no window that fires.
TEST(CountWindowTest, ASlideLargerThanTheSizeLeavesRowsOut) {
  const Outcome outcome = play_every_way(
      window_setup(counted(2, 3)), {at(1, "a", 1), at(2, "a", 2), at(3, "a", 4), at(4, "a", 8),
                                    at(5, "a", 16), at(6, "a", 32), at(7, "a", 64), end_input()});
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", 6}, 3), row({"a", 48}, 6)}));
  EXPECT_EQ(outcome.ledger.filtered, 3u);
}

// Rows 1-4 of a fired, 5 of the window 3-6 is there: 3-5 fire. One row of b.
TEST(CountWindowTest, ThePartialWindowFiresAtTheEndBeforeTheFinalWatermark) {
  harness::OperatorHarness harness(window_setup(counted(4, 2)));
  for (int i = 0; i < 5; ++i) harness.element({"a", 1 << i, Value()}, 10 * i);
  harness.element({"b", 100, Value()}, 7);
  harness.watermark(30);
  EXPECT_EQ(harness.take_rows(), Rows({row({"a", 3}, 10), row({"a", 15}, 30)}));
  harness.end_input();
  const Rows rows = harness.take_rows();
  // The newest row came at 40, which no window downstream calls late.
  EXPECT_EQ(rows, Rows({row({"a", 28}, 40), row({"b", 100}, 40)}));
  EXPECT_EQ(rows[0].seen, 30);
  EXPECT_EQ(harness.output_watermark(), kMaxTimestamp);
}

TEST(CountWindowTest, AWatermarkAheadOfTheRowsMovesTheTimeOfTheEnd) {
  harness::OperatorHarness harness(window_setup(counted(2, 2)));
  harness.element({"a", 1, Value()}, 5);
  harness.watermark(70);
  harness.end_input();
  EXPECT_EQ(harness.take_rows(), Rows({row({"a", 1}, 71)}));
}

TEST(CountWindowTest, NoRowIsLate) {
  const Outcome outcome =
      play_every_way(window_setup(counted(2, 2)), {watermark(1000), at(5, "a", 1), at(6, "a", 2)});
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", 3}, 6)}));
  EXPECT_EQ(outcome.ledger.late, 0u);
}

// A row whose expressions fail is not one of the rows.
TEST(CountWindowTest, BadRowsDoNotCount) {
  WindowConfig config = window_config(WindowShape::kCount, {{"id", "id"}}, {{"s", "sum(100 / n)"}});
  config.count_size = config.count_slide = 2;
  const Outcome outcome =
      play_every_way(window_setup(config),
                     {at(1, "a", 1), at(2, "a", 0), at(3, "a", 50), at(kMaxTimestamp, "a", 1)});
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", 102}, 3)}));
  EXPECT_EQ(outcome.ledger.errors, 2u);
}

TEST(GlobalWindowTest, FiresAtTheEndOnly) {
  harness::OperatorHarness harness(window_setup(sum_by_id(WindowShape::kGlobal)));
  harness.element({"b", 1, Value()}, 50);
  harness.element({Value(), 2, Value()}, 90);
  harness.watermark(80);
  harness.snapshot_and_restore();
  harness.element({"b", 4, Value()}, 3);
  harness.element({"a", 8, Value()}, 60);
  EXPECT_EQ(harness.take_rows(), Rows());
  harness.end_input();
  const Rows rows = harness.take_rows();
  EXPECT_EQ(rows, Rows({row({Value(), 2}, 90), row({"a", 8}, 90), row({"b", 5}, 90)}));
  EXPECT_EQ(rows[0].seen, 80);
  EXPECT_EQ(harness.ledger().late, 0u);
}

TEST(GlobalWindowTest, NothingInNothingOut) {
  const Outcome outcome =
      play_every_way(window_setup(sum_by_id(WindowShape::kGlobal)), {end_input()});
  EXPECT_EQ(outcome.rows[0], Rows());
}

TEST(GlobalWindowTest, SumsThatOverflowAndTimesThatCannotBe) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const Outcome outcome =
      play_every_way(window_setup(sum_by_id(WindowShape::kGlobal)),
                     {at(1, "a", kMax), at(2, "a", 1), at(kMinTimestamp, "a", 0), end_input()});
  EXPECT_EQ(outcome.rows[0], Rows({row({"a", kMax}, 2)}));
  EXPECT_EQ(outcome.rows[1].size(), 2u);
}

}  // namespace
}  // namespace leat::windows
