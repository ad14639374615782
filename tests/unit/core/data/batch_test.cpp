#include "core/data/batch.h"

#include <gtest/gtest.h>

namespace leat::data {
namespace {

SchemaPtr schema() { return make_schema({{"id", kString}, {"n", kBigint}}); }

// Rows n = 0, 1, ... at 10, 20, ...; the watermark moves to what is given after each row (0: it
// does not move).
Batch batch_of(TimestampMs before, const std::vector<TimestampMs>& after) {
  Batch batch(schema());
  batch.watermark_before = before;
  for (std::size_t i = 0; i < after.size(); ++i) {
    batch.append_values({"s", static_cast<std::int64_t>(i)}, static_cast<TimestampMs>(10 * i + 10));
    if (after[i] != 0) batch.advance_watermark(after[i]);
  }
  batch.check();
  return batch;
}

TEST(Batch, AWatermarkThatDoesNotMoveTakesNoPlace) {
  const Batch batch = batch_of(5, {0, 0, 0});
  EXPECT_TRUE(batch.watermarks.empty());
  EXPECT_EQ(batch.watermark_seen_by(2), 5);
  EXPECT_EQ(batch.last_watermark(), 5);
}

TEST(Batch, AWatermarkMovesAfterTheRowsSoFar) {
  const Batch batch = batch_of(5, {0, 7, 0, 9});
  EXPECT_EQ(batch.watermarks, (std::vector<TimestampMs>{5, 7, 7, 9}));
  EXPECT_EQ(batch.watermark_seen_by(0), 5);
  EXPECT_EQ(batch.watermark_seen_by(1), 5);
  EXPECT_EQ(batch.watermark_seen_by(2), 7);
  EXPECT_EQ(batch.watermark_seen_by(3), 7);
  EXPECT_EQ(batch.watermark_after(3), 9);
}

TEST(Batch, AWatermarkNeverGoesBack) {
  Batch batch = batch_of(5, {7});
  batch.advance_watermark(6);
  EXPECT_EQ(batch.last_watermark(), 7);
  Batch empty(schema());
  empty.advance_watermark(3);
  empty.advance_watermark(2);
  EXPECT_EQ(empty.watermark_before, 3);
  EXPECT_TRUE(empty.watermarks.empty());
}

// The rule: a kept row sees what it saw before; what moved between two kept rows, or after the
// last, moves behind the first of them.
TEST(Batch, SelectedRowsSeeTheWatermarkTheySawBefore) {
  const Batch batch = batch_of(1, {2, 3, 4, 5, 6});
  for (std::uint32_t mask = 0; mask < 32; ++mask) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < 5; ++row) {
      if ((mask >> row & 1) != 0) rows.push_back(row);
    }
    const Batch kept = batch.select(rows);
    kept.check();
    ASSERT_EQ(kept.rows(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(kept.watermark_seen_by(i), batch.watermark_seen_by(rows[i])) << mask;
      EXPECT_EQ(kept.row_values(i), batch.row_values(rows[i]));
      EXPECT_EQ(kept.event_times[i], batch.event_times[rows[i]]);
    }
    EXPECT_EQ(kept.last_watermark(), 6) << mask;
  }
}

TEST(Batch, SelectWithAWatermarkThatStands) {
  const Batch batch = batch_of(1, {0, 0, 0});
  const std::vector<std::uint32_t> rows{1};
  const Batch kept = batch.select(rows);
  EXPECT_TRUE(kept.watermarks.empty());
  EXPECT_EQ(kept.watermark_before, 1);
}

TEST(Batch, SlicesPutTogetherAreTheWhole) {
  const Batch batch = batch_of(1, {2, 0, 4, 5, 0});
  for (std::size_t begin = 0; begin <= 5; ++begin) {
    for (std::size_t end = begin; end <= 5; ++end) {
      const Batch slice = batch.slice(begin, end);
      slice.check();
      ASSERT_EQ(slice.rows(), end - begin);
      for (std::size_t i = begin; i < end; ++i) {
        EXPECT_EQ(slice.watermark_seen_by(i - begin), batch.watermark_seen_by(i));
        EXPECT_EQ(slice.watermark_after(i - begin), batch.watermark_after(i));
        EXPECT_EQ(slice.row_values(i - begin), batch.row_values(i));
      }
    }
  }
  EXPECT_EQ(batch.slice(5, 5).last_watermark(), 5);
  EXPECT_EQ(batch.slice(0, 0).last_watermark(), 1);
}

TEST(Batch, AppendRowLeavesTheWatermark) {
  const Batch source = batch_of(1, {2, 3});
  Batch batch(schema());
  batch.watermark_before = 7;
  batch.append_row(source, 1);
  batch.check();
  EXPECT_EQ(batch.last_watermark(), 7);
  EXPECT_EQ(batch.row_values(0), (std::vector<Value>{"s", 1}));
  EXPECT_EQ(batch.event_times[0], 20);
}

TEST(BatchDeathTest, CheckFindsWhatDoesNotAgree) {
  Batch lengths = batch_of(1, {0, 0});
  lengths.columns[0].append_text("x");
  EXPECT_DEATH(lengths.check(), "assertion failed");
  Batch back = batch_of(1, {2, 3});
  back.watermarks[1] = 1;
  EXPECT_DEATH(back.check(), "assertion failed");
  Batch types = batch_of(1, {0});
  types.columns[1] = Column(kDouble);
  types.columns[1].append_double(1);
  EXPECT_DEATH(types.check(), "assertion failed");
}

TEST(Schema, FindsFieldsByName) {
  const SchemaPtr fields = schema();
  EXPECT_EQ(fields->find("n"), 1u);
  EXPECT_EQ(fields->find("N"), std::nullopt);
  EXPECT_EQ(fields->names(), (std::vector<std::string>{"id", "n"}));
  EXPECT_EQ(*fields, *schema());
  EXPECT_NE(*fields, Schema({{"id", kString}, {"n", kDouble}}));
}

}  // namespace
}  // namespace leat::data
