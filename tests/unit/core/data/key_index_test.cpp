#include "core/data/key_index.h"

#include <gtest/gtest.h>
#include <vector>

namespace leat::data {
namespace {

bool is_in(const KeyIndex& index, std::uint32_t hash, std::uint32_t id) {
  return index.find(hash, [id](std::uint32_t other) { return other == id; }) == id;
}

// Somebody has found keys that all hash alike: the chain stops growing.
TEST(KeyIndexTest, RefusesLongChains) {
  KeyIndex index;
  std::size_t taken = 0;
  for (std::uint32_t id = 0; id < 1000; ++id) taken += index.insert(77, id) ? 1 : 0;
  EXPECT_EQ(taken, KeyIndex::kMaxProbes);
  for (std::uint32_t id = 0; id < KeyIndex::kMaxProbes; ++id) EXPECT_TRUE(is_in(index, 77, id));
  EXPECT_FALSE(is_in(index, 77, 999));
  EXPECT_FALSE(index.erase(77, 999));
  // Others live on.
  EXPECT_TRUE(index.insert(1u << 31, 5000));
  EXPECT_TRUE(is_in(index, 1u << 31, 5000));
  EXPECT_TRUE(index.erase(77, 0));
  EXPECT_TRUE(index.insert(77, 999));
}

// Chains that run into each other and over the end of the table, erased in every order.
TEST(KeyIndexTest, ErasingKeepsTheRestReachable) {
  for (std::uint32_t first = 0; first < 12; ++first) {
    for (std::uint32_t step = 1; step < 12; ++step) {
      if (12 % step == 0 && step > 1) continue;
      KeyIndex index;
      std::vector<bool> in(12, true);
      for (std::uint32_t id = 0; id < 12; ++id) ASSERT_TRUE(index.insert(60 + id / 3, id));
      for (std::uint32_t i = 0; i < 12; ++i) {
        const std::uint32_t id = (first + i * step) % 12;
        if (!in[id]) continue;
        ASSERT_TRUE(index.erase(60 + id / 3, id));
        in[id] = false;
        for (std::uint32_t other = 0; other < 12; ++other) {
          ASSERT_EQ(is_in(index, 60 + other / 3, other), in[other]);
        }
      }
    }
  }
}

TEST(KeyIndexTest, GrowsWithLongChainsInIt) {
  KeyIndex index;
  for (std::uint32_t id = 0; id < 40; ++id) ASSERT_TRUE(index.insert(63, id));
  for (std::uint32_t id = 40; id < 20000; ++id) ASSERT_TRUE(index.insert(id * 2654435761u, id));
  for (std::uint32_t id = 0; id < 40; ++id) EXPECT_TRUE(is_in(index, 63, id));
  for (std::uint32_t id = 40; id < 20000; ++id) EXPECT_TRUE(is_in(index, id * 2654435761u, id));
}

}  // namespace
}  // namespace leat::data
