// Bytes on their way from the loop's thread to the task's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/time.h"

namespace leat::socket {

// What one read brought. Owned by one thread at a time; goes back to be filled again.
struct Chunk {
  static constexpr std::size_t kBytes = 64 * 1024;
  std::unique_ptr<char[]> bytes = std::make_unique<char[]>(kBytes);
  std::size_t size = 0;
  std::uint64_t connection = 0;             // a number never used twice
  std::shared_ptr<const std::string> peer;  // for people
  bool last = false;                        // the connection has ended
  TimestampMs received_ms = 0;
};

}  // namespace leat::socket
