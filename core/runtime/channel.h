// A bounded ring from one subtask to another, with the wake-ups that keep both from sleeping on it.
#pragma once

#include <atomic>
#include <optional>
#include <utility>

#include "core/base/spsc_ring.h"
#include "core/env/executor.h"
#include "core/runtime/element.h"

namespace leat::runtime {

// One producer thread, one consumer thread. Never blocks. The wakers outlive the channel.
//
// No wake-up is lost: a producer that finds the ring full raises a flag and looks again before it
// gives up; the consumer takes the flag down after every pop. Both use read-modify-write, so one of
// the two sees the other.
class Channel {
 public:
  Channel(std::size_t capacity, env::Waker& producer, env::Waker& consumer)
      : ring_(capacity), producer_(producer), consumer_(consumer) {}

  // Producer only. False: full; the producer is woken when there is room.
  bool try_push(Element&& element) {
    if (!ring_.try_push(std::move(element))) {
      producer_waits_.exchange(true, std::memory_order_acq_rel);
      if (!ring_.try_push(std::move(element))) return false;
    }
    consumer_.wake();
    return true;
  }

  // Consumer only.
  std::optional<Element> try_pop() {
    std::optional<Element> element = ring_.try_pop();
    if (element && producer_waits_.exchange(false, std::memory_order_acq_rel)) producer_.wake();
    return element;
  }

  std::size_t size() const { return ring_.size(); }

 private:
  base::SpscRing<Element> ring_;
  env::Waker& producer_;
  env::Waker& consumer_;
  std::atomic<bool> producer_waits_{false};
};

}  // namespace leat::runtime
