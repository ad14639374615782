#include "core/windows/slice_combiner.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::windows {

SliceCombiner::SliceCombiner(const SliceGeometry& geometry, const Aggregator& aggregator)
    : geometry_(geometry),
      aggregator_(aggregator),
      running_(aggregator),
      sum_(aggregator),
      older_(aggregator),
      newer_(aggregator) {}

void SliceCombiner::clear() {
  ready_ = false;
  while (!stack_.empty()) pop_level();  // which leaves top_ without a cell
  stack_keys_.clear();
  running_.clear();
  for (const data::KeyId id : changed_) is_changed_[id] = 0;
  changed_.clear();
}

void SliceCombiner::move_to(std::int64_t first, SliceStore& slices, std::size_t key_capacity) {
  LEAT_ASSERT(!ready_ || first >= first_);
  if (ready_ && turn_of(first) == turn_) {
    first_ = first;
    pop_until(first);
  } else {
    clear();
    first_ = first;
    turn_ = turn_of(first);
    running_end_ = turn_;
    build_stack(slices, key_capacity);
    ready_ = true;
  }
  extend_running(first + geometry_.per_window(), slices, key_capacity);
}

void SliceCombiner::build_stack(SliceStore& slices, std::size_t key_capacity) {
  if (top_.size() < key_capacity) top_.resize(key_capacity, nullptr);
  const auto begin = slices.from(first_);
  for (auto at = slices.from(turn_); at != begin;) {
    --at;
    push_level(*at->second);
  }
}

void SliceCombiner::push_level(Slice& slice) {
  slice.combined = true;
  slice.special_at = kMinTimestamp;
  const std::size_t count = slice.cells.size();
  const std::size_t cell_size = aggregator_.cell_size();
  Level& level = stack_.emplace_back();
  level.slice = slice.number;
  level.keys = slice.cells.keys();
  for (std::size_t rest = count; rest > 0; rest -= std::min(rest, kLevelChunk)) {
    level.chunks.push_back(
        std::make_unique_for_overwrite<std::byte[]>(std::min(rest, kLevelChunk) * cell_size));
  }
  level.newer.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const data::KeyId id = level.keys[i];
    std::byte* const cell = cell_of(level, i);
    aggregator_.init(cell);
    copy_cell(aggregator_, cell, slice.cells.cell(i));
    const std::byte* const newer = top_[id];
    if (newer != nullptr) {
      aggregator_.merge(cell, newer);
    } else {
      stack_keys_.push_back(id);
    }
    level.newer[i] = newer;
    top_[id] = cell;
  }
}

void SliceCombiner::pop_level() {
  Level& level = stack_.back();
  for (std::size_t i = 0; i < level.keys.size(); ++i) {
    top_[level.keys[i]] = level.newer[i];
    if (!aggregator_.trivial()) aggregator_.destroy(cell_of(level, i));
  }
  stack_.pop_back();
}

void SliceCombiner::pop_until(std::int64_t first) {
  if (stack_.empty() || stack_.back().slice >= first) return;
  while (!stack_.empty() && stack_.back().slice < first) pop_level();
  std::erase_if(stack_keys_, [this](data::KeyId id) { return top_[id] == nullptr; });
}

void SliceCombiner::extend_running(std::int64_t end, SliceStore& slices, std::size_t key_capacity) {
  for (auto at = slices.from(running_end_); at != slices.end() && at->first < end; ++at) {
    Slice& slice = *at->second;
    slice.combined = true;
    slice.special_at = kMinTimestamp;
    for (std::size_t i = 0; i < slice.cells.size(); ++i) {
      const data::KeyId id = slice.cells.key(i);
      std::byte* const cell = running_.find(id);
      if (cell != nullptr) {
        aggregator_.merge(cell, slice.cells.cell(i));
      } else {
        copy_cell(aggregator_, running_.add(id, key_capacity), slice.cells.cell(i));
      }
    }
  }
  running_end_ = end;
}

void SliceCombiner::changed(data::KeyId id) {
  if (id >= is_changed_.size()) is_changed_.resize(id + std::size_t{1}, 0);
  if (is_changed_[id] != 0) return;
  is_changed_[id] = 1;
  changed_.push_back(id);
}

void SliceCombiner::collect_keys(std::vector<data::KeyId>& ids) const {
  ids = running_.keys();
  for (const data::KeyId id : stack_keys_) {
    if (running_.find(id) == nullptr) ids.push_back(id);
  }
  for (const data::KeyId id : changed_) {
    const bool in_stack = id < top_.size() && top_[id] != nullptr;
    if (!in_stack && running_.find(id) == nullptr) ids.push_back(id);
  }
}

const std::byte* SliceCombiner::sum_of(const std::byte* older, const std::byte* newer) {
  if (older == nullptr || newer == nullptr) return older != nullptr ? older : newer;
  std::byte* const sum = sum_.reset();
  copy_cell(aggregator_, sum, older);
  aggregator_.merge(sum, newer);
  return sum;
}

const std::byte* SliceCombiner::combined(data::KeyId id, SliceStore& slices) {
  if (id < is_changed_.size() && is_changed_[id] != 0) return add_up(first_, id, slices);
  return sum_of(id < top_.size() ? top_[id] : nullptr, running_.find(id));
}

const std::byte* SliceCombiner::add_up(std::int64_t first, data::KeyId id, SliceStore& slices) {
  const std::int64_t turn = turn_of(first);
  const std::int64_t end = first + geometry_.per_window();
  bool any_older = false;
  older_.reset();
  const auto begin = slices.from(first);
  const auto middle = slices.from(turn);
  for (auto at = middle; at != begin;) {
    --at;
    const std::byte* const cell = at->second->cells.find(id);
    if (cell == nullptr) continue;
    std::byte* const next = sum_.reset();
    copy_cell(aggregator_, next, cell);
    if (any_older) aggregator_.merge(next, older_.get());
    older_.swap(sum_);
    any_older = true;
  }
  bool any_newer = false;
  newer_.reset();
  for (auto at = middle; at != slices.end() && at->first < end; ++at) {
    const std::byte* const cell = at->second->cells.find(id);
    if (cell == nullptr) continue;
    if (any_newer) {
      aggregator_.merge(newer_.get(), cell);
    } else {
      copy_cell(aggregator_, newer_.get(), cell);
    }
    any_newer = true;
  }
  return sum_of(any_older ? older_.get() : nullptr, any_newer ? newer_.get() : nullptr);
}

}  // namespace leat::windows
