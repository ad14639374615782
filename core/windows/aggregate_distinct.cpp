// count(DISTINCT x), exact and approximate.
#include <algorithm>
#include <string>
#include <vector>

#include "core/windows/aggregate_collect.h"
#include "core/windows/aggregate_value.h"
#include "core/windows/sketch_hll.h"

namespace leat::windows {
namespace {

// The finalizer of MurmurHash3 (public domain): every bit of the input changes half of the output.
std::uint64_t mix(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdU;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53U;
  return h ^ (h >> 33);
}

// Eight bytes a step, each mixed. It is part of saved sketches: it must never change.
std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = mix(text.size() + 0x9e3779b97f4a7c15U);
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t take = std::min<std::size_t>(8, text.size());
    std::memcpy(&word, text.data(), take);
    h = mix(h ^ mix(word + 0x9e3779b97f4a7c15U));
    text.remove_prefix(take);
  }
  return h;
}

// mix(0) is 0, which would make zero the luckiest of all values.
std::uint64_t hash_number(std::uint64_t bits) { return mix(bits + 0x9e3779b97f4a7c15U); }

// Different values in order of arrival, and an open-addressing index of them. For numbers the
// entries are sortable bits, for text the ends of their extents in one heap.
class DistinctSet {
 public:
  explicit DistinctSet(bool text) : text_(text) {}

  std::size_t size() const { return entries_.size(); }

  void add_number(std::uint64_t bits) {
    const std::size_t slot =
        find(hash_number(bits), [&](std::size_t entry) { return entries_[entry] == bits; });
    if (index_at(slot) != kFree) return;
    entries_.push_back(bits);
    note(slot);
  }

  void add_text(std::string_view text) {
    const std::size_t slot =
        find(hash_text(text), [&](std::size_t entry) { return text_of(entry) == text; });
    if (index_at(slot) != kFree) return;
    heap_.append(text);
    entries_.push_back(heap_.size());
    note(slot);
  }

  void merge(const DistinctSet& other) {
    for (std::size_t i = 0; i < other.size(); ++i) {
      text_ ? add_text(other.text_of(i)) : add_number(other.entries_[i]);
    }
  }

  std::size_t owned_bytes() const {
    return entries_.capacity() * sizeof(std::uint64_t) + index_.capacity() * sizeof(std::uint32_t) +
           heap_.capacity();
  }

  void save(base::ByteWriter& out) const {
    out.varint(size());
    for (std::size_t i = 0; i < size(); ++i) text_ ? out.text(text_of(i)) : out.u64(entries_[i]);
  }
  void load(base::ByteReader& in) {
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count; ++i) {
      if (text_) {
        const std::string_view text = in.text();
        if (in.ok()) add_text(text);
      } else {
        const std::uint64_t bits = in.u64();
        if (in.ok()) add_number(bits);
      }
      if (in.ok() && size() != i + 1) fail(in);  // a value twice
      if (!in.ok()) return;
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;
  static constexpr std::size_t kUnindexed = 8;  // that few are looked through one by one

  std::string_view text_of(std::size_t entry) const {
    const std::size_t begin = entry == 0 ? 0 : static_cast<std::size_t>(entries_[entry - 1]);
    return std::string_view(heap_).substr(begin, static_cast<std::size_t>(entries_[entry]) - begin);
  }
  std::uint64_t hash_of(std::size_t entry) const {
    return text_ ? hash_text(text_of(entry)) : hash_number(entries_[entry]);
  }

  // The slot of the entry that `equals` holds for, or the free one it belongs in. Without an index
  // the slots are the entries themselves.
  template <class Equals>
  std::size_t find(std::uint64_t hash, Equals equals) const {
    if (index_.empty()) {
      for (std::size_t entry = 0; entry < size(); ++entry) {
        if (equals(entry)) return entry;
      }
      return size();
    }
    const std::size_t mask = index_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(hash) & mask;
    while (index_[slot] != kFree && !equals(index_[slot])) slot = (slot + 1) & mask;
    return slot;
  }
  std::uint32_t index_at(std::size_t slot) const {
    if (!index_.empty()) return index_[slot];
    return slot < size() ? static_cast<std::uint32_t>(slot) : kFree;
  }

  // The last entry is new and belongs in `slot`.
  void note(std::size_t slot) {
    LEAT_ASSERT(size() < kFree);
    if (index_.empty()) {
      if (size() > kUnindexed) rebuild();
    } else if (size() * 4 > index_.size() * 3) {
      rebuild();
    } else {
      index_[slot] = static_cast<std::uint32_t>(size() - 1);
    }
  }
  void rebuild() {
    std::size_t slots = 32;
    while (slots < size() * 2) slots *= 2;
    index_.assign(slots, kFree);
    for (std::size_t entry = 0; entry < size(); ++entry) {
      const std::size_t slot = find(hash_of(entry), [](std::size_t) { return false; });
      index_[slot] = static_cast<std::uint32_t>(entry);
    }
  }

  bool text_;
  std::vector<std::uint64_t> entries_;
  std::vector<std::uint32_t> index_;  // a power of two, at most three quarters full
  std::string heap_;
};

class Distinct final : public OwningState<DistinctSet> {
 public:
  Distinct(std::size_t input, data::Type type) : input_(input), type_(type) {}

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    if (type_.is_textual()) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        obtain(cell).add_text(column.text(row));
      });
      return;
    }
    with_words(column, [&](auto word_at) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        obtain(cell).add_number(sortable(word_at(row), type_.kind));
      });
    });
  }
  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    const DistinctSet* set = get(cell);
    out.append_int64(set == nullptr ? 0 : static_cast<std::int64_t>(set->size()));
  }

 private:
  std::unique_ptr<DistinctSet> make() const override {
    return std::make_unique<DistinctSet>(type_.is_textual());
  }
  std::size_t input_;
  data::Type type_;
};

class ApproximateDistinct final : public OwningState<HyperLogLog> {
 public:
  ApproximateDistinct(std::size_t input, data::Type type) : input_(input), type_(type) {}

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    if (type_.is_textual()) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        obtain(cell).add(hash_text(column.text(row)));
      });
      return;
    }
    with_words(column, [&](auto word_at) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        obtain(cell).add(hash_number(sortable(word_at(row), type_.kind)));
      });
    });
  }
  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    const HyperLogLog* sketch = get(cell);
    out.append_int64(sketch == nullptr ? 0 : sketch->estimate());
  }

 private:
  std::unique_ptr<HyperLogLog> make() const override { return std::make_unique<HyperLogLog>(); }
  std::size_t input_;
  data::Type type_;
};

}  // namespace

std::unique_ptr<AggregateState> make_distinct(std::size_t input, data::Type type) {
  return std::make_unique<Distinct>(input, type);
}

std::unique_ptr<AggregateState> make_approximate_distinct(std::size_t input, data::Type type) {
  return std::make_unique<ApproximateDistinct>(input, type);
}

}  // namespace leat::windows
