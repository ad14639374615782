// The unit of time everywhere: int64 milliseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <cstdint>
#include <limits>

namespace leat::base {

using TimestampMs = std::int64_t;
using DurationMs = std::int64_t;

// A watermark of kMinTimestamp says nothing yet; kMaxTimestamp says that no row is still expected.
inline constexpr TimestampMs kMinTimestamp = std::numeric_limits<TimestampMs>::min();
inline constexpr TimestampMs kMaxTimestamp = std::numeric_limits<TimestampMs>::max();

// What a row's event time may be. Window arithmetic on times within these bounds cannot overflow.
inline constexpr TimestampMs kMinEventTime = -62'167'219'200'000;  // 0000-01-01T00:00:00Z
inline constexpr TimestampMs kMaxEventTime = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

inline TimestampMs saturating_add(TimestampMs a, DurationMs b) {
  TimestampMs sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? kMaxTimestamp : kMinTimestamp;
  return sum;
}

}  // namespace leat::base

namespace leat {
using base::DurationMs;
using base::kMaxTimestamp;
using base::kMinTimestamp;
using base::TimestampMs;
}  // namespace leat
