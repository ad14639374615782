#include "agent/task_manager/slot.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "agent/task_manager/system_clock.h"

namespace leat::task_manager {
namespace {

TEST(SlotWaker, AWakeBeforeTheSleepKeepsTheThreadAwake) {
  SlotWaker waker;
  waker.clear();
  waker.wake();
  waker.sleep(std::nullopt);  // returns, or the test never ends
}

TEST(SlotWaker, ASleepEndsByItselfAtItsTime) {
  SlotWaker waker;
  waker.clear();
  waker.sleep(1);
}

// Two threads hand a number back and forth, each sleeping until the other has counted on. A lost
// wake-up leaves both asleep.
TEST(SlotWaker, NoWakeUpIsLost) {
  constexpr int kRounds = 20'000;
  SlotWaker ping;
  SlotWaker pong;
  std::atomic<int> number{0};
  const auto play = [&number](SlotWaker& own, SlotWaker& other, int parity) {
    while (true) {
      own.clear();
      const int now = number.load();
      if (now >= kRounds) break;
      if (now % 2 == parity) {
        number.store(now + 1);
        other.wake();
      } else {
        own.sleep(std::nullopt);
      }
    }
    other.wake();
  };
  std::thread first([&] { play(ping, pong, 0); });
  std::thread second([&] { play(pong, ping, 1); });
  first.join();
  second.join();
  EXPECT_EQ(number.load(), kRounds);
}

TEST(Slot, EndsWhenItHasNothingToDoEver) {
  SystemClock clock;
  SlotWaker waker;
  std::atomic<int> ended{0};
  Slot slot(clock, waker, {}, [&](bool failed) { ended += failed ? 100 : 1; });
  slot.start();
  slot.join();
  EXPECT_EQ(ended.load(), 1);
  EXPECT_TRUE(slot.outcome().ok());
}

}  // namespace
}  // namespace leat::task_manager
