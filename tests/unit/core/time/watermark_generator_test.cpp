#include "core/time/watermark_generator.h"

#include <gtest/gtest.h>

namespace leat::time {
namespace {

using Strategy = WatermarkStrategy;

data::SchemaPtr schema() { return data::make_schema({{"id", data::kString}}); }

struct Reading {
  std::string id;
  TimestampMs time = 0;
  TimestampMs arrival = 0;
  bool mark = false;
};

struct Followed {
  std::vector<TimestampMs> seen;  // by each row
  TimestampMs last = kMinTimestamp;
  friend bool operator==(const Followed&, const Followed&) = default;
};

// Feeds the readings in batches of `size`.
Followed feed(WatermarkGenerator& generator, const std::vector<Reading>& readings,
              std::size_t size) {
  Followed followed;
  for (std::size_t begin = 0; begin < readings.size(); begin += size) {
    data::Batch batch(schema());
    std::vector<TimestampMs> arrivals;
    std::vector<std::uint32_t> marks;
    for (std::size_t i = begin; i < std::min(begin + size, readings.size()); ++i) {
      if (readings[i].mark) marks.push_back(static_cast<std::uint32_t>(batch.rows()));
      batch.append_values({readings[i].id}, readings[i].time);
      arrivals.push_back(readings[i].arrival);
    }
    generator.follow(batch, arrivals, marks, 0);
    batch.check();
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      followed.seen.push_back(batch.watermark_seen_by(i));
    }
    followed.last = batch.last_watermark();
    EXPECT_EQ(followed.last, generator.watermark());
  }
  return followed;
}

// What holds whatever the batch size.
Followed follow(const WatermarkConfig& config, const std::vector<Reading>& readings) {
  WatermarkGenerator one(config, *schema());
  const Followed expected = feed(one, readings, 1);
  for (const std::size_t size : {2u, 3u, 7u, 512u}) {
    WatermarkGenerator generator(config, *schema());
    EXPECT_EQ(feed(generator, readings, size), expected) << size;
  }
  return expected;
}

// Flink: BoundedOutOfOrdernessWatermarks emits maxTimestamp - outOfOrdernessMillis - 1.
TEST(Watermarks, BoundedOutOfOrderness) {
  const Followed followed = follow({.strategy = Strategy::kBoundedOutOfOrderness, .bound_ms = 5},
                                   {{"", 100}, {"", 90}, {"", 110}, {"", 109}});
  EXPECT_EQ(followed.seen, (std::vector<TimestampMs>{kMinTimestamp, 94, 94, 104}));
  EXPECT_EQ(followed.last, 104);
}

TEST(Watermarks, Ascending) {
  const Followed followed =
      follow({.strategy = Strategy::kAscending, .bound_ms = 5}, {{"", 100}, {"", 100}, {"", 110}});
  EXPECT_EQ(followed.seen, (std::vector<TimestampMs>{kMinTimestamp, 99, 99}));
  EXPECT_EQ(followed.last, 109);
}

TEST(Watermarks, Punctuated) {
  const Followed followed =
      follow({.strategy = Strategy::kPunctuated},
             {{"", 100, 0, false}, {"", 90, 0, true}, {"", 80, 0, true}, {"", 120, 0, true}});
  EXPECT_EQ(followed.seen, (std::vector<TimestampMs>{kMinTimestamp, kMinTimestamp, 90, 90}));
  EXPECT_EQ(followed.last, 120);
}

TEST(Watermarks, NoneUntilTheEnd) {
  const WatermarkConfig config{.strategy = Strategy::kNone};
  EXPECT_EQ(follow(config, {{"", 100}}).last, kMinTimestamp);
  WatermarkGenerator generator(config, *schema());
  generator.finish();
  EXPECT_EQ(generator.watermark(), kMaxTimestamp);
}

TEST(Watermarks, AnEnormousBoundDoesNotOverflow) {
  const Followed followed = follow({.bound_ms = kMaxTimestamp}, {{"", -100}, {"", 100}});
  EXPECT_EQ(followed.last, 100 - kMaxTimestamp);  // the bound is cut by the one of "- 1"
}

TEST(Watermarks, ABatchInWhichItStandsCarriesNoMoves) {
  WatermarkGenerator generator({.bound_ms = 0}, *schema());
  feed(generator, {{"", 100}}, 1);
  data::Batch batch(schema());
  batch.append_values({"a"}, 50);
  batch.append_values({"a"}, 100);
  const std::vector<TimestampMs> arrivals{0, 0};
  generator.follow(batch, arrivals, {}, 0);
  EXPECT_TRUE(batch.watermarks.empty());
  EXPECT_EQ(batch.watermark_before, 99);
}

// Every 200 ms of the clock (of arrival): the watermark is then what the rows before said.
TEST(Watermarks, PeriodicMovesBetweenRowsWhenTheIntervalHasPassed) {
  const WatermarkConfig config{.bound_ms = 0, .interval_ms = 200};
  const Followed followed = follow(config, {{"", 100, 1'000},  // the interval begins
                                            {"", 110, 1'199},
                                            {"", 120, 1'200},  // due: 109
                                            {"", 130, 1'250},
                                            {"", 140, 1'400},    // due: 129
                                            {"", 150, 5'000}});  // due: 139
  EXPECT_EQ(followed.seen,
            (std::vector<TimestampMs>{kMinTimestamp, kMinTimestamp, 109, 109, 129, 139}));
  EXPECT_EQ(followed.last, 139);
}

TEST(Watermarks, PeriodicMovesInSilenceToo) {
  WatermarkGenerator generator({.bound_ms = 0, .interval_ms = 200}, *schema());
  EXPECT_EQ(generator.next_emission_ms(), std::nullopt);
  feed(generator, {{"", 100, 1'000}}, 1);
  EXPECT_EQ(generator.next_emission_ms(), 1'200);
  EXPECT_FALSE(generator.on_time(1'199));
  EXPECT_TRUE(generator.on_time(1'200));
  EXPECT_EQ(generator.watermark(), 99);
  EXPECT_EQ(generator.next_emission_ms(), std::nullopt);  // nothing to say: no wake-up
  EXPECT_FALSE(generator.on_time(9'999));
}

TEST(Watermarks, AClockSetBackDoesNotStopThePeriod) {
  WatermarkGenerator generator({.bound_ms = 0, .interval_ms = 200}, *schema());
  feed(generator, {{"", 100, 1'000'000}}, 1);
  feed(generator, {{"", 110, 5'000}}, 1);
  EXPECT_EQ(generator.next_emission_ms(), 5'200);
  EXPECT_TRUE(generator.on_time(5'200));
  EXPECT_EQ(generator.watermark(), 109);
}

TEST(Watermarks, PerDeviceItIsTheMinimumAndNeverGoesBack) {
  const WatermarkConfig config{.bound_ms = 0, .per_field = 0};
  const Followed followed =
      follow(config, {{"a", 100}, {"b", 50}, {"a", 200}, {"b", 90}, {"b", 150}, {"c", 300}});
  // b joins behind: the watermark stands at 99 until b has passed it.
  EXPECT_EQ(followed.seen, (std::vector<TimestampMs>{kMinTimestamp, 99, 99, 99, 99, 149}));
  EXPECT_EQ(followed.last, 149);
}

TEST(Watermarks, PerDeviceWithLagForgettingAndBatches) {
  std::vector<Reading> readings;
  for (int i = 0; i < 500; ++i) {
    readings.push_back(
        {"d" + std::to_string(i * 7 % 13), 1'000 + i * 3 - i * 11 % 40, 1'000 + i * 3, i % 3 == 0});
  }
  for (const Strategy strategy : {Strategy::kBoundedOutOfOrderness, Strategy::kPunctuated}) {
    for (const std::optional<DurationMs> interval : {std::optional<DurationMs>(), {100}}) {
      follow({.strategy = strategy,
              .bound_ms = 5,
              .interval_ms = interval,
              .per_field = 0,
              .max_lag_ms = 30,
              .max_devices = 6},
             readings);
    }
  }
}

TEST(Watermarks, ASilentDeviceStopsHoldingIt) {
  WatermarkGenerator generator({.bound_ms = 0, .idle_timeout_ms = 30'000, .per_field = 0},
                               *schema());
  feed(generator, {{"dead", 100}, {"a", 500}}, 1);
  EXPECT_EQ(generator.watermark(), 99);
  EXPECT_EQ(generator.next_expiry_ms(), 30'000);
  EXPECT_FALSE(generator.on_listened(29'999));
  data::Batch batch(schema());
  batch.append_values({"a"}, 600);
  const std::vector<TimestampMs> arrivals{0};
  generator.follow(batch, arrivals, {}, 29'999);
  EXPECT_TRUE(generator.on_listened(30'000));
  EXPECT_EQ(generator.watermark(), 599);
}

TEST(Watermarks, ARestoredOneGoesOn) {
  const std::vector<Reading> before{{"a", 100}, {"b", 50}};
  const std::vector<Reading> after{{"b", 90}, {"b", 150}, {"a", 40}};
  for (const std::optional<std::size_t> per : {std::optional<std::size_t>(), {0}}) {
    const WatermarkConfig config{.bound_ms = 0, .per_field = per};
    WatermarkGenerator whole(config, *schema());
    feed(whole, before, 1);
    base::ByteWriter out;
    whole.snapshot(out);
    WatermarkGenerator restored(config, *schema());
    base::ByteReader in(out.bytes());
    ASSERT_TRUE(restored.restore(in).ok());
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(feed(restored, after, 1), feed(whole, after, 1));
    for (std::size_t size = 0; size < out.bytes().size(); ++size) {
      WatermarkGenerator broken(config, *schema());
      const std::string cut = out.bytes().substr(0, size);
      base::ByteReader short_in(cut);
      EXPECT_FALSE(broken.restore(short_in).ok());
    }
    WatermarkGenerator other({.per_field = per ? std::nullopt : std::optional<std::size_t>(0)},
                             *schema());
    base::ByteReader wrong(out.bytes());
    EXPECT_EQ(other.restore(wrong).error().code(), ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace leat::time
