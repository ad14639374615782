// count(DISTINCT x), exact and approximate.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/data/key_index.h"
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

// Different values in order of arrival. For numbers the entries are sortable bits, for text the
// ends of their extents in one heap. A few are looked through one by one; more are found by an
// index, and those whose hashes somebody made collide by an ordered set (see KeyIndex).
class DistinctSet {
 public:
  explicit DistinctSet(bool text) : text_(text) {}

  std::size_t size() const { return entries_.size(); }

  void add_number(std::uint64_t bits) {
    const std::uint64_t hash = hash_number(bits);
    const auto equals = [&](std::size_t entry) { return entries_[entry] == bits; };
    if (holds(hash, equals) || (crowded_ && crowded_->numbers.count(bits) != 0)) return;
    entries_.push_back(bits);
    note(hash);
  }

  void add_text(std::string_view text) {
    const std::uint64_t hash = hash_text(text);
    const auto equals = [&](std::size_t entry) { return text_of(entry) == text; };
    if (holds(hash, equals) || (crowded_ && crowded_->texts.count(text) != 0)) return;
    heap_.append(text);
    entries_.push_back(heap_.size());
    note(hash);
  }

  void merge(const DistinctSet& other) {
    for (std::size_t i = 0; i < other.size(); ++i) {
      text_ ? add_text(other.text_of(i)) : add_number(other.entries_[i]);
    }
  }

  std::size_t owned_bytes() const {
    const std::size_t indexed = index_ ? size() * 24 : 0;  // 16 to 32 bytes an entry
    return entries_.capacity() * sizeof(std::uint64_t) + heap_.capacity() + indexed;
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
  static constexpr std::size_t kUnindexed = 16;
  struct Crowded {
    std::set<std::uint64_t> numbers;
    std::set<std::string, std::less<>> texts;
  };

  std::string_view text_of(std::size_t entry) const {
    const std::size_t begin = entry == 0 ? 0 : static_cast<std::size_t>(entries_[entry - 1]);
    return std::string_view(heap_).substr(begin, static_cast<std::size_t>(entries_[entry]) - begin);
  }

  template <class Equals>
  bool holds(std::uint64_t hash, Equals equals) const {
    if (index_) {
      return index_->find(static_cast<std::uint32_t>(hash), equals) != data::KeyIndex::kNone;
    }
    for (std::size_t entry = 0; entry < size(); ++entry) {
      if (equals(entry)) return true;
    }
    return false;
  }

  // The last entry is new.
  void note(std::uint64_t hash) {
    LEAT_ASSERT(size() < data::KeyIndex::kNone);
    if (index_) {
      index_entry(size() - 1, hash);
    } else if (size() > kUnindexed) {
      index_ = std::make_unique<data::KeyIndex>();
      for (std::size_t i = 0; i < size(); ++i) {
        index_entry(i, text_ ? hash_text(text_of(i)) : hash_number(entries_[i]));
      }
    }
  }
  void index_entry(std::size_t entry, std::uint64_t hash) {
    const auto id = static_cast<std::uint32_t>(entry);
    if (index_->insert(static_cast<std::uint32_t>(hash), id)) return;
    if (!crowded_) crowded_ = std::make_unique<Crowded>();
    if (text_) {
      crowded_->texts.emplace(text_of(entry));
    } else {
      crowded_->numbers.insert(entries_[entry]);
    }
  }

  bool text_;
  std::vector<std::uint64_t> entries_;
  std::string heap_;
  std::unique_ptr<data::KeyIndex> index_;
  std::unique_ptr<Crowded> crowded_;
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
