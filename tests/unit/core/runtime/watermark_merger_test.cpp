#include "core/runtime/watermark_merger.h"

#include <gtest/gtest.h>
#include <vector>

namespace leat::runtime {
namespace {

data::SchemaPtr schema() { return data::make_schema({{"n", data::kBigint}}); }

// Rows with the given watermarks after them.
data::Batch rows(TimestampMs before, const std::vector<TimestampMs>& watermarks) {
  data::Batch batch(schema());
  batch.watermark_before = before;
  for (std::size_t i = 0; i < watermarks.size(); ++i) {
    batch.append_values({static_cast<std::int64_t>(i)}, 0);
  }
  batch.watermarks = watermarks;
  return batch;
}

data::Batch only(TimestampMs watermark) { return rows(watermark, {}); }

TEST(WatermarkMerger, OneInputIsPassedThrough) {
  WatermarkMerger merger(1);
  data::Batch batch = rows(1, {2, 5});
  merger.merge(0, batch);
  EXPECT_EQ(batch.watermark_before, 1);
  EXPECT_EQ(batch.watermarks, (std::vector<TimestampMs>{2, 5}));
  EXPECT_EQ(merger.watermark(), 5);
}

TEST(WatermarkMerger, TheMinimumOfTwoInputsRowByRow) {
  WatermarkMerger merger(2);
  data::Batch first = rows(kMinTimestamp, {10, 20});
  merger.merge(0, first);
  // The other input has said nothing: neither has the node.
  EXPECT_EQ(merger.watermark(), kMinTimestamp);
  EXPECT_EQ(first.watermarks, (std::vector<TimestampMs>{kMinTimestamp, kMinTimestamp}));
  data::Batch second = rows(5, {7, 15, 30});
  merger.merge(1, second);
  EXPECT_EQ(second.watermark_before, 5);
  EXPECT_EQ(second.watermarks, (std::vector<TimestampMs>{7, 15, 20}));
  EXPECT_EQ(merger.watermark(), 20);
}

TEST(WatermarkMerger, AnIdleInputIsLeftOutAndComesBackWithoutPullingTheNodeBack) {
  WatermarkMerger merger(2);
  data::Batch ahead = only(100);
  merger.merge(0, ahead);
  data::Batch behind = only(10);
  merger.merge(1, behind);
  EXPECT_EQ(merger.watermark(), 10);
  EXPECT_TRUE(merger.set_idle(1).watermark_moved);
  EXPECT_EQ(merger.watermark(), 100);
  data::Batch late = rows(10, {20});
  merger.merge(1, late);
  EXPECT_FALSE(merger.is_idle(1));
  EXPECT_EQ(late.watermark_before, 100);
  EXPECT_EQ(merger.watermark(), 100);
  // It is active again, so it holds the node until it has caught up.
  data::Batch further = only(200);
  merger.merge(0, further);
  EXPECT_EQ(merger.watermark(), 100);
}

TEST(WatermarkMerger, WhenAllAreIdleTheLargestHolds) {
  WatermarkMerger merger(2);
  data::Batch a = only(100);
  merger.merge(0, a);
  data::Batch b = only(10);
  merger.merge(1, b);
  EXPECT_FALSE(merger.set_idle(0).all_idle);
  EXPECT_EQ(merger.watermark(), 10);
  const WatermarkMerger::Change change = merger.set_idle(1);
  EXPECT_TRUE(change.all_idle);
  EXPECT_TRUE(change.watermark_moved);
  EXPECT_EQ(merger.watermark(), 100);
  EXPECT_TRUE(merger.set_active(1).active_again);
}

TEST(WatermarkMerger, AnEndedInputNoLongerCountsAndTheLastOneEndsTheNode) {
  WatermarkMerger merger(2);
  data::Batch a = only(50);
  merger.merge(0, a);
  data::Batch b = only(kMaxTimestamp);
  merger.merge(1, b);
  EXPECT_EQ(merger.watermark(), 50);
  EXPECT_FALSE(merger.set_ended(1, true).ended);
  EXPECT_FALSE(merger.set_ended(1, true).ended) << "said twice, counted once";
  const WatermarkMerger::Change change = merger.set_ended(0, true);
  EXPECT_TRUE(change.ended);
  EXPECT_TRUE(change.final);
}

TEST(WatermarkMerger, AStoppedInputMakesTheEndNotFinal) {
  WatermarkMerger merger(2);
  EXPECT_FALSE(merger.set_ended(0, false).ended);
  const WatermarkMerger::Change change = merger.set_ended(1, true);
  EXPECT_TRUE(change.ended);
  EXPECT_FALSE(change.final);
}

TEST(WatermarkMerger, GoesOnAfterARestore) {
  WatermarkMerger merger(2);
  data::Batch a = only(100);
  merger.merge(0, a);
  data::Batch b = only(10);
  merger.merge(1, b);
  merger.set_idle(1);
  base::ByteWriter out;
  merger.snapshot(out);
  WatermarkMerger restored(2);
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(restored.restore(in).ok());
  EXPECT_EQ(restored.watermark(), 100);
  EXPECT_TRUE(restored.is_idle(1));
  WatermarkMerger other(3);
  base::ByteReader again(out.bytes());
  EXPECT_EQ(other.restore(again).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leat::runtime
