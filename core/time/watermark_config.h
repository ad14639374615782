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
  std::optional<DurationMs> idle_timeout_ms = std::nullopt;
  std::optional<DurationMs> interval_ms =
      std::nullopt;                                     // periodic, as Flink; none: after every row
  std::optional<std::size_t> per_field = std::nullopt;  // one clock for each value of that field
  std::optional<DurationMs> max_lag_ms = std::nullopt;  // with per_field
  std::size_t max_devices = 10'000;                     // with per_field
  std::optional<DurationMs> max_future_skew_ms = std::nullopt;  // none: the guard is off
  std::optional<DurationMs> max_drift_ms = std::nullopt;
};

}  // namespace leat::time
