#include "agent/task_manager/slot.h"

#include <algorithm>
#include <chrono>

namespace leat::task_manager {

void SlotWaker::wake() {
  if (awake_.exchange(true, std::memory_order_seq_cst)) return;
  // Taking the lock orders this with a sleeper that has looked at the flag and is about to wait.
  { const std::lock_guard<std::mutex> lock(mutex_); }
  woken_.notify_one();
}

void SlotWaker::sleep(std::optional<std::int64_t> at_most_ms) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_awake = [this] { return awake_.load(std::memory_order_seq_cst); };
  if (at_most_ms) {
    woken_.wait_for(lock, std::chrono::milliseconds(*at_most_ms), is_awake);
  } else {
    woken_.wait(lock, is_awake);
  }
}

Slot::Slot(const env::Clock& clock, SlotWaker& waker, std::vector<runtime::Task*> tasks,
           std::function<void(bool failed)> on_end)
    : clock_(clock), waker_(waker), tasks_(std::move(tasks)), on_end_(std::move(on_end)) {}

Slot::~Slot() {
  quit();
  join();
}

void Slot::start() {
  thread_ = std::thread([this] { run(); });
}

void Slot::quit() {
  quit_.store(true, std::memory_order_release);
  waker_.wake();
}

void Slot::join() {
  if (thread_.joinable()) thread_.join();
}

void Slot::run() {
  outcome_ = run_tasks();
  on_end_(!outcome_.ok());
}

Result<void> Slot::run_tasks() {
  while (!quit_.load(std::memory_order_acquire)) {
    waker_.clear();
    bool progress = false;
    bool finished = true;
    for (runtime::Task* task : tasks_) {
      LEAT_TRY_ASSIGN(const bool stepped, task->step());
      progress = progress || stepped;
      finished = finished && task->finished();
    }
    if (finished) return {};
    if (!progress) waker_.sleep(until_next_wake_ms());
  }
  return {};
}

std::optional<std::int64_t> Slot::until_next_wake_ms() const {
  std::optional<TimestampMs> next;
  for (const runtime::Task* task : tasks_) {
    const auto wake = task->next_wake_ms();
    if (wake && (!next || *wake < *next)) next = wake;
  }
  if (!next) return std::nullopt;
  constexpr std::int64_t kLongestMs = 3'600'000;  // a clock that jumps is noticed after an hour
  return std::clamp<std::int64_t>(*next - clock_.now_ms(), 1, kLongestMs);
}

}  // namespace leat::task_manager
