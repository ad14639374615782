#include "core/time/idle_timer.h"

namespace leat::time {

void IdleTimer::read(std::int64_t monotonic_ms, bool quiet, bool connected) {
  if (connected) tick(monotonic_ms);
  since_ms_ = monotonic_ms;
  listening_ = quiet && connected;
}

void IdleTimer::stop(std::int64_t monotonic_ms) {
  tick(monotonic_ms);
  listening_ = false;
}

void IdleTimer::tick(std::int64_t monotonic_ms) {
  if (listening_ && monotonic_ms > since_ms_) listened_ms_ += monotonic_ms - since_ms_;
  since_ms_ = monotonic_ms;
}

}  // namespace leat::time
