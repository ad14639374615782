// The line that says how a running job is doing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/runtime/job_execution.h"

namespace leat::cli {

// Rates are those since the last call.
class Progress {
 public:
  // "in 12,000/s  out 200/s  watermark 2026-11-20T16:10:28Z  lag 5s"
  std::string line(const std::vector<runtime::NodeStatus>& status, TimestampMs now_ms,
                   std::int64_t monotonic_ms);

 private:
  std::uint64_t rows_in_ = 0;
  std::uint64_t rows_out_ = 0;
  std::int64_t at_ms_ = -1;
};

}  // namespace leat::cli
