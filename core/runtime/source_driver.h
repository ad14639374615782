// Polls one source and feeds its rows, with event times and watermarks, into the task's chain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/env/clock.h"
#include "core/env/log.h"
#include "core/operators/source_stage.h"
#include "core/ports/source.h"
#include "core/runtime/bad_record_log.h"
#include "core/runtime/chain.h"

namespace leat::runtime {

// One thread. The source is acknowledged after its rows have gone through the chain, to the sinks
// or into the rings of other tasks.
class SourceDriver {
 public:
  // `spec` is a source's and outlives the driver.
  // `row_by_row`: see job::ExecutionPlan.
  SourceDriver(ChainIndex node, const job::NodeSpec& spec, std::unique_ptr<ports::Source> source,
               bool row_by_row, const env::Clock& clock, env::Log log);

  Result<void> open(const ports::SourceContext& context);

  struct Polled {
    std::size_t rows = 0;
    ports::SourceStatus status = ports::SourceStatus::kMore;
  };
  // At most `max_rows` rows (or one message's) through the chain.
  Result<Polled> poll(std::size_t max_rows, Chain& chain);

  // The watermark moves to `watermark` as if a row had moved it; never back.
  Result<void> raise_watermark(TimestampMs watermark, Chain& chain);

  // The task is held up by what is behind it: silence from now on is not idleness.
  void held_up();
  // No more rows; what is open does not fire.
  Result<void> stop(Chain& chain);
  void close() { source_->close(); }
  bool ended() const { return ended_; }

  // When it wants to be polled though nobody wakes the task.
  std::optional<TimestampMs> next_wake_ms() const;

  const job::NodeSpec& spec() const { return spec_; }
  const ports::SourceLedger& ledger() const { return stage_.ledger(); }
  const operators::SourceStage& stage() const { return stage_; }
  ChainIndex node() const { return node_; }

  void snapshot(base::ByteWriter& out) const;
  // After open(), before the first poll.
  Result<void> restore(base::ByteReader& in);

 private:
  class StageOutput;
  Error named(const Error& error) const;
  operators::ClockReading now() const { return {clock_.now_ms(), clock_.monotonic_ns()}; }
  Result<void> take(ports::SourceBatch&& batch, const operators::PollFacts& facts, Chain& chain);
  Result<void> follow_idleness(Chain& chain, bool got_rows);

  ChainIndex node_;
  const job::NodeSpec& spec_;
  std::unique_ptr<ports::Source> source_;
  bool row_by_row_;
  const env::Clock& clock_;
  operators::SourceStage stage_;
  BadRecordLog bad_log_;
  bool idle_ = false;
  bool ended_ = false;
};

}  // namespace leat::runtime
