// The sum over the slices of a sliding window, for every key, at a constant number of merges a
// slice.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "core/windows/cell_table.h"
#include "core/windows/slice_geometry.h"
#include "core/windows/slice_store.h"

namespace leat::windows {

// What `from` has seen, in a cell that init() has prepared.
inline void copy_cell(const Aggregator& aggregator, std::byte* into, const std::byte* from) {
  if (aggregator.trivial()) {
    std::memcpy(into, from, aggregator.cell_size());
  } else {
    aggregator.merge(into, from);
  }
}

// One cell outside of any table.
class ScratchCell {
 public:
  explicit ScratchCell(const Aggregator& aggregator)
      : aggregator_(&aggregator), bytes_(std::make_unique<std::byte[]>(aggregator.cell_size())) {
    aggregator_->init(bytes_.get());
  }
  ~ScratchCell() { aggregator_->destroy(bytes_.get()); }
  ScratchCell(const ScratchCell&) = delete;
  ScratchCell& operator=(const ScratchCell&) = delete;

  // Empty again.
  std::byte* reset() {
    aggregator_->destroy(bytes_.get());
    aggregator_->init(bytes_.get());
    return bytes_.get();
  }
  std::byte* get() { return bytes_.get(); }
  void swap(ScratchCell& other) { bytes_.swap(other.bytes_); }

 private:
  const Aggregator* aggregator_;
  std::unique_ptr<std::byte[]> bytes_;
};

// Two stacks: a window's older slices are a stack of sums, each from a slice to the end of the
// stack, its newer slices one running sum. When the older ones are used up the newer ones become
// the stack. That happens at fixed places, where the slice's number is a multiple of per_window(),
// as in van Herk (1992) and Gil and Werman (1993): so the order in which cells are merged, and with
// it the last bit of every double, depends on the rows alone, not on when the operator was
// restored.
//
// The slices themselves are only read. A row that arrives in a slice already combined makes its key
// `changed`: until the next turn of the stacks that key is added up from its slices, in the same
// order.
class SliceCombiner {
 public:
  SliceCombiner(const SliceGeometry& geometry, const Aggregator& aggregator);
  ~SliceCombiner() { clear(); }
  SliceCombiner(const SliceCombiner&) = delete;
  SliceCombiner& operator=(const SliceCombiner&) = delete;

  // Makes ready for the window of slices [first, first + per_window()). Windows only go forward.
  void move_to(std::int64_t first, SliceStore& slices, std::size_t key_capacity);
  // The keys with a cell in the window, in no order, each once; some changed ones may have none.
  void collect_keys(std::vector<data::KeyId>& ids) const;
  // The window's cell of a key; valid until the next call. Null when there is none.
  const std::byte* combined(data::KeyId id, SliceStore& slices);

  // Whether a slice of that number is part of the sums at hand.
  bool covers(std::int64_t slice) const {
    return ready_ && slice >= first_ && slice < running_end_;
  }
  void changed(data::KeyId id);

  // One key's sum over a window, from the slices alone; valid until the next call. Null: no cell.
  const std::byte* add_up(std::int64_t first, data::KeyId id, SliceStore& slices);

  void clear();

 private:
  // The sums of one slice's keys from there to the end of the stack.
  struct Level {
    std::int64_t slice = 0;
    std::vector<data::KeyId> keys;
    std::vector<std::unique_ptr<std::byte[]>> chunks;  // a cell for each key, kLevelChunk to each
    std::vector<const std::byte*> newer;  // for each cell, the key's next one in the stack, or null
  };
  // Large enough to cost little, small enough that the allocator keeps it for the next one.
  static constexpr std::size_t kLevelChunk = 1024;
  std::byte* cell_of(const Level& level, std::size_t number) const {
    return level.chunks[number / kLevelChunk].get() +
           number % kLevelChunk * aggregator_.cell_size();
  }
  std::int64_t turn_of(std::int64_t first) const {
    return -floor_div(-first, geometry_.per_window()) * geometry_.per_window();
  }
  void build_stack(SliceStore& slices, std::size_t key_capacity);
  void push_level(Slice& slice);
  void pop_level();
  void pop_until(std::int64_t first);
  void extend_running(std::int64_t end, SliceStore& slices, std::size_t key_capacity);
  const std::byte* sum_of(const std::byte* older, const std::byte* newer);

  SliceGeometry geometry_;
  const Aggregator& aggregator_;
  bool ready_ = false;
  std::int64_t first_ = 0;             // of the window at hand
  std::int64_t turn_ = 0;              // the stack ends here, the running sum starts
  std::int64_t running_end_ = 0;       // slices before this one are in the running sum
  std::vector<Level> stack_;           // newest slice first
  std::vector<const std::byte*> top_;  // by key: its uppermost cell in the stack
  std::vector<data::KeyId> stack_keys_;
  CellTable running_;
  std::vector<std::uint8_t> is_changed_;  // by key
  std::vector<data::KeyId> changed_;
  ScratchCell sum_;
  ScratchCell older_;
  ScratchCell newer_;
};

}  // namespace leat::windows
