#include "core/windows/cell_table.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

// Dense, sparse and changing between the two, against a map; with cells that own memory.
TEST(CellTableTest, AgreesWithAMap) {
  const Aggregator aggregator(
      window_config(WindowShape::kTumbling, {}, {{"l", "collect_list(n)"}}).aggregates);
  std::mt19937 random(3);
  CellTable table(aggregator);
  for (int round = 0; round < 60; ++round) {
    std::map<data::KeyId, std::byte*> model;
    std::size_t capacity = 1 + random() % 20;
    for (int i = 0; i < 400; ++i) {
      // Keys become more all the time, or leap up.
      if (random() % 3 == 0) capacity += random() % (round % 2 == 0 ? 3 : 500);
      const auto id = static_cast<data::KeyId>(random() % capacity);
      const auto found = model.find(id);
      ASSERT_EQ(table.find(id), found != model.end() ? found->second : nullptr);
      if (found == model.end()) model[id] = table.add(id, capacity);
    }
    ASSERT_EQ(table.size(), model.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
      ASSERT_EQ(table.cell(i), model.at(table.key(i)));
    }
    if (round % 5 == 4) {
      table.clear();
    } else {
      table.recycle();
    }
    ASSERT_EQ(table.size(), 0u);
    for (const auto& [id, cell] : model) ASSERT_EQ(table.find(id), nullptr);
  }
}

// A recycled array that is far too large for its few keys goes.
TEST(CellTableTest, FewKeysAreFoundWithoutAnArray) {
  const Aggregator aggregator(
      window_config(WindowShape::kTumbling, {}, {{"c", "count(*)"}}).aggregates);
  CellTable table(aggregator);
  for (data::KeyId id = 0; id < 1000; ++id) table.add(id, 1000);
  EXPECT_FALSE(table.by_id().empty());
  table.recycle();
  table.add(7, 1000);
  table.recycle();
  table.add(999, 1000);
  EXPECT_TRUE(table.by_id().empty());
  EXPECT_NE(table.find(999), nullptr);
}

}  // namespace
}  // namespace leat::windows
