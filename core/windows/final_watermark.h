// Time for windows that end with the input.
#pragma once

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/data/batch.h"

namespace leat::windows {

// The final watermark comes before end_input(), and a row sent after it would be late for every
// window downstream. So it is held back until what fires at the end has gone on. Those results
// carry the time of the newest row seen, or of the first one that is not yet late downstream when
// that is later.
class FinalWatermark {
 public:
  // What may be announced: the last watermark short of kMaxTimestamp.
  TimestampMs announced() const { return announced_; }
  void follow(const data::Batch& batch) {
    for (const TimestampMs time : batch.event_times) newest_row_ = std::max(newest_row_, time);
    note(batch.watermark_before);
    auto last = batch.watermarks.rbegin();
    while (last != batch.watermarks.rend() && *last == kMaxTimestamp) ++last;
    if (last != batch.watermarks.rend()) note(*last);
  }
  TimestampMs end_time() const {
    return std::min(std::max(newest_row_, base::saturating_add(announced_, 1)),
                    base::kMaxEventTime);
  }

  void save(base::ByteWriter& out) const {
    out.i64(announced_);
    out.i64(newest_row_);
  }
  void load(base::ByteReader& in) {
    announced_ = in.i64();
    newest_row_ = in.i64();
  }

 private:
  void note(TimestampMs watermark) {
    if (watermark != kMaxTimestamp) announced_ = std::max(announced_, watermark);
  }
  TimestampMs announced_ = kMinTimestamp;
  TimestampMs newest_row_ = base::kMinEventTime;
};

inline bool is_event_time(TimestampMs time) {
  return time >= base::kMinEventTime && time <= base::kMaxEventTime;
}

}  // namespace leat::windows
