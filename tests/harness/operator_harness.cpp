#include "tests/harness/operator_harness.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/base/assert.h"

namespace leat::harness {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "operator harness: %s\n", what.c_str());
  std::abort();
}

}  // namespace

CollectingOutput::CollectingOutput(std::vector<data::SchemaPtr> schemas)
    : schemas_(std::move(schemas)),
      rows_(schemas_.size()),
      watermarks_(schemas_.size(), kMinTimestamp),
      emitted_(schemas_.size(), 0) {}

void CollectingOutput::emit(std::size_t output, data::Batch&& batch) {
  const data::Batch taken = std::move(batch);
  if (output >= schemas_.size()) fail("there is no output " + std::to_string(output));
  taken.check();
  if (*taken.schema != *schemas_[output]) {
    fail("wrong schema on output " + std::to_string(output));
  }
  if (taken.watermark_before < watermarks_[output]) {
    fail("the watermark of output " + std::to_string(output) + " goes back");
  }
  std::vector<Row> rows = rows_of(taken);
  std::move(rows.begin(), rows.end(), std::back_inserter(rows_[output]));
  watermarks_[output] = taken.last_watermark();
  ++emitted_[output];
}

LedgerCounts counts(const ports::NodeLedger& ledger) {
  return {ledger.in.get(),     ledger.used.get(),      ledger.filtered.get(), ledger.late.get(),
          ledger.errors.get(), ledger.in_flight.get(), ledger.out.get()};
}

OperatorHarness::OperatorHarness(OperatorSetup setup, std::size_t batch_size)
    : setup_(std::move(setup)),
      batch_size_(batch_size),
      out_(setup_.outputs),
      pending_(setup_.inputs.front()) {
  LEAT_ASSERT(batch_size > 0);
  make_operator();
}

void OperatorHarness::make_operator() { operator_ = setup_.make(); }

void OperatorHarness::settle(const Result<void>& result) {
  if (!result.ok()) {
    if (!error_) error_ = result.error();
    return;
  }
  if (!counts(operator_->ledger()).closed()) fail("the ledger is not closed");
}

void OperatorHarness::ready() {
  flush();
  if (error_) fail("the operator failed: " + error_->to_string());
}

void OperatorHarness::flush() {
  data::Batch passed(setup_.inputs[pending_input_]);
  std::swap(passed, pending_);
  pending_.watermark_before = watermark_;
  if (error_ || (passed.empty() && passed.last_watermark() <= passed_on_)) return;
  passed_on_ = passed.last_watermark();
  passed.check();
  settle(operator_->process(pending_input_, std::move(passed), out_));
}

void OperatorHarness::element(std::vector<data::Value> values, TimestampMs event_time,
                              std::size_t input) {
  if (input != pending_input_) {
    flush();
    pending_input_ = input;
    pending_ = data::Batch(setup_.inputs[input]);
    pending_.watermark_before = watermark_;
  }
  pending_.append_values(values, event_time);
  if (bound_ms_) {
    max_event_time_ = std::max(max_event_time_, event_time);
    watermark_ = std::max(watermark_, max_event_time_ - *bound_ms_ - 1);
    pending_.advance_watermark(watermark_);
  }
  if (pending_.rows() >= batch_size_) flush();
}

void OperatorHarness::watermark(TimestampMs watermark) {
  if (watermark <= watermark_) return;
  watermark_ = watermark;
  pending_.advance_watermark(watermark);
  if (batch_size_ == 1) flush();
}

void OperatorHarness::batch(data::Batch batch, std::size_t input) {
  flush();
  if (error_) return;
  if (batch.watermark_before < watermark_) fail("batch(): the watermark goes back");
  watermark_ = batch.last_watermark();
  passed_on_ = watermark_;
  pending_.watermark_before = watermark_;
  settle(operator_->process(input, std::move(batch), out_));
}

void OperatorHarness::advance_clock(DurationMs by_ms) {
  flush();
  const TimestampMs until = now_ms_ + by_ms;
  int stuck = 0;
  while (!error_) {
    const auto due = operator_->next_processing_time();
    if (!due || *due > until) break;
    stuck = *due > now_ms_ ? 0 : stuck + 1;
    if (stuck > 1000) fail("next_processing_time() does not move on");
    now_ms_ = std::max(now_ms_, *due);
    settle(operator_->on_processing_time(now_ms_, out_));
  }
  now_ms_ = until;
}

void OperatorHarness::end_input() {
  flush();
  watermark(kMaxTimestamp);
  flush();
  if (!error_) settle(operator_->end_input(out_));
}

std::string OperatorHarness::snapshot() {
  flush();
  base::ByteWriter writer;
  operator_->snapshot(writer);
  return writer.take();
}

Result<void> OperatorHarness::restore(std::string_view bytes) {
  flush();
  const LedgerCounts now = counts(operator_->ledger());
  earlier_.in += now.in;
  earlier_.used += now.used;
  earlier_.filtered += now.filtered;
  earlier_.late += now.late;
  earlier_.errors += now.errors;
  earlier_.in_flight += now.in_flight;
  earlier_.out += now.out;
  make_operator();
  base::ByteReader reader(bytes);
  LEAT_TRY(operator_->restore(reader));
  LEAT_TRY(reader.finish("operator"));
  if (!reader.at_end()) return Error(ErrorCode::kCorrupt, "the snapshot was not read to its end");
  return {};
}

void OperatorHarness::snapshot_and_restore() {
  ready();
  const std::string bytes = snapshot();
  const Result<void> restored = restore(bytes);
  if (!restored.ok()) fail("restore of a fresh snapshot: " + restored.error().to_string());
}

const std::vector<Row>& OperatorHarness::rows(std::size_t output) {
  ready();
  return out_.rows(output);
}

std::vector<Row> OperatorHarness::take_rows(std::size_t output) {
  ready();
  std::vector<Row> rows = out_.rows(output);
  out_.clear_rows(output);
  return rows;
}

TimestampMs OperatorHarness::output_watermark(std::size_t output) {
  ready();
  return out_.watermark(output);
}

std::size_t OperatorHarness::emitted(std::size_t output) {
  ready();
  return out_.emitted(output);
}

LedgerCounts OperatorHarness::ledger() {
  flush();
  LedgerCounts sum = counts(operator_->ledger());
  sum.in += earlier_.in;
  sum.used += earlier_.used;
  sum.filtered += earlier_.filtered;
  sum.late += earlier_.late;
  sum.errors += earlier_.errors;
  sum.in_flight += earlier_.in_flight;
  sum.out += earlier_.out;
  return sum;
}

std::optional<Error> OperatorHarness::take_error() {
  flush();
  std::optional<Error> taken = std::move(error_);
  error_.reset();
  return taken;
}

Step element(std::vector<data::Value> values, TimestampMs event_time, std::size_t input) {
  return {Step::Kind::kRow, row(std::move(values), event_time), input, 0};
}
Step watermark(TimestampMs watermark) { return {Step::Kind::kWatermark, {}, 0, watermark}; }
Step advance_clock(DurationMs by_ms) { return {Step::Kind::kAdvanceClock, {}, 0, by_ms}; }
Step end_input() { return {Step::Kind::kEnd, {}, 0, 0}; }

Outcome play(const OperatorSetup& setup, const std::vector<Step>& steps, std::size_t batch_size,
             std::optional<std::size_t> restore_after, std::optional<DurationMs> follow_bound_ms) {
  OperatorHarness harness(setup, batch_size);
  if (follow_bound_ms) harness.follow_watermark(*follow_bound_ms);
  std::size_t done = 0;
  for (const Step& step : steps) {
    if (restore_after == done) harness.snapshot_and_restore();
    switch (step.kind) {
      case Step::Kind::kRow:
        harness.element(step.row.values, step.row.event_time, step.input);
        break;
      case Step::Kind::kWatermark:
        harness.watermark(step.amount);
        break;
      case Step::Kind::kAdvanceClock:
        harness.advance_clock(step.amount);
        break;
      case Step::Kind::kEnd:
        harness.end_input();
        break;
    }
    ++done;
  }
  Outcome outcome;
  outcome.error = harness.take_error();
  outcome.ledger = harness.ledger();
  for (std::size_t i = 0; i < setup.outputs.size(); ++i) outcome.rows.push_back(harness.rows(i));
  return outcome;
}

Outcome play_every_way(const OperatorSetup& setup, const std::vector<Step>& steps,
                       std::optional<DurationMs> follow_bound_ms) {
  Outcome expected = play(setup, steps, 1, std::nullopt, follow_bound_ms);
  for (const std::size_t batch_size : {std::size_t{1}, std::size_t{7}, std::size_t{512}}) {
    std::vector<std::optional<std::size_t>> places{std::nullopt};
    for (std::size_t i = 1; i <= 4; ++i) places.emplace_back(steps.size() * i / 5);
    for (const auto& place : places) {
      const Outcome got = play(setup, steps, batch_size, place, follow_bound_ms);
      for (std::size_t output = 0; output < expected.rows.size(); ++output) {
        const std::string what = difference(got.rows[output], expected.rows[output]);
        if (what.empty()) continue;
        fail("batches of " + std::to_string(batch_size) +
             (place ? ", restored after step " + std::to_string(*place) : std::string()) +
             ", output " + std::to_string(output) + ", " + what);
      }
    }
  }
  return expected;
}

}  // namespace leat::harness
