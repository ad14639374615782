// Polls one source and feeds its rows, with event times and watermarks, into the task's chain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/env/clock.h"
#include "core/operators/source_stage.h"
#include "core/ports/source.h"
#include "core/runtime/chain.h"

namespace leat::runtime {

// One thread. The source is acknowledged after its rows have gone through the chain, to the sinks or
// into the rings of other tasks.
class SourceDriver {
 public:
  SourceDriver(ChainIndex node, const job::NodeSpec& spec, std::unique_ptr<ports::Source> source);

  Result<void> open(const ports::SourceContext& context) { return source_->open(context); }

  struct Polled {
    std::size_t rows = 0;
    ports::SourceStatus status = ports::SourceStatus::kMore;
  };
  // At most `max_rows` rows (or one message's) through the chain.
  Result<Polled> poll(std::size_t max_rows, TimestampMs now_ms, Chain& chain);

  // The task was held up by what is behind it: the time since the last poll is not idleness.
  void held_up() { held_up_ = true; }
  // No more rows; what is open does not fire.
  Result<void> stop(Chain& chain);
  void close() { source_->close(); }
  bool ended() const { return ended_; }

  // When it wants to be polled though nobody wakes the task.
  std::optional<TimestampMs> next_wake_ms() const;

  const ports::SourceLedger& ledger() const { return stage_.ledger(); }
  ChainIndex node() const { return node_; }

  void snapshot(base::ByteWriter& out) const;
  // After open(), before the first poll.
  Result<void> restore(base::ByteReader& in);

 private:
  ChainIndex node_;
  std::unique_ptr<ports::Source> source_;
  operators::SourceStage stage_;
  ports::SourceBatch batch_;
  bool idle_ = false;
  bool held_up_ = false;
  bool ended_ = false;
};

}  // namespace leat::runtime
