#include "transports/generator/generator_source.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace leat::generator {
namespace {

using ports::SourceBatch;
using ports::SourceStatus;

struct Feed {
  explicit Feed(const GeneratorConfig& config, TimestampMs now_ms = 1'000'000) : clock(now_ms) {
    auto made = GeneratorSource::make(config);
    EXPECT_TRUE(made.ok());
    source = std::move(made).value();
    EXPECT_TRUE(source->open({nullptr, &clock}).ok());
  }
  // Rows of one poll.
  data::Batch poll(std::size_t max_rows, SourceStatus expected) {
    SourceBatch out;
    const auto status = source->poll(max_rows, out);
    EXPECT_TRUE(status.ok());
    EXPECT_EQ(*status, expected);
    EXPECT_TRUE(out.bad.empty());
    if (!out.rows.columns.empty()) out.rows.check();
    return std::move(out.rows);
  }
  // All rows until it ends, at most `max_rows` a poll.
  data::Batch all(std::size_t max_rows) {
    data::Batch rows(GeneratorSource::schema());
    for (;;) {
      SourceBatch out;
      const auto status = source->poll(max_rows, out);
      EXPECT_TRUE(status.ok());
      EXPECT_LE(out.rows.rows(), max_rows);
      for (std::size_t i = 0; i < out.rows.rows(); ++i) rows.append_row(out.rows, i);
      if (*status != SourceStatus::kMore) return rows;
    }
  }
  env::ManualClock clock;
  std::unique_ptr<GeneratorSource> source;
};

std::vector<std::vector<data::Value>> values(const data::Batch& batch) {
  std::vector<std::vector<data::Value>> rows;
  for (std::size_t i = 0; i < batch.rows(); ++i) rows.push_back(batch.row_values(i));
  return rows;
}

TEST(Generator, RefusesConfigurationsOutOfBounds) {
  const auto refused = [](auto change) {
    GeneratorConfig config;
    change(config);
    const auto made = GeneratorSource::make(config);
    return !made.ok() && made.error().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](auto& c) { c.sensors = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.sensors = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.sensors = 1'000'001; }));
  EXPECT_TRUE(refused([](auto& c) { c.rate = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.rate = 1e-7; }));
  EXPECT_TRUE(refused([](auto& c) { c.rate = 1e10; }));
  EXPECT_TRUE(refused([](auto& c) { c.rate = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(refused([](auto& c) { c.rate = std::numeric_limits<double>::infinity(); }));
  EXPECT_TRUE(refused([](auto& c) { c.count = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.out_of_orderness_ms = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.out_of_orderness_ms = kMaxTimestamp; }));
  EXPECT_TRUE(refused([](auto& c) { c.start_ms = base::kMaxEventTime + 1; }));
  EXPECT_TRUE(refused([](auto& c) { c.start_ms = kMinTimestamp; }));
  EXPECT_FALSE(refused([](auto&) {}));
}

TEST(Generator, SchemaAndShapeOfRows) {
  GeneratorConfig config;
  config.sensors = 3;
  config.count = 7;
  Feed feed(config, 42);
  const data::Batch rows = feed.poll(100, SourceStatus::kMore);
  ASSERT_EQ(rows.rows(), 7u);
  EXPECT_EQ(rows.schema->names(), (std::vector<std::string>{"id", "ts", "temperature"}));
  EXPECT_EQ(rows.columns[0].text(0), "sensor-0");
  EXPECT_EQ(rows.columns[0].text(2), "sensor-2");
  EXPECT_EQ(rows.columns[0].text(3), "sensor-0");
  ASSERT_EQ(rows.columns[0].codes().size(), 7u);
  EXPECT_EQ(rows.columns[0].codes()[5], 2u);
  // Not paced, three sensors, one reading a second each: 1000 / 3 ms between rows.
  EXPECT_EQ(rows.columns[1].int64s()[0], kDefaultStartMs);
  EXPECT_EQ(rows.columns[1].int64s()[1], kDefaultStartMs + 333);
  EXPECT_EQ(rows.columns[1].int64s()[2], kDefaultStartMs + 666);
  EXPECT_EQ(rows.columns[1].int64s()[3], kDefaultStartMs + 1000);
  for (const TimestampMs arrival : rows.event_times) EXPECT_EQ(arrival, 42);
  EXPECT_EQ(feed.poll(100, SourceStatus::kEnded).rows(), 0u);
}

TEST(Generator, RowsDoNotDependOnBatchSizesButOnTheSeed) {
  GeneratorConfig config;
  config.count = 5000;
  config.out_of_orderness_ms = 2000;
  const auto expected = values(Feed(config).all(4096));
  ASSERT_EQ(expected.size(), 5000u);
  for (const std::size_t size : {1u, 7u, 512u}) EXPECT_EQ(values(Feed(config).all(size)), expected);
  config.seed = 2;
  EXPECT_NE(values(Feed(config).all(512)), expected);
}

TEST(Generator, EventTimesLagByAtMostTheBound) {
  GeneratorConfig config;
  config.sensors = 1000;  // 1 ms between rows
  config.count = 20'000;
  config.start_ms = 1'000'000;
  config.out_of_orderness_ms = 50;
  const data::Batch rows = Feed(config).all(512);
  std::set<std::int64_t> lags;
  TimestampMs newest = kMinTimestamp;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const TimestampMs ts = rows.columns[1].int64s()[i];
    lags.insert(1'000'000 + static_cast<std::int64_t>(i) - ts);
    // Never late under bounded out-of-orderness of the same bound: W = newest - 50 - 1.
    if (i > 0) {
      EXPECT_GT(ts, newest - 50 - 1);
    }
    newest = std::max(newest, ts);
  }
  EXPECT_EQ(*lags.begin(), 0);
  EXPECT_EQ(*lags.rbegin(), 50);
  EXPECT_EQ(lags.size(), 51u);
}

TEST(Generator, TemperaturesFollowTheDay) {
  GeneratorConfig config;
  config.sensors = 1;
  config.count = 86'400;  // a day, one row a second
  const data::Batch rows = Feed(config).all(4096);
  const auto mean_of_hour = [&](std::size_t hour) {
    double sum = 0;
    for (std::size_t i = hour * 3600; i < (hour + 1) * 3600; ++i) {
      sum += rows.columns[2].doubles()[i];
    }
    return sum / 3600;
  };
  std::size_t coldest = 0;
  std::size_t warmest = 0;
  for (std::size_t hour = 0; hour < 24; ++hour) {
    if (mean_of_hour(hour) < mean_of_hour(coldest)) coldest = hour;
    if (mean_of_hour(hour) > mean_of_hour(warmest)) warmest = hour;
  }
  EXPECT_TRUE(coldest == 2 || coldest == 3) << coldest;
  EXPECT_TRUE(warmest == 14 || warmest == 15) << warmest;
  for (const double t : rows.columns[2].doubles()) {
    ASSERT_GE(t, 15 - 8 - 0.5);
    ASSERT_LE(t, 25 + 8 + 0.5);
    ASSERT_EQ(t, std::round(t * 100) / 100);  // two decimals
  }
}

TEST(Generator, PacedItEmitsWhatIsDueAndNamesItsNextTime) {
  GeneratorConfig config;
  config.rate = 10;
  Feed feed(config, 5'000'000);
  // Endless and paced: event times begin at the clock.
  data::Batch rows = feed.poll(100, SourceStatus::kMore);
  ASSERT_EQ(rows.rows(), 1u);
  EXPECT_EQ(rows.columns[1].int64s()[0], 5'000'000);
  feed.poll(100, SourceStatus::kQuiet);
  EXPECT_EQ(feed.source->wake_at_ms(), 5'000'100);
  feed.clock.advance(99);
  feed.poll(100, SourceStatus::kQuiet);
  EXPECT_EQ(feed.source->wake_at_ms(), 5'000'100);
  feed.clock.advance(1);
  rows = feed.poll(100, SourceStatus::kMore);
  ASSERT_EQ(rows.rows(), 1u);
  EXPECT_EQ(rows.columns[1].int64s()[0], 5'000'100);
  // A second's stall: ten rows are due; and a step of the wall clock changes nothing.
  feed.clock.advance(1000);
  feed.clock.set_wall(0);
  EXPECT_EQ(feed.poll(4, SourceStatus::kMore).rows(), 4u);
  EXPECT_EQ(feed.poll(100, SourceStatus::kMore).rows(), 6u);
  feed.poll(100, SourceStatus::kQuiet);
  EXPECT_EQ(feed.source->wake_at_ms(), 100);
}

TEST(Generator, PacedAndBoundedEndsAndHasNoNextTime) {
  GeneratorConfig config;
  config.rate = 1000;
  config.count = 3;
  Feed feed(config);
  EXPECT_EQ(feed.poll(9, SourceStatus::kMore).columns[1].int64s()[0], kDefaultStartMs);
  feed.clock.advance(60'000);
  EXPECT_EQ(feed.poll(9, SourceStatus::kMore).rows(), 2u);
  EXPECT_EQ(feed.source->wake_at_ms(), std::nullopt);
  feed.poll(9, SourceStatus::kEnded);
}

TEST(Generator, UnpacedHasNoNextTime) {
  EXPECT_EQ(Feed(GeneratorConfig{}).source->wake_at_ms(), std::nullopt);
}

TEST(Generator, CountZeroEndsAtOnce) {
  GeneratorConfig config;
  config.count = 0;
  Feed(config).poll(10, SourceStatus::kEnded);
}

TEST(Generator, SlowRatesAndLateTimesDoNotOverflow) {
  GeneratorConfig config;
  config.rate = 1e-6;
  config.start_ms = base::kMaxEventTime;
  Feed feed(config);
  EXPECT_EQ(feed.poll(1, SourceStatus::kMore).columns[1].int64s()[0], base::kMaxEventTime);
  feed.poll(1, SourceStatus::kQuiet);
  EXPECT_EQ(feed.source->wake_at_ms(), 1'000'000 + 1'000'000'000);  // a row in 1e6 s
  feed.clock.advance(1'000'000'000);
  EXPECT_EQ(feed.poll(1, SourceStatus::kMore).columns[1].int64s()[0], base::kMaxEventTime);
}

TEST(Generator, SeekGoesOnExactly) {
  GeneratorConfig config;
  config.count = 1000;
  config.out_of_orderness_ms = 500;
  const auto expected = values(Feed(config).all(512));
  Feed first(config);
  for (int i = 0; i < 37; ++i) first.poll(10, SourceStatus::kMore);
  Feed second(config);
  ASSERT_TRUE(second.source->seek(first.source->position()).ok());
  const auto rest = values(second.all(512));
  EXPECT_EQ(rest, (std::vector<std::vector<data::Value>>(expected.begin() + 370, expected.end())));
}

TEST(Generator, SeekKeepsTheStartOfALiveRun) {
  GeneratorConfig config;
  config.rate = 10;
  Feed first(config, 1'000'000);
  first.poll(10, SourceStatus::kMore);
  Feed second(config, 9'000'000);
  ASSERT_TRUE(second.source->seek(first.source->position()).ok());
  const data::Batch rows = second.poll(10, SourceStatus::kMore);
  ASSERT_EQ(rows.rows(), 1u);
  EXPECT_EQ(rows.columns[1].int64s()[0], 1'000'100);
}

TEST(Generator, SeekRefusesWhatIsNotAPosition) {
  Feed feed(GeneratorConfig{});
  const std::string good = feed.source->position();
  std::string other_version = good;
  other_version[0] = 9;
  std::string negative_row = good;
  negative_row.back() = static_cast<char>(0x80);
  std::string wild_start = good;
  wild_start[8] = 0x7f;
  for (const std::string& position : {std::string(), std::string("x"), good.substr(0, 9),
                                      good + "x", other_version, negative_row, wild_start}) {
    const auto result = feed.source->seek(position);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_TRUE(feed.source->seek(good).ok());
}

}  // namespace
}  // namespace leat::generator
