// Where the slices of tumbling and sliding windows lie.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// Rounds towards minus infinity; divisor > 0.
inline std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return quotient - (value % divisor < 0 ? 1 : 0);
}

// Longer durations than this (36 million years) are taken as this: no sum below can overflow then.
inline constexpr DurationMs kMaxWindowMs = DurationMs{1} << 60;

// Window k is [offset + k * slide, offset + k * slide + size). Time is cut where windows start and
// where they end, which is at most twice a slide ("paired windows", Krishnamurthy, Wu and Franklin,
// "On-the-fly sharing for streamed aggregation", SIGMOD 2006). Slices are numbered: window k is
// made of slices [k * stride(), k * stride() + per_window()). Pieces of the gcd of size and slide
// would do as well, but there can be millions of them to a window.
//
// With slide >= size a slice is a window, and what lies between two belongs to none.
// Event times within [kMinEventTime, kMaxEventTime].
class SliceGeometry {
 public:
  explicit SliceGeometry(const WindowConfig& config)
      : size_(std::clamp<DurationMs>(config.size_ms, 1, kMaxWindowMs)),
        slide_(std::clamp<DurationMs>(config.slide_ms, 1, kMaxWindowMs)),
        offset_(config.offset_ms % slide_) {
    if (offset_ < 0) offset_ += slide_;
    per_ms_ = 1.0 / static_cast<double>(slide_);
    if (slide_ >= size_) return;
    rest_ = size_ % slide_;
    stride_ = rest_ == 0 ? 1 : 2;
    per_window_ = size_ / slide_ * stride_ + (rest_ == 0 ? 0 : 1);
  }

  DurationMs size() const { return size_; }
  DurationMs slide() const { return slide_; }
  DurationMs offset() const { return offset_; }
  std::int64_t stride() const { return stride_; }
  std::int64_t per_window() const { return per_window_; }

  std::int64_t slice_of(TimestampMs time) const {
    // A multiplication is close, and cheaper than a division where that is not in hardware.
    const std::int64_t since = time - offset_;
    auto period = static_cast<std::int64_t>(static_cast<double>(since) * per_ms_);
    std::int64_t within = since - period * slide_;
    while (within < 0) {
      --period;
      within += slide_;
    }
    while (within >= slide_) {
      ++period;
      within -= slide_;
    }
    if (rest_ == 0) return period;
    return 2 * period + (within >= rest_ ? 1 : 0);
  }
  TimestampMs slice_start(std::int64_t slice) const {
    if (rest_ == 0) return offset_ + slice * slide_;
    const std::int64_t period = floor_div(slice, 2);
    return offset_ + period * slide_ + (slice - 2 * period) * rest_;
  }
  TimestampMs slice_end(std::int64_t slice) const {
    return slide_ >= size_ ? slice_start(slice) + size_ : slice_start(slice + 1);
  }

  TimestampMs window_start(std::int64_t window) const { return offset_ + window * slide_; }
  TimestampMs window_end(std::int64_t window) const { return window_start(window) + size_; }
  std::int64_t first_slice(std::int64_t window) const { return window * stride_; }
  // The windows that a slice is part of: [first_window, last_window].
  std::int64_t first_window(std::int64_t slice) const {
    return floor_div(slice - per_window_ + stride_, stride_);
  }
  std::int64_t last_window(std::int64_t slice) const { return floor_div(slice, stride_); }
  // The last window with window_end - 1 <= watermark, among those that can hold a row.
  std::int64_t last_complete(TimestampMs watermark) const {
    const TimestampMs bounded =
        std::clamp<TimestampMs>(watermark, base::kMinEventTime - 1, TimestampMs{1} << 62);
    return floor_div(bounded - offset_ - size_ + 1, slide_);
  }

 private:
  DurationMs size_;
  DurationMs slide_;
  DurationMs offset_;            // [0, slide)
  DurationMs rest_ = 0;          // size % slide, when a slide has two slices
  double per_ms_ = 1;            // slides
  std::int64_t stride_ = 1;      // slices a slide
  std::int64_t per_window_ = 1;  // slices a window
};

}  // namespace leat::windows
