#include "core/runtime/watermark_merger.h"

#include <algorithm>

namespace leat::runtime {

WatermarkMerger::WatermarkMerger(std::size_t inputs) : channels_(inputs) {}

TimestampMs WatermarkMerger::minimum_of_others(std::size_t except) const {
  TimestampMs minimum = kMaxTimestamp;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const Channel& channel = channels_[i];
    if (i != except && !channel.idle && !channel.ended) {
      minimum = std::min(minimum, channel.watermark);
    }
  }
  return minimum;
}

bool WatermarkMerger::nobody_is_active() const {
  return std::all_of(channels_.begin(), channels_.end(),
                     [](const Channel& channel) { return channel.idle || channel.ended; });
}

void WatermarkMerger::merge(std::size_t input, data::Batch& batch) {
  Channel& channel = channels_[input];
  channel.watermark = std::max(channel.watermark, batch.last_watermark());
  if (!batch.empty()) channel.idle = false;
  if (channels_.size() == 1) {
    merged_ = channel.watermark;
    return;
  }
  // An idle input that only moves its watermark does not hold the others up, nor move the node.
  const TimestampMs others = minimum_of_others(input);
  TimestampMs floor = merged_;
  const auto merged = [&](TimestampMs own) {
    if (!channel.idle) floor = std::max(floor, std::min(own, others));
    return floor;
  };
  batch.watermark_before = merged(batch.watermark_before);
  for (TimestampMs& watermark : batch.watermarks) watermark = merged(watermark);
  merged_ = floor;
}

WatermarkMerger::Change WatermarkMerger::after_status_change(bool was_all_idle) {
  Change change;
  const bool all_idle = nobody_is_active();
  change.all_idle = all_idle && !was_all_idle && ended_ < channels_.size();
  change.active_again = !all_idle && was_all_idle;
  if (all_idle) {
    // Flink: when the last input turns idle, the node takes the largest of their watermarks.
    TimestampMs largest = merged_;
    for (const Channel& channel : channels_) {
      if (!channel.ended) largest = std::max(largest, channel.watermark);
    }
    change.watermark_moved = largest > merged_;
    merged_ = largest;
    return change;
  }
  const TimestampMs minimum = minimum_of_others(channels_.size());
  change.watermark_moved = minimum > merged_;
  merged_ = std::max(merged_, minimum);
  return change;
}

WatermarkMerger::Change WatermarkMerger::set_idle(std::size_t input) {
  const bool was_all_idle = nobody_is_active();
  channels_[input].idle = true;
  return after_status_change(was_all_idle);
}

WatermarkMerger::Change WatermarkMerger::set_active(std::size_t input) {
  const bool was_all_idle = nobody_is_active();
  channels_[input].idle = false;
  return after_status_change(was_all_idle);
}

WatermarkMerger::Change WatermarkMerger::set_ended(std::size_t input, bool final) {
  Channel& channel = channels_[input];
  if (channel.ended) return {};
  const bool was_all_idle = nobody_is_active();
  channel.ended = true;
  ++ended_;
  all_final_ = all_final_ && final;
  Change change;
  if (ended_ == channels_.size()) {
    change.ended = true;
    change.final = all_final_;
    return change;
  }
  return after_status_change(was_all_idle);
}

void WatermarkMerger::snapshot(base::ByteWriter& out) const {
  out.varint(channels_.size());
  out.i64(merged_);
  for (const Channel& channel : channels_) {
    out.i64(channel.watermark);
    out.boolean(channel.idle);
  }
}

Result<void> WatermarkMerger::restore(base::ByteReader& in) {
  if (in.varint() != channels_.size()) {
    return Error(ErrorCode::kCorrupt, "watermarks of another number of inputs");
  }
  merged_ = in.i64();
  for (Channel& channel : channels_) {
    channel.watermark = in.i64();
    channel.idle = in.boolean();
  }
  return in.finish("watermarks");
}

}  // namespace leat::runtime
