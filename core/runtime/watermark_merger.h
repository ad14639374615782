// The watermark of a node is the minimum over its inputs that are not idle (Flink
// StatusWatermarkValve).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/data/batch.h"

namespace leat::runtime {

// One for each node with inputs; one thread. An input is a logical channel: an edge within the
// task, an ordered exchange, or one sending subtask of any other exchange.
class WatermarkMerger {
 public:
  explicit WatermarkMerger(std::size_t inputs);

  std::size_t inputs() const { return channels_.size(); }
  TimestampMs watermark() const { return merged_; }

  // Rewrites the batch's watermarks, those of `input`, to the node's own. Rows make the input
  // active.
  void merge(std::size_t input, data::Batch& batch);

  // What a change of status does to the node.
  struct Change {
    bool watermark_moved = false;
    bool all_idle = false;      // just now: every input that has not ended is idle
    bool active_again = false;  // just now: the node was all idle before
    bool ended = false;         // just now: the last input ended
    bool final = false;         // with ended: all of them ended for good, not by a stop
  };
  Change set_idle(std::size_t input);
  Change set_active(std::size_t input);
  Change set_ended(std::size_t input, bool final);
  bool is_idle(std::size_t input) const { return channels_[input].idle; }

  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

 private:
  struct Channel {
    TimestampMs watermark = kMinTimestamp;
    bool idle = false;
    bool ended = false;
  };
  // The minimum over the active inputs but `except`; kMaxTimestamp when there are none.
  TimestampMs minimum_of_others(std::size_t except) const;
  bool nobody_is_active() const;
  Change after_status_change(bool was_all_idle);

  std::vector<Channel> channels_;
  TimestampMs merged_ = kMinTimestamp;
  std::size_t ended_ = 0;
  bool all_final_ = true;
};

}  // namespace leat::runtime
