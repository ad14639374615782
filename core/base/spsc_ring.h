// A bounded ring between exactly one producer thread and one consumer thread. Never blocks, never
// allocates after construction. Waking the other side is the caller's business (core/env Waker).
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/assert.h"

namespace leat::base {

// T is default-constructible and movable. Indexes run freely and wrap modulo 2^N; the capacity is
// rounded up to a power of two. L. Lamport, "Specifying Concurrent Program Modules" (1983), with
// each side caching the other's index.
template <class T>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity) : slots_(std::bit_ceil(capacity)) {
    LEAT_ASSERT(capacity > 0);
  }
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  std::size_t capacity() const { return slots_.size(); }

  // Producer only. False when the ring is full; `item` is then untouched.
  bool try_push(T&& item) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - cached_head_ == slots_.size()) {
      cached_head_ = head_.load(std::memory_order_acquire);
      if (tail - cached_head_ == slots_.size()) return false;
    }
    slots_[tail & (slots_.size() - 1)] = std::move(item);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Consumer only.
  std::optional<T> try_pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == cached_tail_) {
      cached_tail_ = tail_.load(std::memory_order_acquire);
      if (head == cached_tail_) return std::nullopt;
    }
    std::optional<T> item(std::move(slots_[head & (slots_.size() - 1)]));
    head_.store(head + 1, std::memory_order_release);
    return item;
  }

  // Any thread; exact only when the other side is still.
  std::size_t size() const {
    const std::size_t head = head_.load(std::memory_order_acquire);
    return tail_.load(std::memory_order_acquire) - head;
  }
  bool empty() const { return size() == 0; }
  bool full() const { return size() >= slots_.size(); }

 private:
  std::vector<T> slots_;
  alignas(64) std::atomic<std::size_t> head_{0};
  std::size_t cached_tail_ = 0;
  alignas(64) std::atomic<std::size_t> tail_{0};
  std::size_t cached_head_ = 0;
};

}  // namespace leat::base
