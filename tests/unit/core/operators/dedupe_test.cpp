#include "core/operators/dedupe.h"

#include <gtest/gtest.h>
#include <map>

#include "core/env/clock.h"
#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using Rows = std::vector<harness::Row>;

data::SchemaPtr schema() {
  return data::make_schema({{"id", data::kString}, {"seq", data::kBigint}, {"t", data::kDouble}});
}

harness::OperatorSetup setup(DedupeConfig config) {
  const std::vector<data::SchemaPtr> outputs{schema(), errors_schema(*schema())};
  return {[=] { return std::make_unique<Dedupe>(config, outputs); }, {schema()}, outputs};
}

TEST(Dedupe, DropsRepeatsOfAKeyWithinTheTime) {
  harness::OperatorHarness h(setup({{0, 1}, 100, 1'000}), 7);
  h.element({"a", 1, 1.0}, 10);
  h.element({"a", 1, 2.0}, 10);  // a repeat, whatever else it says
  h.element({"a", 2, 3.0}, 10);
  h.element({"b", 1, 4.0}, 10);
  h.element({Value(), 1, 5.0}, 10);
  h.element({Value(), 1, 6.0}, 10);  // NULL keys are equal
  h.element({"a", 1, 7.0}, 109);     // still within
  h.element({"a", 1, 8.0}, 110);     // over: a first one again
  h.element({"a", 1, 9.0}, 10);      // earlier than the first: a repeat
  EXPECT_EQ(h.rows(), (Rows{row({"a", 1, 1.0}, 10), row({"a", 2, 3.0}, 10), row({"b", 1, 4.0}, 10),
                            row({Value(), 1, 5.0}, 10), row({"a", 1, 8.0}, 110)}));
  EXPECT_EQ(h.ledger().filtered, 4u);
  EXPECT_EQ(h.ledger().used, 5u);
}

TEST(Dedupe, KeysExpireByTheWatermark) {
  harness::OperatorHarness h(setup({{0}, 100, 1'000}), 7);
  h.element({"a", 1, 1.0}, 10);
  h.watermark(109);
  h.element({"a", 2, 1.0}, 20);
  h.watermark(110);
  h.element({"a", 3, 1.0}, 20);
  EXPECT_EQ(h.rows().size(), 2u);
  EXPECT_EQ(h.output_watermark(1), 110);
}

TEST(Dedupe, TheKeyHeldForLongestMakesRoomAndIsCounted) {
  const auto outputs = setup({}).outputs;
  Dedupe dedupe({{0}, 100, 2}, outputs);
  harness::CollectingOutput out(outputs);
  const Rows rows{row({"a", 1, 1.0}, 10), row({"b", 1, 1.0}, 10), row({"a", 2, 1.0}, 10),
                  row({"c", 1, 1.0}, 10), row({"a", 3, 1.0}, 10), row({"c", 2, 1.0}, 10)};
  ASSERT_TRUE(dedupe.process(0, harness::make_batch(schema(), rows), out).ok());
  // c takes a's place, then a takes b's.
  EXPECT_EQ(out.rows(0), (Rows{rows[0], rows[1], rows[3], rows[4]}));
  EXPECT_EQ(dedupe.memory().evicted(), 2u);
  EXPECT_EQ(dedupe.memory().size(), 2u);
  // A key whose time is over makes room without being counted.
  ASSERT_TRUE(
      dedupe.process(0, harness::make_batch(schema(), {row({"d", 1, 1.0}, 200)}, 150), out).ok());
  EXPECT_EQ(dedupe.memory().evicted(), 2u);
}

// Against the definition, with a plain map.
TEST(Dedupe, PlayedEveryWayAgainstTheDefinition) {
  env::SeededRandom random(7);
  std::vector<harness::Step> steps;
  Rows expected;
  std::map<std::int64_t, TimestampMs> first;
  TimestampMs highest = kMinTimestamp;
  constexpr DurationMs kKeep = 50;
  constexpr DurationMs kBound = 20;
  for (int i = 0; i < 2'000; ++i) {
    const TimestampMs time = i * 2 + static_cast<TimestampMs>(random.next() % 40);
    const auto key = static_cast<std::int64_t>(random.next() % 30);
    const TimestampMs watermark = highest == kMinTimestamp ? kMinTimestamp : highest - kBound - 1;
    const auto held = first.find(key);
    const bool repeat =
        held != first.end() && time < held->second + kKeep && watermark < held->second + kKeep;
    if (!repeat) {
      first[key] = time;
      expected.push_back(row({"x", key, 1.0}, time));
    }
    highest = std::max(highest, time);
    steps.push_back(harness::element({"x", key, 1.0}, time));
  }
  const harness::Outcome outcome =
      harness::play_every_way(setup({{0, 1}, kKeep, 1'000}), steps, kBound);
  EXPECT_EQ(harness::difference(outcome.rows[0], expected), "");
  EXPECT_GT(outcome.ledger.filtered, 500u);
  // With too little room for the keys the result is another, and still the same every way.
  harness::play_every_way(setup({{0, 1}, kKeep, 5}), steps, kBound);
}

TEST(Dedupe, BrokenStateIsRefused) {
  harness::OperatorHarness h(setup({{0}, 100, 10}));
  h.element({"a", 1, 1.0}, 10);
  h.element({"b", 1, 1.0}, 10);
  const std::string whole = h.snapshot();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(h.restore(whole.substr(0, size)).ok()) << size;
  }
  std::string twice = whole;
  twice[0] = 4;
  EXPECT_EQ(h.restore(twice + whole.substr(1)).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(h.restore(whole).ok());
}

}  // namespace
}  // namespace leat::operators
