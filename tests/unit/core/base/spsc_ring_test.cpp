#include "core/base/spsc_ring.h"

#include <gtest/gtest.h>
#include <memory>
#include <thread>

namespace leat::base {
namespace {

TEST(SpscRing, CapacityIsRoundedUpToAPowerOfTwo) {
  EXPECT_EQ(SpscRing<int>(1).capacity(), 1u);
  EXPECT_EQ(SpscRing<int>(5).capacity(), 8u);
}

TEST(SpscRing, FirstInFirstOutUntilFullAndEmpty) {
  SpscRing<int> ring(4);
  EXPECT_EQ(ring.try_pop(), std::nullopt);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.try_push(int{round * 4 + i}));
    EXPECT_TRUE(ring.full());
    EXPECT_FALSE(ring.try_push(-1));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ring.try_pop(), round * 4 + i);
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.try_pop(), std::nullopt);
  }
}

TEST(SpscRing, ARefusedItemIsUntouched) {
  SpscRing<std::unique_ptr<int>> ring(1);
  EXPECT_TRUE(ring.try_push(std::make_unique<int>(1)));
  auto item = std::make_unique<int>(2);
  EXPECT_FALSE(ring.try_push(std::move(item)));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 2);
}

TEST(SpscRing, APoppedItemIsReleased) {
  SpscRing<std::shared_ptr<int>> ring(2);
  auto shared = std::make_shared<int>(1);
  EXPECT_TRUE(ring.try_push(std::shared_ptr<int>(shared)));
  EXPECT_EQ(shared.use_count(), 2);
  ring.try_pop();
  EXPECT_EQ(shared.use_count(), 1);
}

// Under ThreadSanitizer this is the proof that the two sides only meet in the two indexes.
TEST(SpscRing, TwoThreadsSeeEveryItemInOrder) {
  constexpr std::uint64_t kItems = 200'000;
  SpscRing<std::unique_ptr<std::uint64_t>> ring(64);
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < kItems;) {
      if (ring.try_push(std::make_unique<std::uint64_t>(i))) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  std::uint64_t wrong = 0;
  for (std::uint64_t expected = 0; expected < kItems;) {
    const auto item = ring.try_pop();
    if (!item) {
      std::this_thread::yield();
      continue;
    }
    wrong += **item == expected ? 0 : 1;
    ++expected;
    EXPECT_LE(ring.size(), ring.capacity());
  }
  producer.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace leat::base
