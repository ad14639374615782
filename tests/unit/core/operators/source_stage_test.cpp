#include "core/operators/source_stage.h"

#include <gtest/gtest.h>

#include "core/operators/row_errors.h"
#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using ports::BadReason;
using ports::SourceStatus;
using Rows = std::vector<harness::Row>;

data::SchemaPtr schema() {
  return data::make_schema(
      {{"id", data::kString}, {"ts", data::kTimestamp}, {"end", data::kBoolean}});
}

SourceStageConfig with(time::WatermarkConfig watermark) {
  return {schema(), 1, watermark, std::nullopt};
}

// A stage with its outputs and a clock.
class Bench {
 public:
  explicit Bench(SourceStageConfig config, bool bounded = false)
      : stage(config, bounded), out({config.schema, source_errors_schema(), config.schema}) {}

  // Rows as {id, ts}, with the arrival as event time.
  void poll(const Rows& rows, SourceStatus status = SourceStatus::kQuiet, bool connected = true) {
    ports::SourceBatch batch;
    batch.rows = harness::make_batch(out.schema(0), rows);
    poll(std::move(batch), status, connected);
  }
  void poll(ports::SourceBatch batch, SourceStatus status = SourceStatus::kQuiet,
            bool connected = true) {
    if (batch.rows.schema == nullptr) batch.rows = data::Batch(out.schema(0));
    stage.process(std::move(batch), {status, connected, now}, out);
    const ports::SourceLedger& l = stage.ledger();
    EXPECT_EQ(l.received.get(), l.accepted.get() + l.rejected.get() + l.malformed.get() +
                                    l.duplicate.get() + l.shed.get() + l.in_flight.get());
  }
  void wait(DurationMs ms) {
    now.now_ms += ms;
    now.monotonic_ns += ms * 1'000'000;
    stage.on_time(now, out);
  }

  SourceStage stage;
  harness::CollectingOutput out;
  ClockReading now{1'000'000, 0};
};

harness::Row reading(std::string id, Value ts, TimestampMs arrival = 1'000'000) {
  return row({std::move(id), std::move(ts), false}, arrival);
}

TEST(SourceStage, RowsGetTheirEventTimesAndWatermarks) {
  Bench bench(with({.bound_ms = 5}));
  bench.poll({reading("a", 100), reading("b", 90), reading("c", 110)});
  bench.poll({reading("d", 120)});
  const Rows& rows = bench.out.rows(0);
  EXPECT_EQ(rows, (Rows{row({"a", 100, false}, 100), row({"b", 90, false}, 90),
                        row({"c", 110, false}, 110), row({"d", 120, false}, 120)}));
  EXPECT_EQ(seen(rows), (std::vector<TimestampMs>{kMinTimestamp, 94, 94, 104}));
  for (std::size_t output = 0; output < 3; ++output) EXPECT_EQ(bench.out.watermark(output), 114);
  EXPECT_EQ(bench.stage.ledger().accepted.get(), 4u);
}

TEST(SourceStage, WithoutAnEventTimeFieldItIsTheTimeOfArrival) {
  SourceStageConfig config = with({.bound_ms = 0});
  config.event_time_field.reset();
  Bench bench(config);
  bench.poll({reading("a", Value(), 500), reading("b", 7, 600)});
  EXPECT_EQ(bench.out.rows(0), (Rows{row({"a", Value(), false}, 500), row({"b", 7, false}, 600)}));
  EXPECT_EQ(bench.stage.watermark(), 599);
}

TEST(SourceStage, AGoodBatchIsPassedOnAndNotCopied) {
  class Address final : public Output {
   public:
    void emit(std::size_t output, data::Batch&& batch) override {
      if (output == 0) heap = batch.columns[0].text(0).data();
    }
    const char* heap = nullptr;
  } address;
  SourceStage stage(with({.bound_ms = 0}), false);
  ports::SourceBatch batch;
  batch.rows = harness::make_batch(schema(), {reading(std::string(1'000, 'x'), 100)});
  const char* heap = batch.rows.columns[0].text(0).data();
  stage.process(std::move(batch), {}, address);
  EXPECT_EQ(address.heap, heap);
}

TEST(SourceStage, BadTimesGoToErrorsAndMoveNothing) {
  Bench bench(with({.bound_ms = 0}));
  bench.poll({reading("a", 100, 1), reading("null", Value(), 2), reading("b", 200, 3),
              reading("60000", 1'831'420'800'000'000, 4),
              reading("before", base::kMinEventTime - 1, 5), reading("c", 300, 6),
              reading("edge", base::kMinEventTime, 7)});
  EXPECT_EQ(bench.out.rows(0).size(), 4u);
  EXPECT_EQ(seen(bench.out.rows(0)), (std::vector<TimestampMs>{kMinTimestamp, 99, 199, 299}));
  const Rows& errors = bench.out.rows(1);
  EXPECT_EQ(
      errors,
      (Rows{row({R"({"id":"null","ts":null,"end":false})", "", "bad_timestamp", 2}, 2),
            row({R"({"id":"60000","ts":1831420800000000,"end":false})", "", "bad_timestamp", 4}, 4),
            row({R"({"id":"before","ts":-62167219200001,"end":false})", "", "bad_timestamp", 5},
                5)}));
  EXPECT_EQ(seen(errors), (std::vector<TimestampMs>{99, 199, 199}));
  EXPECT_EQ(bench.stage.bad(BadReason::kBadTimestamp).get(), 3u);
  EXPECT_EQ(bench.stage.ledger().malformed.get(), 3u);
  EXPECT_EQ(bench.stage.watermark(), 299);
}

TEST(SourceStage, ABadPayloadIsCut) {
  Bench bench(with({.bound_ms = 0}));
  bench.poll({reading(std::string(200'000, 'x'), Value())});
  EXPECT_EQ(std::get<std::string>(bench.out.rows(1)[0].values[0].held).size(), 65'536u);
}

TEST(SourceStage, ReadingsFromTheFutureAreRejected) {
  Bench bench(with({.bound_ms = 0, .max_future_skew_ms = 1'000}));
  bench.poll({reading("a", 10'000, 10'000), reading("edge", 11'000, 10'000),
              reading("ahead", 11'001, 10'000), reading("b", 11'001, 10'001)});
  EXPECT_EQ(bench.out.rows(0).size(), 3u);
  EXPECT_EQ(bench.out.rows(2), (Rows{row({"ahead", 11'001, false}, 11'001)}));
  EXPECT_EQ(seen(bench.out.rows(2)), (std::vector<TimestampMs>{10'999}));
  EXPECT_EQ(bench.stage.ledger().rejected.get(), 1u);
  EXPECT_EQ(bench.stage.watermark(), 11'000);
}

TEST(SourceStage, WithoutTheGuardTheFutureIsFine) {
  Bench bench(with({.bound_ms = 0}));
  bench.poll({reading("a", base::kMaxEventTime, 0)});
  EXPECT_EQ(bench.out.rows(0).size(), 1u);
}

TEST(SourceStage, WhatTheSourceSetAsideIsCountedByReason) {
  Bench bench(with({.bound_ms = 0}));
  ports::SourceBatch batch;
  batch.bad.push_back({"{oops", "plant/1", BadReason::kMalformed, "at byte 1", 70});
  batch.bad.push_back({std::string("\xff\0", 2), "plant/2", BadReason::kInvalidUtf8, "", 80});
  // A source whose clock is out of its mind must not break the windows behind `errors`.
  batch.bad.push_back({"", "", BadReason::kTooLarge, "", kMaxTimestamp});
  batch.topic_differences = 2;
  batch.shed = 5;
  bench.poll(std::move(batch));
  EXPECT_EQ(bench.out.rows(1),
            (Rows{row({"{oops", "plant/1", "malformed", 70}, 70),
                  row({std::string("\xff\0", 2), "plant/2", "invalid_utf8", 80}, 80),
                  row({"", "", "too_large", kMaxTimestamp}, base::kMaxEventTime)}));
  EXPECT_EQ(bench.stage.ledger().received.get(), 8u);
  EXPECT_EQ(bench.stage.ledger().malformed.get(), 3u);
  EXPECT_EQ(bench.stage.ledger().shed.get(), 5u);
  EXPECT_EQ(bench.stage.topic_differences().get(), 2u);
  EXPECT_EQ(bench.stage.bad(BadReason::kMalformed).get(), 1u);
  EXPECT_EQ(bench.stage.bad(BadReason::kTooLarge).get(), 1u);
  EXPECT_EQ(bench.stage.bad(BadReason::kWrongType).get(), 0u);
}

TEST(SourceStage, TheSameWhateverTheBatches) {
  Rows input;
  for (int i = 0; i < 400; ++i) {
    const Value ts = i % 17 == 0 ? Value() : Value(i * 10 + (i % 13 == 0 ? 5'000 : -(i * 7 % 60)));
    input.push_back(reading("d" + std::to_string(i * 5 % 7), ts, i * 10));
  }
  for (const std::optional<std::size_t> per : {std::optional<std::size_t>(), {0}}) {
    const SourceStageConfig config = with({.bound_ms = 20,
                                           .per_field = per,
                                           .max_lag_ms = 50,
                                           .max_devices = 5,
                                           .max_future_skew_ms = 1'000});
    Bench whole(config);
    whole.poll(input);
    EXPECT_FALSE(whole.out.rows(1).empty());
    EXPECT_FALSE(whole.out.rows(2).empty());
    for (const std::size_t size : {1u, 7u, 64u}) {
      Bench bench(config);
      for (std::size_t at = 0; at < input.size(); at += size) {
        const auto end = std::min(at + size, input.size());
        bench.poll(
            Rows(input.begin() + static_cast<long>(at), input.begin() + static_cast<long>(end)));
      }
      for (std::size_t output = 0; output < 3; ++output) {
        EXPECT_EQ(bench.out.rows(output), whole.out.rows(output));
        EXPECT_EQ(seen(bench.out.rows(output)), seen(whole.out.rows(output)));
        EXPECT_EQ(bench.out.watermark(output), whole.out.watermark(output));
      }
    }
  }
}

TEST(SourceStage, PunctuatedByAnExpression) {
  SourceStageConfig config = with({.strategy = time::WatermarkStrategy::kPunctuated});
  config.punctuated_when = compiled("`end`", schema());
  Bench bench(config);
  bench.poll({row({"a", 100, false}, 0), row({"b", 90, true}, 0), row({"c", Value(), true}, 0),
              row({"d", 95, Value()}, 0)});
  EXPECT_EQ(seen(bench.out.rows(0)), (std::vector<TimestampMs>{kMinTimestamp, kMinTimestamp, 90}));
  EXPECT_EQ(bench.stage.watermark(), 90);
}

TEST(SourceStage, ABoundedSourceEndsWithTheFinalWatermark) {
  Bench bench(with({.bound_ms = 0, .idle_timeout_ms = 100}), /*bounded=*/true);
  bench.poll({reading("a", 100)});
  bench.wait(1'000'000);
  EXPECT_FALSE(bench.stage.idle());
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), std::nullopt);
  bench.poll({reading("b", 200)}, SourceStatus::kEnded);
  EXPECT_EQ(bench.out.rows(0).size(), 2u);
  for (std::size_t output = 0; output < 3; ++output) {
    EXPECT_EQ(bench.out.watermark(output), kMaxTimestamp);
  }
}

TEST(SourceStage, NoneStrategyStillEndsWithTheFinalWatermark) {
  Bench bench(with({.strategy = time::WatermarkStrategy::kNone}), true);
  bench.poll({reading("a", 100)}, SourceStatus::kEnded);
  EXPECT_EQ(bench.out.rows(0)[0].seen, kMinTimestamp);
  EXPECT_EQ(bench.out.watermark(0), kMaxTimestamp);
}

TEST(SourceStage, IdleAfterTheTimeoutAndActiveWithTheNextRow) {
  Bench bench(with({.bound_ms = 0, .idle_timeout_ms = 30'000}));
  bench.poll(Rows{});
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), 30'000);
  bench.wait(29'999);
  EXPECT_FALSE(bench.stage.idle());
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), 1);
  bench.wait(1);
  EXPECT_TRUE(bench.stage.idle());
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), std::nullopt);
  bench.poll({reading("a", 100)});
  EXPECT_FALSE(bench.stage.idle());
  bench.wait(20'000);
  bench.poll({reading("a", Value())});  // a bad reading is a sign of life
  bench.wait(29'999);
  EXPECT_FALSE(bench.stage.idle());
  bench.wait(1);
  EXPECT_TRUE(bench.stage.idle());
}

TEST(SourceStage, BackPressureAndLostConnectionsAreNotSilence) {
  Bench bench(with({.bound_ms = 0, .idle_timeout_ms = 1'000}));
  bench.poll(Rows{});
  bench.wait(400);
  bench.stage.stop_listening(bench.now);
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), std::nullopt);
  bench.wait(60'000);
  EXPECT_FALSE(bench.stage.idle());
  bench.poll(Rows{}, SourceStatus::kMore);  // it can be read again, and has more
  bench.wait(60'000);
  bench.poll(Rows{}, SourceStatus::kQuiet, /*connected=*/false);
  bench.wait(60'000);
  EXPECT_FALSE(bench.stage.idle());
  bench.poll(Rows{});
  bench.wait(599);
  EXPECT_FALSE(bench.stage.idle());
  bench.wait(1);  // 400 + 600
  EXPECT_TRUE(bench.stage.idle());
}

TEST(SourceStage, ASilentDeviceStopsHoldingTheWatermark) {
  Bench bench(with({.bound_ms = 0, .idle_timeout_ms = 1'000, .per_field = 0}));
  bench.poll({reading("dead", 100), reading("a", 500)});
  EXPECT_EQ(bench.stage.watermark(), 99);
  bench.wait(600);
  bench.poll({reading("a", 600)});
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), 400);
  bench.wait(400);
  EXPECT_FALSE(bench.stage.idle());
  for (std::size_t output = 0; output < 3; ++output) EXPECT_EQ(bench.out.watermark(output), 599);
}

TEST(SourceStage, ABadReadingIsNoReadingOfItsDevice) {
  Bench bench(with({.bound_ms = 0, .per_field = 0, .max_future_skew_ms = 1'000}));
  bench.poll({reading("a", 500, 500), reading("b", Value(), 500), reading("c", 9'999, 500)});
  EXPECT_EQ(bench.stage.devices(), 1u);
  EXPECT_EQ(bench.stage.watermark(), 499);
}

TEST(SourceStage, PeriodicWatermarksMoveInSilence) {
  Bench bench(with({.bound_ms = 0, .interval_ms = 200}));
  bench.poll({reading("a", 100)});
  EXPECT_EQ(bench.out.watermark(0), kMinTimestamp);
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), 200);
  bench.wait(200);
  EXPECT_EQ(bench.out.watermark(0), 99);
  EXPECT_EQ(bench.stage.next_time_in_ms(bench.now), std::nullopt);
}

TEST(SourceStage, AWatermarkRaisedByHandNeverGoesBack) {
  Bench bench(with({.bound_ms = 0}));
  bench.stage.raise_watermark(500, bench.out);
  bench.stage.raise_watermark(400, bench.out);
  bench.poll({reading("a", 100), reading("b", 600)});
  EXPECT_EQ(seen(bench.out.rows(0)), (std::vector<TimestampMs>{500, 500}));
  for (std::size_t output = 0; output < 3; ++output) EXPECT_EQ(bench.out.watermark(output), 599);
}

TEST(SourceStage, ARestoredStageGoesOnAsIfNothingHadHappened) {
  const SourceStageConfig config = with({.bound_ms = 5, .per_field = 0, .max_lag_ms = 100});
  const Rows before{reading("a", 100, 100), reading("b", 90, 110), reading("c", 5, 120)};
  const Rows after{reading("b", 150, 160), reading("c", 160, 165), reading("a", 170, 170)};
  Bench whole(config);
  whole.poll(before);
  base::ByteWriter state;
  whole.stage.snapshot(state);
  Bench restored(config);
  base::ByteReader in(state.bytes());
  ASSERT_TRUE(restored.stage.restore(in).ok());
  EXPECT_EQ(restored.stage.watermark(), whole.stage.watermark());
  restored.poll(after);
  whole.poll(after);
  const Rows tail(whole.out.rows(0).begin() + 3, whole.out.rows(0).end());
  EXPECT_EQ(restored.out.rows(0), tail);
  EXPECT_EQ(seen(restored.out.rows(0)), seen(tail));
  const std::string cut = state.bytes().substr(0, 3);
  base::ByteReader broken(cut);
  Bench other(config);
  EXPECT_EQ(other.stage.restore(broken).error().code(), ErrorCode::kCorrupt);
}

TEST(ErrorsSchema, TheReasonGetsANameOfItsOwn) {
  const auto plain = errors_schema(*schema());
  EXPECT_EQ(plain->names(), (std::vector<std::string>{"id", "ts", "end", "reason"}));
  const auto taken =
      errors_schema(data::Schema({{"reason", data::kBigint}, {"reason_", data::kDouble}}));
  EXPECT_EQ(taken->names(), (std::vector<std::string>{"reason", "reason_", "reason__"}));
}

TEST(RowErrors, RowsAsJson) {
  const auto fields = data::make_schema({{"a\"b", data::kDouble}, {"c", data::kBytes}});
  const data::Batch batch = harness::make_batch(fields, {row({1.0, "f"}), row({Value(), Value()})});
  EXPECT_EQ(row_to_json(batch, 0), R"({"a\"b":1.0,"c":"Zg=="})");
  EXPECT_EQ(row_to_json(batch, 1), R"({"a\"b":null,"c":null})");
}

}  // namespace
}  // namespace leat::operators
