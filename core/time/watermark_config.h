// How a source's watermark follows its rows; the `watermark` section of a source.
#pragma once

#include <cstddef>
#include <optional>

#include "core/base/time.h"

namespace leat::time {

enum class WatermarkStrategy {
  kAscending,              // Flink AscendingTimestampsWatermarks: max_timestamp - 1
  kBoundedOutOfOrderness,  // Flink BoundedOutOfOrdernessWatermarks: max_timestamp - bound - 1
  kPunctuated,             // on rows for which `when` holds: that row's timestamp
  kNone,                   // only the final watermark of a bounded source
};

struct WatermarkConfig {
  WatermarkStrategy strategy = WatermarkStrategy::kBoundedOutOfOrderness;
  DurationMs bound_ms = 0;
  std::optional<DurationMs> idle_timeout_ms;
  std::optional<DurationMs> interval_ms;         // periodic, as Flink; none: after every row
  std::optional<std::size_t> per_field;          // one clock for each value of that field
  std::optional<DurationMs> max_lag_ms;          // with per_field
  std::size_t max_devices = 10'000;              // with per_field
  std::optional<DurationMs> max_future_skew_ms;  // none: the guard is off
  std::optional<DurationMs> max_drift_ms;
};

}  // namespace leat::time
