// A count with one writer (the thread that owns it) and any number of readers.
#pragma once

#include <atomic>
#include <cstdint>

namespace leat::base {

// add() is a plain load and store, no locked instruction: only the owning thread may call it.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter& other) : value_(other.get()) {}
  Counter& operator=(const Counter& other) {
    set(other.get());
    return *this;
  }
  void add(std::uint64_t n = 1) { set(get() + n); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace leat::base
