// The hash index of a KeyTable: from the hash of a key to its id.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/assert.h"

namespace leat::data {

// Open addressing with linear probing over slots of 8 bytes, at most half full; erasing shifts
// back, so there are no tombstones. Equality of keys is the caller's.
//
// Keys come from outside, and whoever chooses them can make hashes collide. So no chain grows past
// kMaxProbes: insert() then refuses, and the caller keeps the key in an ordered map. The worst row
// costs kMaxProbes comparisons and a descent of that map, whatever the keys are; no random seed is
// needed, and a run is the same every time.
class KeyIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::size_t kMaxProbes = 128;

  KeyIndex() : slots_(64, Slot{0, kNone}), mask_(63) {}

  void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

  // The id for which equal(id) holds, or kNone.
  template <class Equal>
  std::uint32_t find(std::uint32_t hash, Equal&& equal) const {
    std::size_t at = hash & mask_;
    for (std::size_t probes = 0; probes < kMaxProbes; ++probes, at = (at + 1) & mask_) {
      const Slot slot = slots_[at];
      if (slot.id == kNone) return kNone;
      if (slot.hash == hash && equal(slot.id)) return slot.id;
    }
    return kNone;
  }

  // `id` is not in. False when its chain is too long; nothing has changed then.
  bool insert(std::uint32_t hash, std::uint32_t id);
  // False when `id` is not in.
  bool erase(std::uint32_t hash, std::uint32_t id);

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t id;
  };
  bool place(std::uint32_t hash, std::uint32_t id);
  void grow();

  std::vector<Slot> slots_;
  std::size_t mask_;
  std::size_t used_ = 0;
};

}  // namespace leat::data
