#include "core/data/key_index.h"

#include <utility>

namespace leat::data {

bool KeyIndex::place(std::uint32_t hash, std::uint32_t id) {
  std::size_t at = hash & mask_;
  for (std::size_t probes = 0; probes < kMaxProbes; ++probes, at = (at + 1) & mask_) {
    if (slots_[at].id != kNone) continue;
    slots_[at] = Slot{hash, id};
    return true;
  }
  return false;
}

bool KeyIndex::insert(std::uint32_t hash, std::uint32_t id) {
  if ((used_ + 1) * 2 > slots_.size()) grow();
  if (!place(hash, id)) return false;
  ++used_;
  return true;
}

void KeyIndex::grow() {
  std::vector<Slot> old(slots_.size() * 2, Slot{0, kNone});
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  // In the order of the old chains, so that a chain does not get longer than it was: in the doubled
  // table every key keeps its home or moves to the other half, with a part of its old neighbours.
  std::size_t start = 0;
  while (start < old.size() && old[start].id != kNone) ++start;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const Slot& slot = old[(start + i) & (old.size() - 1)];
    if (slot.id == kNone) continue;
    const bool placed = place(slot.hash, slot.id);
    LEAT_ASSERT(placed);
  }
}

bool KeyIndex::erase(std::uint32_t hash, std::uint32_t id) {
  std::size_t at = hash & mask_;
  for (std::size_t probes = 0;; ++probes, at = (at + 1) & mask_) {
    if (probes == kMaxProbes || slots_[at].id == kNone) return false;
    if (slots_[at].id == id) break;
  }
  // What was pushed past the hole moves back into it.
  std::size_t hole = at;
  for (std::size_t next = (hole + 1) & mask_; slots_[next].id != kNone; next = (next + 1) & mask_) {
    const std::size_t home = slots_[next].hash & mask_;
    if (((next - home) & mask_) < ((next - hole) & mask_)) continue;
    slots_[hole] = slots_[next];
    hole = next;
  }
  slots_[hole] = Slot{0, kNone};
  --used_;
  return true;
}

}  // namespace leat::data
