#include "core/env/clock.h"

#include <gtest/gtest.h>

namespace leat::env {
namespace {

// The published test values of SplitMix64 for seed 1234567 (Rosetta Code, "Pseudo-random numbers/
// Splitmix64").
TEST(SeededRandom, GivesThePublishedSequence) {
  SeededRandom random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ull);
  EXPECT_EQ(random.next(), 3203168211198807973ull);
  EXPECT_EQ(random.next(), 9817491932198370423ull);
  EXPECT_EQ(random.next(), 4593380528125082431ull);
  EXPECT_EQ(random.next(), 16408922859458223821ull);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(5'000);
  EXPECT_EQ(clock.now_ms(), 5'000);
  EXPECT_EQ(clock.monotonic_ns(), 0);
  clock.advance(250);
  EXPECT_EQ(clock.now_ms(), 5'250);
  EXPECT_EQ(clock.monotonic_ns(), 250'000'000);
}

TEST(ManualClock, AStepOfTheWallClockLeavesTheMonotonicOne) {
  ManualClock clock(5'000);
  clock.advance(10);
  clock.set_wall(1'000);
  EXPECT_EQ(clock.now_ms(), 1'000);
  EXPECT_EQ(clock.monotonic_ns(), 10'000'000);
}

}  // namespace
}  // namespace leat::env
