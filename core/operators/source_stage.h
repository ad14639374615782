// What stands between a source's rows and the job: event times, the skew guard, watermarks,
// idleness.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/counter.h"
#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"
#include "core/ports/ledger.h"
#include "core/ports/source.h"
#include "core/time/idle_timer.h"
#include "core/time/watermark_generator.h"

namespace leat::operators {

// Both clocks of env::Clock at one moment; core reads none by itself.
struct ClockReading {
  TimestampMs now_ms = 0;
  std::int64_t monotonic_ns = 0;
};

// What one Source::poll() said, beside its rows.
struct PollFacts {
  ports::SourceStatus status = ports::SourceStatus::kQuiet;
  bool connected = true;
  ClockReading now;
};

// One for each source subtask, used by the task's thread only. Outputs: 0 rows, 1 `errors`
// (source_errors_schema()), 2 `rejected` (the source's schema).
//
// A row's event time is its event-time field, or its time of arrival. Null or outside the years
// 0000 to 9999: to `errors` as bad_timestamp, with the row as JSON. Further ahead of its time of
// arrival than max_future_skew: to `rejected`. Neither moves the watermark, and neither touches the
// clock of a device. "The clock" for the guards and for max_lag is each row's own time of arrival,
// so that rows that are played again are judged as they were.
//
// Rows on output 1 have their time of arrival as event time, and come in the order of arrival.
// Every output carries the source's watermark.
//
// The usual batch, all of it good, goes through without a copy of any column but the event times.
class SourceStage {
 public:
  // `bounded`: idleness never applies. `config.schema` has the types that the batches will have.
  SourceStage(SourceStageConfig config, bool bounded);

  // After each Source::poll(), also one without rows. With kEnded: the final watermark; nothing
  // else may follow.
  void process(ports::SourceBatch&& batch, const PollFacts& facts, Output& out);
  // The source is not read for now (back-pressure, alignment, replay): silence does not count until
  // the next process().
  void stop_listening(ClockReading now);
  // Moves what the clock moves: a periodic watermark, devices and the source falling idle.
  void on_time(ClockReading now, Output& out);
  // The watermark moves to `watermark`, whatever the rows say; never back.
  void raise_watermark(TimestampMs watermark, Output& out);
  // After how long on_time() has something to do, if no row comes before; never negative.
  std::optional<DurationMs> next_time_in_ms(ClockReading now) const;

  // The source as a whole has been silent for idle_timeout. Rows end it: they stand for the change
  // to active, which comes before them.
  bool idle() const { return idle_; }
  TimestampMs watermark() const { return generator_.watermark(); }
  std::size_t devices() const { return generator_.devices(); }

  const ports::SourceLedger& ledger() const { return ledger_; }
  const base::Counter& bad(ports::BadReason reason) const {
    return bad_[static_cast<std::size_t>(reason)];
  }
  const base::Counter& topic_differences() const { return topic_differences_; }

  // Between two calls. Idleness, silence and a periodic interval start anew on restore; counts are
  // no state.
  void snapshot(base::ByteWriter& out) const { generator_.snapshot(out); }
  Result<void> restore(base::ByteReader& in) { return generator_.restore(in); }

 private:
  struct Sorted;
  bool all_good(const data::Batch& rows) const;
  Sorted sort_out(const data::Batch& rows) const;
  void take_rows(data::Batch&& rows, Output& out);
  void take_mixed(data::Batch&& rows, Output& out);
  void follow(data::Batch& rows, const std::vector<TimestampMs>& arrivals);
  void take_in_order(ports::SourceBatch&& batch, Output& out);
  void emit_bad_records(std::span<const ports::BadRecord> records, Output& out);
  void emit_aside(const data::Batch& rows, const data::Batch& kept, const Sorted& sorted,
                  TimestampMs watermark_before, Output& out);
  void count(ports::BadReason reason);
  void update_idle();

  SourceStageConfig config_;
  bool bounded_;
  Emitter emitter_;
  time::WatermarkGenerator generator_;
  time::IdleTimer timer_;
  DurationMs heard_ms_ = 0;  // listening time when the last row or bad record came
  bool idle_ = false;
  bool ended_ = false;

  ports::SourceLedger ledger_;
  std::array<base::Counter, ports::kBadReasons> bad_;
  base::Counter topic_differences_;

  expression::RowErrors errors_;
  std::vector<std::uint32_t> punctuation_;
};

}  // namespace leat::operators
