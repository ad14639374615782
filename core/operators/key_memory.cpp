#include "core/operators/key_memory.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::operators {

KeyMemory::KeyMemory(std::vector<data::Field> key, DurationMs keep_ms, std::size_t max_keys)
    : table_(std::move(key)), keep_ms_(keep_ms), max_keys_(std::max<std::size_t>(max_keys, 1)) {}

void KeyMemory::begin(std::span<const data::Column* const> columns, std::size_t rows) {
  table_.intern(columns, rows, ids_);
  if (keys_.size() < table_.capacity()) keys_.resize(table_.capacity());
}

bool KeyMemory::is_first(std::size_t row, TimestampMs time, TimestampMs clock) {
  // Keys are in the order of being held, so one that is held for longer than its own time may keep
  // those behind it; it is judged by its time all the same.
  while (oldest_ != kNone && over(keys_[oldest_], clock)) forget(oldest_);
  const data::KeyId id = ids_[row];
  const Held& key = keys_[id];
  if (key.held) {
    if (!over(key, time) && !over(key, clock)) return false;
    forget(id);
  }
  if (held_ >= max_keys_) {
    evicted_ += over(keys_[oldest_], clock) ? 0 : 1;
    forget(oldest_);
  }
  hold(id, time);
  return true;
}

// Ids are released only here: a key forgotten in the middle of a batch may come again in it.
void KeyMemory::end() {
  std::sort(forgotten_.begin(), forgotten_.end());
  forgotten_.erase(std::unique(forgotten_.begin(), forgotten_.end()), forgotten_.end());
  for (const data::KeyId id : forgotten_) {
    if (!keys_[id].held) table_.release(id);
  }
  forgotten_.clear();
}

void KeyMemory::hold(data::KeyId id, TimestampMs time) {
  keys_[id] = {time, newest_, kNone, true};
  (newest_ == kNone ? oldest_ : keys_[newest_].later) = id;
  newest_ = id;
  ++held_;
}

void KeyMemory::forget(data::KeyId id) {
  Held& key = keys_[id];
  (key.earlier == kNone ? oldest_ : keys_[key.earlier].later) = key.later;
  (key.later == kNone ? newest_ : keys_[key.later].earlier) = key.earlier;
  key.held = false;
  --held_;
  forgotten_.push_back(id);
}

void KeyMemory::snapshot(base::ByteWriter& out) const {
  out.varint(held_);
  for (std::uint32_t id = oldest_; id != kNone; id = keys_[id].later) {
    out.text(table_.encoded(id));
    out.i64(keys_[id].time);
  }
}

Result<void> KeyMemory::restore(base::ByteReader& in) {
  LEAT_ASSERT(held_ == 0);
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = in.text();
    const TimestampMs time = in.i64();
    if (!in.ok()) break;
    const data::KeyId id = table_.intern_encoded(key);
    if (keys_.size() < table_.capacity()) keys_.resize(table_.capacity());
    if (keys_[id].held) return Error(ErrorCode::kCorrupt, "keys seen: a key twice");
    if (held_ >= max_keys_) forget(oldest_);
    hold(id, time);
  }
  end();
  return in.finish("keys seen");
}

}  // namespace leat::operators
