// When to try again, and how often to say so.
#pragma once

#include <cstdint>
#include <string>

#include "core/env/clock.h"

namespace leat::mqtt {

struct RetryOptions {
  std::int64_t min_ms = 100;
  std::int64_t max_ms = 30'000;
  // A connection that lasted that long ends the series of failures.
  std::int64_t stable_ms = 5'000;
  std::int64_t repeat_log_ms = 30'000;  // the same reason again is logged at most that often
};

// Exponential back-off with "equal jitter" (M. Brooker, "Exponential Backoff And Jitter", AWS
// 2015): half of the delay is fixed and half random, so that many clients of a broker that restarts
// do not come back at the same moment. Pure: time and randomness are given.
class Retry {
 public:
  Retry(RetryOptions options, std::uint64_t seed) : options_(options), random_(seed) {}

  // The delay before the next attempt.
  std::int64_t next_delay_ms();
  void on_stable() { failures_ = 0; }
  const RetryOptions& options() const { return options_; }

  // Whether to log this failure: yes if its reason is not the last one logged, or that was long
  // ago. `repeats` gets the number of times it was swallowed since.
  bool should_log(const std::string& reason, std::uint64_t now_ms, std::uint64_t& repeats);

 private:
  RetryOptions options_;
  env::SeededRandom random_;
  std::uint32_t failures_ = 0;
  std::string logged_reason_;
  std::uint64_t logged_at_ms_ = 0;
  std::uint64_t swallowed_ = 0;
};

}  // namespace leat::mqtt
