#include "core/time/idle_timer.h"

#include <gtest/gtest.h>

namespace leat::time {
namespace {

constexpr bool kQuiet = true;
constexpr bool kMore = false;
constexpr bool kConnected = true;

TEST(IdleTimer, CountsFromAQuietRead) {
  IdleTimer timer;
  timer.tick(1'000);  // never read
  EXPECT_EQ(timer.listened_ms(), 0);
  timer.read(2'000, kQuiet, kConnected);
  EXPECT_EQ(timer.listened_ms(), 0);
  timer.tick(2'300);
  timer.read(2'500, kQuiet, kConnected);
  EXPECT_EQ(timer.listened_ms(), 500);
}

TEST(IdleTimer, ASourceThatHasMoreIsNotSilent) {
  IdleTimer timer;
  timer.read(0, kMore, kConnected);
  timer.read(10'000, kQuiet, kConnected);
  EXPECT_EQ(timer.listened_ms(), 0);
  timer.read(10'400, kMore, kConnected);
  EXPECT_EQ(timer.listened_ms(), 400);
  timer.tick(20'000);
  EXPECT_EQ(timer.listened_ms(), 400);
}

TEST(IdleTimer, BackPressureStopsIt) {
  IdleTimer timer;
  timer.read(0, kQuiet, kConnected);
  timer.stop(300);
  EXPECT_FALSE(timer.listening());
  timer.tick(60'000);
  timer.read(60'000, kQuiet, kConnected);
  EXPECT_EQ(timer.listened_ms(), 300);
  timer.tick(60'100);
  EXPECT_EQ(timer.listened_ms(), 400);
}

TEST(IdleTimer, TimeWithoutAConnectionDoesNotCount) {
  IdleTimer timer;
  timer.read(0, kQuiet, kConnected);
  timer.read(500, kQuiet, !kConnected);  // lost at some time since: none of it counts
  timer.read(9'000, kQuiet, kConnected);
  EXPECT_EQ(timer.listened_ms(), 0);
  timer.tick(9'250);
  EXPECT_EQ(timer.listened_ms(), 250);
}

TEST(IdleTimer, AClockThatGoesBackCountsNothing) {
  IdleTimer timer;
  timer.read(1'000, kQuiet, kConnected);
  timer.tick(500);
  timer.tick(600);
  EXPECT_EQ(timer.listened_ms(), 100);
}

}  // namespace
}  // namespace leat::time
