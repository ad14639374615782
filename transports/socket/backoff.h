// When to try again, and how often to say so.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/env/clock.h"

namespace leat::socket {

struct BackoffOptions {
  std::int64_t min_ms = 100;
  std::int64_t max_ms = 30'000;
  std::int64_t repeat_log_ms = 30'000;  // the same reason again is logged at most that often
};

// Doubling delays, half of each fixed and half random ("equal jitter"; M. Brooker, "Exponential
// Backoff And Jitter", AWS 2015). Pure: time and randomness are given.
class Backoff {
 public:
  Backoff(const BackoffOptions& options, std::uint64_t seed) : options_(options), random_(seed) {}

  std::int64_t next_delay_ms() {
    const std::int64_t full = std::min(options_.max_ms, options_.min_ms << std::min(failures_, 20));
    ++failures_;
    const auto range = static_cast<std::uint64_t>(full - full / 2) + 1;
    return full / 2 + static_cast<std::int64_t>(random_.next() % range);
  }
  void succeeded() { failures_ = 0; }

  bool should_log(const std::string& reason, std::int64_t now_ms) {
    if (reason == logged_reason_ && now_ms - logged_at_ms_ < options_.repeat_log_ms) return false;
    logged_reason_ = reason;
    logged_at_ms_ = now_ms;
    return true;
  }

 private:
  BackoffOptions options_;
  env::SeededRandom random_;
  int failures_ = 0;
  std::string logged_reason_;
  std::int64_t logged_at_ms_ = 0;
};

}  // namespace leat::socket
