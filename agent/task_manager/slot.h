// A slot: a thread that steps its tasks, and sleeps when they have nothing to do.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/env/clock.h"
#include "core/env/executor.h"
#include "core/runtime/task.h"

namespace leat::task_manager {

// Wakes one sleeping thread. wake() costs one atomic exchange while the thread is awake.
class SlotWaker final : public env::Waker {
 public:
  void wake() override;
  // The slot's thread only: what was asked for up to now is being looked at.
  void clear() { awake_.store(false, std::memory_order_seq_cst); }
  // The slot's thread only: until woken since the last clear(), or for so long.
  void sleep(std::optional<std::int64_t> at_most_ms);

 private:
  std::atomic<bool> awake_{false};
  std::mutex mutex_;
  std::condition_variable woken_;
};

class Slot {
 public:
  // The clock and the waker outlive the slot. `on_end` is called once, on the slot's thread, when
  // all tasks have finished, one has failed, or the slot was told to quit.
  Slot(const env::Clock& clock, SlotWaker& waker, std::vector<runtime::Task*> tasks,
       std::function<void(bool failed)> on_end);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  void start();
  // Ends the thread after the step it is in. Any thread.
  void quit();
  void join();
  // After on_end: why it failed, if it did.
  const Result<void>& outcome() const { return outcome_; }

 private:
  void run();
  Result<void> run_tasks();
  std::optional<std::int64_t> until_next_wake_ms() const;

  const env::Clock& clock_;
  SlotWaker& waker_;
  std::vector<runtime::Task*> tasks_;
  std::function<void(bool failed)> on_end_;
  std::atomic<bool> quit_{false};
  Result<void> outcome_;
  std::thread thread_;
};

}  // namespace leat::task_manager
