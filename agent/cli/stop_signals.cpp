#include "agent/cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace leat::cli {

StopSignals::StopSignals(std::function<void()> on_first) : on_first_(std::move(on_first)) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { wait(); });
}

StopSignals::~StopSignals() {
  done_.store(true, std::memory_order_release);
  // Wakes it, and only it.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void StopSignals::wait() {
  for (int received = 0;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (done_.load(std::memory_order_acquire)) return;
    if (++received > 1) _exit(128 + signal);
    on_first_();
  }
}

}  // namespace leat::cli
