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
  Slice(std::int64_t number_in, const SliceGeometry& geometry, const Aggregator& aggregator)
      : number(number_in),
        start(geometry.slice_start(number_in)),
        end(geometry.slice_end(number_in)),
        cells(aggregator) {}

  std::int64_t number;
  TimestampMs start;
  TimestampMs end;
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
  Slice& add(std::unique_ptr<Slice> slice) {
    Slice& added = *slice;
    slices_.emplace(added.number, std::move(slice));
    return added;
  }
  void drop_oldest() {
    Slice& oldest = *slices_.begin()->second;
    Slice*& cached = cache_[static_cast<std::uint64_t>(oldest.number) % cache_.size()];
    if (cached == &oldest) cached = nullptr;
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
  std::array<Slice*, 16> cache_{};
};

}  // namespace leat::windows
