// What the engine must be given from outside: time, randomness, and a way to be woken. Core never
// reads a clock, a random device or a thread by itself, so a whole run can be played in virtual
// time.
#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace leat::env {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock: milliseconds since the epoch. May jump.
  virtual TimestampMs now_ms() const = 0;
  // Never goes back; its zero means nothing.
  virtual std::int64_t monotonic_ns() const = 0;
};

// Not thread-safe: one for each user of randomness.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014): the same
// seed gives the same sequence on every machine.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

// Set by hand: tests, `leat test`, simulation. Not for use from several threads while it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimestampMs start_ms = 0) : now_ms_(start_ms) {}
  TimestampMs now_ms() const override { return now_ms_; }
  std::int64_t monotonic_ns() const override { return monotonic_ns_; }
  void advance(DurationMs by_ms) {
    now_ms_ += by_ms;
    monotonic_ns_ += by_ms * 1'000'000;
  }
  // A step of the wall clock; the monotonic one does not move.
  void set_wall(TimestampMs now_ms) { now_ms_ = now_ms; }

 private:
  TimestampMs now_ms_;
  std::int64_t monotonic_ns_ = 0;
};

}  // namespace leat::env
