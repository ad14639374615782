// Which keys have been seen lately: exact, bounded in time and in number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/data/key_table.h"

namespace leat::operators {

// A key is held from the row that was the first of its kind, at that row's time t, for times below
// t + keep. At or after t + keep, or once the clock given to expire() is there, a row with the key
// is a first one again. When max_keys are held the one held for longest goes, and is counted if its
// time was not over. NULL keys are equal. No allocation per row. One thread.
class KeyMemory {
 public:
  KeyMemory(std::vector<data::Field> key, DurationMs keep_ms, std::size_t max_keys);

  // The keys of the rows that follow.
  void begin(std::span<const data::Column* const> columns, std::size_t rows);
  // Rows of begin()'s columns, each once, in order. `time` is the row's own, `clock` never goes
  // back and is what keys expire by. True: the first of its kind; its key is held from now on.
  bool is_first(std::size_t row, TimestampMs time, TimestampMs clock);
  void end();

  std::size_t size() const { return held_; }
  std::uint64_t evicted() const { return evicted_; }  // for want of room, before their time

  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Held {
    TimestampMs time = 0;
    std::uint32_t earlier = kNone;  // neighbours in the order of being held
    std::uint32_t later = kNone;
    bool held = false;
  };

  bool over(const Held& key, TimestampMs at) const {
    return at >= base::saturating_add(key.time, keep_ms_);
  }
  void hold(data::KeyId id, TimestampMs time);
  void forget(data::KeyId id);

  data::KeyTable table_;
  DurationMs keep_ms_;
  std::size_t max_keys_;
  std::vector<Held> keys_;  // by KeyId
  std::uint32_t oldest_ = kNone;
  std::uint32_t newest_ = kNone;
  std::size_t held_ = 0;
  std::uint64_t evicted_ = 0;
  std::vector<data::KeyId> ids_;
  std::vector<data::KeyId> forgotten_;  // since begin()
};

}  // namespace leat::operators
