// The slices of time that hold rows, oldest first.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>

#include "core/base/time.h"
#include "core/windows/cell_table.h"
#include "core/windows/slice_geometry.h"

namespace leat::windows {

struct Slice {
  explicit Slice(const Aggregator& aggregator) : cells(aggregator) {}

  std::int64_t number = 0;
  TimestampMs start = 0;
  TimestampMs end = 0;
  TimestampMs late_at = kMaxTimestamp;     // a row seen by this watermark or a later one is late
  TimestampMs special_at = kMaxTimestamp;  // from here on rows need more than a cell
  bool combined = false;                   // its cells have gone into sums over several slices
  CellTable cells;
};

// Slices by number. Few of them at a time, and rows go to the same ones again and again: a small
// cache stands before the map.
class SliceStore {
 public:
  using Map = std::map<std::int64_t, std::unique_ptr<Slice>>;

  Slice* find(std::int64_t number) {
    Slice*& cached = cache_[static_cast<std::uint64_t>(number) % cache_.size()];
    if (cached != nullptr && cached->number == number) return cached;
    const auto found = slices_.find(number);
    if (found == slices_.end()) return nullptr;
    cached = found->second.get();
    return cached;
  }
  // Null also for a slice that is there but was not used of late.
  const Slice* find_recent(std::int64_t number) const {
    const Slice* const cached = cache_[static_cast<std::uint64_t>(number) % cache_.size()];
    return cached != nullptr && cached->number == number ? cached : nullptr;
  }
  // A slice that is not there yet, empty, with its number and times set.
  Slice& add(std::int64_t number, const SliceGeometry& geometry, const Aggregator& aggregator) {
    std::unique_ptr<Slice> slice = std::move(spare_);
    if (slice == nullptr) slice = std::make_unique<Slice>(aggregator);
    slice->number = number;
    slice->start = geometry.slice_start(number);
    slice->end = geometry.slice_end(number);
    slice->combined = false;
    return *slices_.emplace(number, std::move(slice)).first->second;
  }
  void drop_oldest() {
    Slice& oldest = *slices_.begin()->second;
    Slice*& cached = cache_[static_cast<std::uint64_t>(oldest.number) % cache_.size()];
    if (cached == &oldest) cached = nullptr;
    spare_ = std::move(slices_.begin()->second);
    spare_->cells.recycle();
    slices_.erase(slices_.begin());
  }

  bool empty() const { return slices_.empty(); }
  std::size_t size() const { return slices_.size(); }
  Slice& oldest() { return *slices_.begin()->second; }
  // Slices `number` and later.
  Map::iterator from(std::int64_t number) { return slices_.lower_bound(number); }
  Map::iterator end() { return slices_.end(); }
  const Map& all() const { return slices_; }

 private:
  Map slices_;
  std::unique_ptr<Slice> spare_;  // the last one dropped: its memory is still in the cache
  std::array<Slice*, 16> cache_{};
};

}  // namespace leat::windows
