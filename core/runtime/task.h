// One subtask of a vertex: takes what has come in, pushes it through its chain, never blocks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/env/clock.h"
#include "core/env/executor.h"
#include "core/runtime/chain.h"
#include "core/runtime/channel.h"
#include "core/runtime/exchange_writer.h"
#include "core/runtime/source_driver.h"

namespace leat::runtime {

struct TaskOptions {
  std::size_t batch_rows = 512;  // most rows a source gives at once
  // Sources of one task take turns of so many rows. Part of what a job's output depends on (which
  // source's rows come first), so it is fixed and independent of batch_rows.
  std::size_t turn_rows = 4096;
  env::Log log;
  DurationMs flush_interval_ms = 100;  // sinks are flushed when all is quiet, and at least so often
};

// Owned and stepped by one slot's thread. The order in which a task takes its inputs and sources is
// fixed, so a job whose tasks all run in one slot is a function of its inputs.
class Task {
 public:
  Task(const env::Clock& clock, env::Waker& waker, TaskOptions options);

  // Building, before open_sinks().
  Chain& chain() { return chain_; }
  const Chain& chain() const { return chain_; }
  void add_source(ChainIndex node, const job::NodeSpec& spec, std::unique_ptr<ports::Source> source,
                  bool row_by_row);
  ExchangeWriter* add_writer(const job::PlanEdge& edge, std::vector<Channel*> channels,
                             const std::vector<expression::KeyPart>* key);
  // Rings that feed `node`: one logical channel when `ordered`, else one for each ring, from
  // `first_channel` on.
  void add_input(ChainIndex node, std::size_t first_channel, std::vector<Channel*> rings,
                 bool ordered);

  // Once, before the first step: the sinks of all tasks of a job, then their sources.
  Result<void> open_sinks();
  Result<void> open_sources();

  // Takes a bounded amount of work. True: something was done, step again. False: nothing to do, or
  // held up by a full ring or a sink; the waker is called when that changes, and next_wake_ms()
  // says when to step though it is not.
  Result<bool> step();
  std::optional<TimestampMs> next_wake_ms() const;

  // Sources end at the next step, what is on its way is finished. Sinks then take it ready or not:
  // a peer that is away does not keep the task from ending. Any thread; wake the task after.
  void request_stop() { stop_requested_.store(true, std::memory_order_release); }

  // Nothing more to come and everything handed on; after request_stop() sinks may still have rows
  // in flight, which close() waits for, with a deadline.
  bool finished() const { return finished_; }
  Result<void> close();

  const std::vector<std::unique_ptr<SourceDriver>>& sources() const { return sources_; }

  // Between two steps, with empty rings.
  void snapshot(base::ByteWriter& out) const;
  // After open_sources(), before the first step.
  Result<void> restore(base::ByteReader& in);

 private:
  struct Input {
    ChainIndex node = 0;
    std::size_t first_channel = 0;
    std::vector<Channel*> rings;
    std::vector<bool> ended;
    bool ordered = false;
    std::size_t turn = 0;
  };

  bool stopping() const { return stop_requested_.load(std::memory_order_acquire); }
  bool held_up();
  bool flush_writers();
  void end_unit();
  Result<bool> step_inputs();
  Result<bool> step_input(Input& input);
  Result<bool> step_ordered(Input& input);
  Result<bool> step_sources();
  Result<void> stop_sources();
  Result<void> flush_sinks(bool progress, TimestampMs now_ms);

  const env::Clock& clock_;
  env::Waker& waker_;
  TaskOptions options_;
  Chain chain_;
  std::vector<std::unique_ptr<SourceDriver>> sources_;
  std::vector<std::unique_ptr<ExchangeWriter>> writers_;
  std::vector<Input> inputs_;
  std::size_t source_turn_ = 0;
  std::size_t turn_rows_taken_ = 0;
  TimestampMs flushed_at_ms_ = 0;
  bool finished_ = false;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace leat::runtime
