// The machine's clocks.
#pragma once

#include <chrono>

#include "core/env/clock.h"

namespace leat::task_manager {

class SystemClock final : public env::Clock {
 public:
  TimestampMs now_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::int64_t monotonic_ns() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace leat::task_manager
