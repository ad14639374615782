// SIGINT and SIGTERM: the first asks, the second ends the process, whatever it is doing.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace leat::cli {

// From here on both signals are blocked in the calling thread and in those it starts; a thread of
// its own waits for them. So a main loop that is busy (a database that is locked, a broker that is
// away, a standard error that nobody reads) does not keep the second one waiting. Make one, before
// any other thread. The signals stay blocked when it goes.
class StopSignals {
 public:
  // `on_first` is called on the waiting thread. The second: _exit(128 + signal).
  explicit StopSignals(std::function<void()> on_first);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  void wait();

  std::function<void()> on_first_;
  sigset_t signals_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace leat::cli
