// Standard error: log lines, and below them a progress line that they do not tear.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "core/env/log.h"

namespace leat::task_manager {

// Thread-safe.
class Console {
 public:
  // `descriptor` stays the caller's; `terminal`: it takes cursor movements.
  Console(int descriptor, bool terminal) : descriptor_(descriptor), terminal_(terminal) {}

  bool terminal() const { return terminal_; }
  void log(env::LogLevel level, std::string_view text);
  // On a terminal it takes the place of the last one, cut to what fits in one row (more would wrap,
  // and only the last row can be erased); elsewhere nothing is written.
  void progress(std::string_view text);
  // Takes the progress line away.
  void clear_progress();

 private:
  void write_all(std::string_view text);
  std::size_t columns() const;

  std::mutex mutex_;
  int descriptor_;
  bool terminal_;
  std::string progress_;
};

}  // namespace leat::task_manager
