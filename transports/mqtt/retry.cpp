#include "transports/mqtt/retry.h"

#include <algorithm>

namespace leat::mqtt {

std::int64_t Retry::next_delay_ms() {
  const std::uint32_t doublings = std::min<std::uint32_t>(failures_, 20);
  const std::int64_t full = std::min(options_.max_ms, options_.min_ms << doublings);
  ++failures_;
  const std::int64_t half = full / 2;
  const std::uint64_t range = static_cast<std::uint64_t>(full - half) + 1;
  return half + static_cast<std::int64_t>(random_.next() % range);
}

bool Retry::should_log(const std::string& reason, std::uint64_t now_ms, std::uint64_t& repeats) {
  const bool again = reason == logged_reason_ &&
                     now_ms - logged_at_ms_ < static_cast<std::uint64_t>(options_.repeat_log_ms);
  if (again) {
    ++swallowed_;
    return false;
  }
  repeats = reason == logged_reason_ ? swallowed_ : 0;
  logged_reason_ = reason;
  logged_at_ms_ = now_ms;
  swallowed_ = 0;
  return true;
}

}  // namespace leat::mqtt
