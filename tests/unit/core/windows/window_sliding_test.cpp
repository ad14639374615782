#include <array>
#include <gtest/gtest.h>
#include <limits>

#include "core/windows/slice_geometry.h"
#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

using harness::Outcome;
using harness::play_every_way;
using Rows = std::vector<Row>;

// Windows of 10 every 5: a row at 7 is in [0, 10) and [5, 15), one at 12 in [5, 15) and [10, 20).
TEST(SlidingWindowTest, ARowIsInEveryWindowOverIt) {
  const Outcome outcome = play_every_way(
      window_setup(sliding(10, 5)),
      {at(7, "a", 1), at(12, "a", 2), at(3, "b", 4), watermark(8), watermark(9), watermark(24)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("b", -5, 5, 4), fired("a", 0, 10, 1), fired("b", 0, 10, 4),
                                   fired("a", 5, 15, 3), fired("a", 10, 20, 2)}));
}

// Size 10 is no multiple of slide 4. With offset 1: [1, 11), [5, 15), [9, 19), [13, 23).
TEST(SlidingWindowTest, SizeNeedNotBeAMultipleOfTheSlide) {
  const Outcome outcome =
      play_every_way(window_setup(sliding(10, 4, 1)),
                     {at(10, "a", 1), at(11, "a", 2), at(13, "a", 4), watermark(100)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 1, 11, 1), fired("a", 5, 15, 7), fired("a", 9, 19, 7),
                                   fired("a", 13, 23, 4)}));
}

// A slide larger than the size: [0, 3), [10, 13). Times 3 to 9 are in no window.
TEST(SlidingWindowTest, WhatLiesInAGapIsFiltered) {
  const Outcome outcome = play_every_way(
      window_setup(sliding(3, 10)), {at(2, "a", 1), at(3, "a", 2), at(9, "a", 4), at(10, "a", 8),
                                     at(-1, "a", 16), at(-8, "a", 32), watermark(100)});
  EXPECT_EQ(outcome.rows[0],
            Rows({fired("a", -10, -7, 32), fired("a", 0, 3, 1), fired("a", 10, 13, 8)}));
  EXPECT_EQ(outcome.ledger.filtered, 3u);
  EXPECT_EQ(outcome.ledger.used, 3u);
  EXPECT_EQ(outcome.ledger.late, 0u);
}

// At watermark 9, [0, 10) is over and [5, 15) is not: a row at 7 is in time for the second, a row
// at 4 is late. The last window over 7 ends at 15.
TEST(SlidingWindowTest, ARowIsLateWhenAllItsWindowsAreOver) {
  const Outcome outcome =
      play_every_way(window_setup(sliding(10, 5)),
                     {at(8, "a", 1), watermark(9), at(7, "a", 2), at(4, "a", 4), watermark(13),
                      at(9, "a", 8), watermark(14), at(9, "a", 16), watermark(100)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 10, 1), fired("a", 5, 15, 11)}));
  EXPECT_EQ(outcome.rows[2], Rows({row({"a", 4, Value()}, 4), row({"a", 16, Value()}, 9)}));
}

// Allowance 3. At watermark 14, [0, 10) was over at 12, [5, 15) may fire again until 17, [10, 20)
// has not fired: a row at 8 fires [5, 15) only.
TEST(SlidingWindowTest, ALateRowFiresEachOfItsWindowsThatMayFireAgain) {
  harness::OperatorHarness harness(window_setup(sliding(10, 5, 0, 3)));
  harness.element({"a", 1, Value()}, 8);
  harness.watermark(9);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 1)}));
  harness.element({"a", 2, Value()}, 8);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 3)}));
  harness.watermark(14);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 5, 15, 3)}));
  harness.element({"a", 4, Value()}, 8);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 5, 15, 7)}));
  harness.watermark(16);
  harness.element({"a", 8, Value()}, 8);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 5, 15, 15)}));
  harness.watermark(17);
  harness.element({"a", 16, Value()}, 8);
  EXPECT_EQ(harness.take_rows(), Rows());
  EXPECT_EQ(harness.ledger().late, 1u);
}

// A late row that two fired windows hold fires both, in the order of their ends.
TEST(SlidingWindowTest, TwoWindowsFireAgainInTheOrderOfTheirEnds) {
  harness::OperatorHarness harness(window_setup(sliding(10, 5, 0, 100)));
  harness.element({"a", 1, Value()}, 7);
  harness.watermark(20);
  harness.take_rows();
  harness.element({"a", 2, Value()}, 7);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 3), fired("a", 5, 15, 3)}));
}

TEST(SlidingWindowTest, AMillionWindowsBetweenTwoRowsAreNotVisited) {
  const Outcome outcome =
      play_every_way(window_setup(sliding(3, 1)),
                     {at(0, "a", 1), at(200'000'000'000'000, "a", 2), watermark(kMaxTimestamp)});
  EXPECT_EQ(outcome.rows[0].size(), 6u);
}

// One millisecond more than the slide's multiple: two slices a slide, not 3,600,001 of them.
TEST(SlidingWindowTest, AwkwardSizesHaveFewSlices) {
  WindowConfig config = sliding(3'600'001, 1'000);
  const SliceGeometry geometry(config);
  EXPECT_EQ(geometry.per_window(), 7201);
  const Outcome outcome = play_every_way(window_setup(sliding(3'001, 1'000)),
                                         {at(1'000, "a", 1), at(1'001, "a", 2), end_input()});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", -2'000, 1'001, 1), fired("a", -1'000, 2'001, 3),
                                   fired("a", 0, 3'001, 3), fired("a", 1'000, 4'001, 3)}));
}

// Slices cover all of time without overlap, and windows are made of whole slices.
TEST(SliceGeometryTest, SlicesTileTimeAndWindows) {
  for (const auto& [size, slide, offset] : std::vector<std::array<DurationMs, 3>>{
           {10, 10, 0}, {10, 5, 3}, {10, 4, -1}, {7, 5, 2}, {60, 1, 0}, {9, 6, 7}, {5, 4, 0}}) {
    const SliceGeometry geometry(sliding(size, slide, offset));
    for (TimestampMs time = -50; time < 50; ++time) {
      const std::int64_t slice = geometry.slice_of(time);
      EXPECT_LE(geometry.slice_start(slice), time);
      EXPECT_GT(geometry.slice_end(slice), time);
      EXPECT_EQ(geometry.slice_end(slice), geometry.slice_start(slice + 1));
      for (std::int64_t window = geometry.first_window(slice) - 1;
           window <= geometry.last_window(slice) + 1; ++window) {
        const bool holds =
            geometry.window_start(window) <= time && time < geometry.window_end(window);
        EXPECT_EQ(holds,
                  window >= geometry.first_window(slice) && window <= geometry.last_window(slice));
      }
      const std::int64_t complete = geometry.last_complete(time);
      EXPECT_LE(geometry.window_end(complete) - 1, time);
      EXPECT_GT(geometry.window_end(complete + 1) - 1, time);
    }
    const std::int64_t first = geometry.first_slice(3);
    EXPECT_EQ(geometry.slice_start(first), geometry.window_start(3));
    EXPECT_EQ(geometry.slice_end(first + geometry.per_window() - 1), geometry.window_end(3));
  }
}

// Each slice's sum fits, the window's does not: 2^62 + 2^62.
TEST(SlidingWindowTest, AMergedSumThatOverflowsIsAnErrorRow) {
  constexpr std::int64_t kHalf = std::int64_t{1} << 62;
  WindowConfig config = window_config(WindowShape::kSliding, {{"id", "id"}, {"twice", "n + 0"}},
                                      {{"count", "count(*)"}, {"total", "sum(n)"}});
  config.size_ms = 10;
  config.slide_ms = 5;
  const Outcome outcome = play_every_way(
      window_setup(config), {at(1, "a", kHalf), at(6, "a", kHalf), at(7, "b", 1), watermark(100)});
  EXPECT_EQ(outcome.rows[0],
            Rows({row({"a", kHalf, -5, 5, 1, kHalf}, 4), row({"b", 1, 0, 10, 1, 1}, 9),
                  row({"a", kHalf, 5, 15, 1, kHalf}, 14), row({"b", 1, 5, 15, 1, 1}, 14)}));
  // The key field that is a field of the row is there; the rest is null.
  EXPECT_EQ(
      outcome.rows[1],
      Rows({row({"a", Value(), Value(), "overflow of total in the window from 0 to 10"}, 9)}));
}

// 100,000 keys known, 10 of them in each of 600 slices: far from 60 million cells.
TEST(SlidingWindowTest, FewOfManyKeysCostLittle) {
  harness::OperatorHarness harness(window_setup(sliding(600, 1)), 4096);
  for (int i = 0; i < 100'000; ++i) harness.element({std::to_string(i), 1, Value()}, 0);
  for (int time = 1; time < 590; ++time) {
    for (int i = 0; i < 10; ++i) {
      harness.element({std::to_string((time * 7919 + i * 10007) % 100'000), 1, Value()}, time);
    }
  }
  harness.snapshot_and_restore();
  EXPECT_EQ(harness.ledger().used, 100'000u + 589u * 10);
}

}  // namespace
}  // namespace leat::windows
