#include "core/data/key_order.h"

#include <algorithm>
#include <bit>

namespace leat::data {
namespace {
constexpr std::uint32_t kNone = 0xffffffff;
}  // namespace

void KeyOrder::add(std::uint32_t id) {
  if (id >= rank_of_.size()) {
    rank_of_.resize(id + std::size_t{1}, kNone);
    is_held_.resize(id + std::size_t{1}, false);
  }
  is_held_[id] = true;
  fresh_.push_back(id);
}

void KeyOrder::remove(std::uint32_t id) {
  is_held_[id] = false;
  if (rank_of_[id] != kNone) {
    ranked_[rank_of_[id]] = kNone;
    rank_of_[id] = kNone;
    ++gone_;
  }
  // Keys that come and go between two sorts must not pile up.
  if (fresh_.size() > 64 && fresh_.size() > 2 * rank_of_.size()) {
    std::sort(fresh_.begin(), fresh_.end());
    fresh_.erase(std::unique(fresh_.begin(), fresh_.end()), fresh_.end());
  }
}

void KeyOrder::refresh() {
  const auto order = [this](std::uint32_t a, std::uint32_t b) { return less_(a, b); };
  if (fresh_.empty() && gone_ * 2 <= ranked_.size()) return;
  std::sort(fresh_.begin(), fresh_.end());
  fresh_.erase(std::unique(fresh_.begin(), fresh_.end()), fresh_.end());
  std::erase_if(fresh_, [this](std::uint32_t id) { return !is_held_[id]; });
  std::sort(fresh_.begin(), fresh_.end(), order);
  std::erase(ranked_, kNone);
  const auto middle = static_cast<std::ptrdiff_t>(ranked_.size());
  ranked_.insert(ranked_.end(), fresh_.begin(), fresh_.end());
  std::inplace_merge(ranked_.begin(), ranked_.begin() + middle, ranked_.end(), order);
  for (std::size_t rank = 0; rank < ranked_.size(); ++rank) {
    rank_of_[ranked_[rank]] = static_cast<std::uint32_t>(rank);
  }
  fresh_.clear();
  gone_ = 0;
}

void KeyOrder::sort(std::span<std::uint32_t> ids) {
  // A few of many keys: not worth bringing the whole order up to date.
  if (ids.size() < 2) return;
  if (ids.size() < 16 || (!fresh_.empty() && ids.size() < ranked_.size() / 32)) {
    std::sort(ids.begin(), ids.end(),
              [this](std::uint32_t a, std::uint32_t b) { return less_(a, b); });
    return;
  }
  refresh();
  if (ids.size() < ranked_.size() / 32) {
    std::sort(ids.begin(), ids.end(),
              [this](std::uint32_t a, std::uint32_t b) { return rank_of_[a] < rank_of_[b]; });
    return;
  }
  marks_.assign(ranked_.size() / 64 + 1, 0);
  for (const std::uint32_t id : ids) {
    marks_[rank_of_[id] / 64] |= std::uint64_t{1} << rank_of_[id] % 64;
  }
  std::size_t out = 0;
  for (std::size_t word = 0; word < marks_.size(); ++word) {
    for (std::uint64_t bits = marks_[word]; bits != 0; bits &= bits - 1) {
      ids[out++] = ranked_[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
    }
  }
}

}  // namespace leat::data
