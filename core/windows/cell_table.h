// The cells of one slice of time, by key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "core/data/key_table.h"
#include "core/windows/aggregator.h"

namespace leat::windows {

// Cells lie in order of arrival in chunks that never move. They are found by an array over all key
// ids when at least a quarter of the keys are in, by a small hash table otherwise: a slice with few
// of many keys costs what its few keys cost.
//
// The aggregator outlives the table. One thread.
class CellTable {
 public:
  explicit CellTable(const Aggregator& aggregator) : aggregator_(&aggregator) {}
  ~CellTable() { clear(); }
  CellTable(const CellTable&) = delete;
  CellTable& operator=(const CellTable&) = delete;

  // Null when the key has no cell.
  std::byte* find(data::KeyId id) const {
    if (!dense_.empty()) return id < dense_.size() ? dense_[id] : nullptr;
    return sparse_.empty() ? nullptr : find_sparse(id);
  }
  // Cells by key id, null where there is none; empty when they are not found that way. For loops
  // over many rows; until the next add().
  std::span<std::byte* const> by_id() const { return dense_; }
  // A new cell, initialised, for a key that has none. `capacity` is that of the KeyTable.
  std::byte* add(data::KeyId id, std::size_t capacity);

  // Cells by number, in the order of adding.
  std::size_t size() const { return keys_.size(); }
  data::KeyId key(std::size_t number) const { return keys_[number]; }
  const std::vector<data::KeyId>& keys() const { return keys_; }
  std::byte* cell(std::size_t number) const;

  void clear();
  // Empty, but with the memory at hand for as many cells again.
  void recycle();

 private:
  struct FreeAligned {
    void operator()(std::byte* chunk) const {
      ::operator delete[](chunk, std::align_val_t{kChunkAlign});
    }
  };
  // That of a cache line: a cell of 32 or 64 bytes touches one line only.
  static constexpr std::size_t kChunkAlign = 64;
  struct Slot {
    data::KeyId id;
    std::uint32_t number_plus_1;  // 0: free
  };
  std::byte* find_sparse(data::KeyId id) const;
  void put_sparse(data::KeyId id, std::uint32_t number);
  void make_sparse(std::size_t slots);
  void make_dense(std::size_t capacity);
  void index(data::KeyId id, std::uint32_t number, std::size_t capacity);
  void destroy_cells();

  const Aggregator* aggregator_;
  std::vector<data::KeyId> keys_;
  std::vector<std::unique_ptr<std::byte[], FreeAligned>> chunks_;
  std::vector<std::byte*> dense_;
  std::vector<Slot> sparse_;
};

}  // namespace leat::windows
