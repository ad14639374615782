// Says what was set aside and why, without flooding the log.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/env/log.h"
#include "core/ports/source.h"

namespace leat::runtime {

// The first record of each reason is shown whole (cut short); after that at most one line for each
// reason in kQuietMs, with the number left out. Counting is the ledger's business. One thread.
class BadRecordLog {
 public:
  static constexpr DurationMs kQuietMs = 10'000;

  BadRecordLog(std::string source, env::Log log)
      : source_(std::move(source)), log_(std::move(log)) {}

  void note(const std::vector<ports::BadRecord>& records, std::int64_t monotonic_ms);

 private:
  struct Reason {
    bool said = false;
    std::int64_t said_at_ms = 0;
    std::uint64_t left_out = 0;
  };
  std::string source_;
  env::Log log_;
  std::array<Reason, ports::kBadReasons> reasons_;
};

}  // namespace leat::runtime
