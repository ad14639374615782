// The watermark of one source subtask, as it follows the rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/time/device_clocks.h"
#include "core/time/watermark_config.h"

namespace leat::time {

// The strategies of Apache Flink (AscendingTimestampsWatermarks, BoundedOutOfOrdernessWatermarks, a
// punctuated generator), moved after every row, or with `interval_ms` only when the clock passes
// the interval, as Flink's periodic emission: then the watermark moves between two rows, to what
// the rows before them say. The times of arrival are the clock as far as rows come; on_time() is
// for silence.
//
// With `per_field` the watermark is the minimum over the devices' own (DeviceClocks). It never goes
// back, whatever a device that joins or returns says. One thread.
class WatermarkGenerator {
 public:
  WatermarkGenerator(const WatermarkConfig& config, const data::Schema& schema);

  // Fills in the batch's watermarks from its event times. `arrivals`: one for each row.
  // `punctuation`: the rows, ascending, that punctuate (kPunctuated; otherwise empty).
  // `listened_ms` as IdleTimer.
  void follow(data::Batch& batch, std::span<const TimestampMs> arrivals,
              std::span<const std::uint32_t> punctuation, DurationMs listened_ms);

  // The wall clock stands at `now_ms`: a periodic watermark moves if its time has come. True if it
  // did move.
  bool on_time(TimestampMs now_ms);
  // When on_time() has something to do; only with `interval_ms`.
  std::optional<TimestampMs> next_emission_ms() const;
  // Devices silent for idle_timeout leave the minimum. True if the watermark moved.
  bool on_listened(DurationMs listened_ms);
  std::optional<DurationMs> next_expiry_ms() const;

  // Somebody says that no row at or before `watermark` is still expected. Never back.
  void raise(TimestampMs watermark) { watermark_ = std::max(watermark_, watermark); }
  // The end of a bounded source: kMaxTimestamp.
  void finish() { watermark_ = kMaxTimestamp; }

  TimestampMs watermark() const { return watermark_; }
  std::size_t devices() const { return devices_ ? devices_->known() : 0; }

  // A periodic interval starts anew on restore.
  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

 private:
  void follow_all(const data::Batch& batch, std::vector<TimestampMs>& watermarks);
  template <class Candidate>
  void follow_each(data::Batch& batch, std::span<const TimestampMs> arrivals, Candidate candidate);
  bool interval_passed(TimestampMs now_ms);

  WatermarkConfig config_;
  DurationMs delay_ms_ = 0;
  TimestampMs watermark_ = kMinTimestamp;  // given out
  TimestampMs candidate_ = kMinTimestamp;  // what the rows so far say; ahead of it when periodic
  std::optional<TimestampMs> next_emission_ms_;
  std::unique_ptr<DeviceClocks> devices_;
};

}  // namespace leat::time
