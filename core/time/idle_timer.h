// How long a source has been listening in vain: the measure of idleness.
#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace leat::time {

// Adds up the time in which a source was connected, could have been read and had nothing more. Time
// in back-pressure, alignment, replay, without a connection, or while there was more to read than
// was taken does not count. Starts at zero, also after a recovery (it is in no snapshot).
//
// Silence is a difference of two readings of listened_ms(). All times are of a monotonic clock, in
// milliseconds; one that goes back counts nothing.
class IdleTimer {
 public:
  // The source was read. Time from now on counts when it had nothing more (`quiet`) and is
  // connected; time since the last call counts when it was listening then and still is connected.
  void read(std::int64_t monotonic_ms, bool quiet, bool connected);
  // From now on the source is not read; until now it was listening, if it was before.
  void stop(std::int64_t monotonic_ms);
  // Counts what has passed, without a read.
  void tick(std::int64_t monotonic_ms);

  bool listening() const { return listening_; }
  DurationMs listened_ms() const { return listened_ms_; }

 private:
  bool listening_ = false;
  std::int64_t since_ms_ = 0;
  DurationMs listened_ms_ = 0;
};

}  // namespace leat::time
