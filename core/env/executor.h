// Waking: rings never block, so whoever puts something in a ring wakes whoever takes it out.
#pragma once

namespace leat::env {

// Thread-safe and cheap when the other side is awake already. A wake-up is never lost: one that
// comes while the sleeper is about to sleep keeps it awake. The executor that owns the sleeper
// outlives every Waker it hands out.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void wake() = 0;
};

// For a single thread that never sleeps (tests, virtual time).
class NoWaker final : public Waker {
 public:
  void wake() override {}
};

}  // namespace leat::env
