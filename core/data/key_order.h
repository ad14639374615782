// The order of all keys of a KeyTable, kept up to date when somebody sorts.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace leat::data {

// Sorting ids by comparing keys costs a cache miss or two a comparison; windows fire the same keys
// again and again. So every key has a rank, and a sort of many ids marks the ranks and reads them
// off in order. New keys are sorted among themselves and merged in when a sort needs them.
class KeyOrder {
 public:
  // `less` orders two ids held.
  using Less = std::function<bool(std::uint32_t, std::uint32_t)>;
  explicit KeyOrder(Less less) : less_(std::move(less)) {}

  void add(std::uint32_t id);
  void remove(std::uint32_t id);
  // `ids` are distinct and held.
  void sort(std::span<std::uint32_t> ids);

 private:
  void refresh();

  Less less_;
  std::vector<std::uint32_t> ranked_;   // ids in order; kNone where a key has gone
  std::vector<std::uint32_t> rank_of_;  // by id; kNone: new or not held
  std::vector<std::uint32_t> fresh_;    // added since the last refresh; may hold ids gone again
  std::vector<bool> is_held_;           // by id
  std::vector<std::uint64_t> marks_;    // a bit for each rank
  std::size_t gone_ = 0;
};

}  // namespace leat::data
