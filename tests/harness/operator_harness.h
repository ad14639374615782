// One harness for every operator: feed rows, watermarks and time, snapshot and restore in the
// middle, look at what came out. In virtual time; nothing here sleeps or reads a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/operators/operator.h"
#include "tests/harness/rows.h"

namespace leat::harness {

// Keeps what each output was given. Ends the process when an operator breaks Output's rules: a
// wrong schema, columns of different lengths, a watermark that goes back, an output that does not
// exist.
class CollectingOutput final : public operators::Output {
 public:
  explicit CollectingOutput(std::vector<data::SchemaPtr> schemas);
  void emit(std::size_t output, data::Batch&& batch) override;

  std::size_t outputs() const { return schemas_.size(); }
  const data::SchemaPtr& schema(std::size_t output) const { return schemas_[output]; }
  const std::vector<Row>& rows(std::size_t output) const { return rows_[output]; }
  TimestampMs watermark(std::size_t output) const { return watermarks_[output]; }
  std::size_t emitted(std::size_t output) const { return emitted_[output]; }  // calls
  void clear_rows(std::size_t output) { rows_[output].clear(); }

 private:
  std::vector<data::SchemaPtr> schemas_;
  std::vector<std::vector<Row>> rows_;
  std::vector<TimestampMs> watermarks_;
  std::vector<std::size_t> emitted_;
};

// A ledger's terms as plain numbers.
struct LedgerCounts {
  std::uint64_t in = 0, used = 0, filtered = 0, late = 0, errors = 0, in_flight = 0, out = 0;
  bool closed() const { return in == used + filtered + late + errors + in_flight; }
};
LedgerCounts counts(const ports::NodeLedger& ledger);

// What to test: how to make the operator, what goes in and what comes out.
struct OperatorSetup {
  std::function<std::unique_ptr<operators::Operator>()> make;
  std::vector<data::SchemaPtr> inputs;
  std::vector<data::SchemaPtr> outputs;  // in the order of NodeSpec::outputs
};

// The harness stands where the runtime does: it merges watermarks (watermark() is the operator's
// own) and moves the clock. Rows are gathered into batches of `batch_size` and passed on when a
// batch is full, the input changes, or anything but element() and watermark() is called; so the
// same calls with batch sizes 1, 7 and 512 must give the same rows.
//
// Checked after every call, by ending the process: the ledger is closed, outputs keep Output's
// rules, a restored operator reads its snapshot to the last byte. An Error of the operator stops
// the harness; the next look at the results ends the process unless take_error() was called.
class OperatorHarness {
 public:
  explicit OperatorHarness(OperatorSetup setup, std::size_t batch_size = 1);

  void element(std::vector<data::Value> values, TimestampMs event_time, std::size_t input = 0);
  // No effect when it is not ahead of the last one.
  void watermark(TimestampMs watermark);
  // From now on the watermark follows every row: max(event time) - bound_ms - 1.
  void follow_watermark(DurationMs bound_ms) { bound_ms_ = bound_ms; }
  // Whole batches; what was gathered goes first. The batch's watermarks count.
  void batch(data::Batch batch, std::size_t input = 0);
  // Moves the clock; timers that come due on the way run at their own times, in order.
  void advance_clock(DurationMs by_ms);
  TimestampMs now_ms() const { return now_ms_; }
  // The final watermark, then end_input().
  void end_input();

  // Snapshot, throw the operator away, make another, restore it. Rows collected stay.
  void snapshot_and_restore();
  std::string snapshot();
  // Into a new operator; what the operator says of these bytes (not remembered as the harness's
  // error).
  Result<void> restore(std::string_view bytes);

  const std::vector<Row>& rows(std::size_t output = 0);
  // The rows so far, which are then forgotten.
  std::vector<Row> take_rows(std::size_t output = 0);
  TimestampMs output_watermark(std::size_t output = 0);
  std::size_t emitted(std::size_t output = 0);
  // Over all incarnations since the start.
  LedgerCounts ledger();
  // The operator's Error, if it gave one; the harness goes on then with a broken operator.
  std::optional<Error> take_error();
  operators::Operator& op() { return *operator_; }

 private:
  void flush();
  void settle(const Result<void>& result);
  void ready();
  void make_operator();

  OperatorSetup setup_;
  std::size_t batch_size_;
  std::unique_ptr<operators::Operator> operator_;
  CollectingOutput out_;
  data::Batch pending_;
  std::size_t pending_input_ = 0;
  TimestampMs watermark_ = kMinTimestamp;
  TimestampMs passed_on_ = kMinTimestamp;  // the watermark the operator knows
  TimestampMs max_event_time_ = kMinTimestamp;
  std::optional<DurationMs> bound_ms_;
  TimestampMs now_ms_ = 0;
  LedgerCounts earlier_;
  std::optional<Error> error_;
};

// A run that can be played again with other batch sizes and restores.
struct Step {
  enum class Kind { kRow, kWatermark, kAdvanceClock, kEnd };
  Kind kind = Kind::kRow;
  Row row;
  std::size_t input = 0;
  std::int64_t amount = 0;  // the watermark, or the milliseconds to advance
};
Step element(std::vector<data::Value> values, TimestampMs event_time, std::size_t input = 0);
Step watermark(TimestampMs watermark);
Step advance_clock(DurationMs by_ms);
Step end_input();

struct Outcome {
  std::vector<std::vector<Row>> rows;  // by output
  LedgerCounts ledger;
  std::optional<Error> error;
};
// `restore_after`: snapshot and restore after that many steps.
Outcome play(const OperatorSetup& setup, const std::vector<Step>& steps, std::size_t batch_size = 1,
             std::optional<std::size_t> restore_after = std::nullopt,
             std::optional<DurationMs> follow_bound_ms = std::nullopt);
// Plays the steps with batch sizes 1, 7 and 512, each whole and with a restore at a few places.
// Ends the process when any output differs from that of batch size 1; returns that one.
Outcome play_every_way(const OperatorSetup& setup, const std::vector<Step>& steps,
                       std::optional<DurationMs> follow_bound_ms = std::nullopt);

}  // namespace leat::harness
