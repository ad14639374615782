#include "core/windows/aggregate_collect.h"

#include <algorithm>
#include <vector>

#include "core/windows/aggregate_value.h"

namespace leat::windows {
namespace {

// Without dictionary codes: the dictionary may be gone long before the list is.
void append_plain(const data::Column& from, std::size_t row, data::Column& to) {
  if (from.type().is_textual()) {
    to.append_text(from.text(row));
  } else {
    to.append_from(from, row);
  }
}

std::size_t column_bytes(const data::Column& column) {
  switch (column.type().kind) {
    case data::Kind::kBoolean:
      return column.size();
    case data::Kind::kString:
    case data::Kind::kBytes:
      return column.offsets().back() + column.offsets().size() * 4;
    default:
      return column.size() * 8;
  }
}

// Values and their arrivals, ascending.
class ValueList {
 public:
  explicit ValueList(data::Type type) : values_(type) {}

  void add(const data::Column& column, std::size_t row, std::uint64_t arrival) {
    append_plain(column, row, values_);
    arrivals_.push_back(arrival);
  }

  void merge(const ValueList& other) {
    if (arrivals_.empty() || other.arrivals_.empty() ||
        arrivals_.back() < other.arrivals_.front()) {
      append_rest(other, 0);
      return;
    }
    ValueList merged(values_.type());
    std::size_t ours = 0;
    std::size_t theirs = 0;
    while (ours < arrivals_.size() && theirs < other.arrivals_.size()) {
      if (arrivals_[ours] <= other.arrivals_[theirs]) {
        merged.add(values_, ours, arrivals_[ours]);
        ++ours;
      } else {
        merged.add(other.values_, theirs, other.arrivals_[theirs]);
        ++theirs;
      }
    }
    merged.append_rest(*this, ours);
    merged.append_rest(other, theirs);
    *this = std::move(merged);
  }

  void append_to(data::Column& out) const {
    out.list_builder().append_range(values_, 0, values_.size());
  }

  std::size_t owned_bytes() const { return arrivals_.size() * 8 + column_bytes(values_); }

  void save(base::ByteWriter& out) const {
    out.varint(arrivals_.size());
    std::uint64_t previous = 0;
    for (std::size_t i = 0; i < arrivals_.size(); ++i) {
      out.varint(arrivals_[i] - previous);
      previous = arrivals_[i];
      save_value(values_, i, out);
    }
  }
  void load(base::ByteReader& in) {
    const std::size_t count = in.count();
    std::uint64_t arrival = 0;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
      arrival += in.varint();
      load_value(in, values_);
      if (in.ok() && values_.is_null(values_.size() - 1)) fail(in);
      if (in.ok()) arrivals_.push_back(arrival);
    }
  }

 private:
  void append_rest(const ValueList& other, std::size_t begin) {
    values_.append_range(other.values_, begin, other.values_.size());
    arrivals_.insert(arrivals_.end(), other.arrivals_.begin() + static_cast<std::ptrdiff_t>(begin),
                     other.arrivals_.end());
  }

  data::Column values_;
  std::vector<std::uint64_t> arrivals_;
};

class CollectList final : public OwningState<ValueList> {
 public:
  CollectList(std::size_t input, data::Type type) : input_(input), type_(type) {}

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
      obtain(cell).add(column, row, arrival);
    });
  }
  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (const ValueList* list = get(cell)) list->append_to(out);
    out.close_list();
  }

 private:
  std::unique_ptr<ValueList> make() const override { return std::make_unique<ValueList>(type_); }
  std::size_t input_;
  data::Type type_;
};

struct TopConfig {
  data::Type type;
  data::Type shown_type;
  bool shown = false;
  std::size_t limit = 0;
};

struct TopEntry {
  Word value = 0;
  Word shown = 0;
  std::uint64_t arrival = 0;
};

// Whether a comes before b in the result.
struct TopOrder {
  data::Type type;
  bool operator()(const TopEntry& a, const TopEntry& b) const {
    const int comparison = compare_words(a.value, b.value, type);
    return comparison != 0 ? comparison > 0 : a.arrival < b.arrival;
  }
};

// A heap whose root is the one to go next: the smallest, and of several the last to arrive.
class TopValues {
 public:
  explicit TopValues(const TopConfig& config) : config_(config), order_{config.type} {}
  ~TopValues() {
    for (const TopEntry& entry : entries_) release(entry);
  }
  TopValues(const TopValues&) = delete;
  TopValues& operator=(const TopValues&) = delete;

  void add(const data::Column& column, const data::Column& shown, std::size_t row,
           std::uint64_t arrival) {
    if (full()) {
      // An equal value came later than the one held: it stays out.
      if (compare_word_to_row(entries_.front().value, column, row) >= 0) return;
      TopEntry entry = take_root();
      entry.value = assign_word(entry.value, column, row);
      if (config_.shown) entry.shown = assign_word(entry.shown, shown, row);
      entry.arrival = arrival;
      push(entry);
      return;
    }
    TopEntry entry;
    entry.value = assign_word(0, column, row);
    if (config_.shown) entry.shown = assign_word(0, shown, row);
    entry.arrival = arrival;
    push(entry);
  }

  void merge(const TopValues& other) {
    for (const TopEntry& theirs : other.entries_) {
      if (full()) {
        if (!order_(theirs, entries_.front())) continue;
        release(take_root());
      }
      TopEntry entry;
      entry.value = copy_word(0, theirs.value, config_.type);
      if (config_.shown) entry.shown = copy_word(0, theirs.shown, config_.shown_type);
      entry.arrival = theirs.arrival;
      push(entry);
    }
  }

  void append_to(data::Column& out) const {
    std::vector<TopEntry> sorted = entries_;
    std::sort(sorted.begin(), sorted.end(), order_);
    for (const TopEntry& entry : sorted) {
      append_word(config_.shown ? entry.shown : entry.value,
                  config_.shown ? config_.shown_type : config_.type, out.list_builder());
    }
  }

  std::size_t owned_bytes() const {
    std::size_t bytes = entries_.capacity() * sizeof(TopEntry);
    for (const TopEntry& entry : entries_) {
      bytes += word_bytes(entry.value, config_.type);
      if (config_.shown) bytes += word_bytes(entry.shown, config_.shown_type);
    }
    return bytes;
  }

  void save(base::ByteWriter& out) const {
    out.varint(entries_.size());
    for (const TopEntry& entry : entries_) {
      out.varint(entry.arrival);
      save_word(entry.value, config_.type, out);
      if (config_.shown) save_word(entry.shown, config_.shown_type, out);
    }
  }
  void load(base::ByteReader& in) {
    const std::size_t count = in.count();
    if (count > config_.limit) fail(in);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
      TopEntry entry;
      entry.arrival = in.varint();
      entry.value = load_word(config_.type, in);
      if (config_.shown) entry.shown = load_word(config_.shown_type, in);
      entries_.push_back(entry);
    }
    if (!std::is_heap(entries_.begin(), entries_.end(), order_)) fail(in);
  }

 private:
  bool full() const { return entries_.size() >= config_.limit; }
  void push(const TopEntry& entry) {
    entries_.push_back(entry);
    std::push_heap(entries_.begin(), entries_.end(), order_);
  }
  TopEntry take_root() {
    std::pop_heap(entries_.begin(), entries_.end(), order_);
    const TopEntry entry = entries_.back();
    entries_.pop_back();
    return entry;
  }
  void release(const TopEntry& entry) const {
    free_word(entry.value, config_.type);
    if (config_.shown) free_word(entry.shown, config_.shown_type);
  }

  const TopConfig& config_;  // the state's, which outlives its cells
  TopOrder order_;
  std::vector<TopEntry> entries_;
};

class TopN final : public OwningState<TopValues> {
 public:
  TopN(std::size_t input, std::size_t shown, TopConfig config)
      : input_(input), shown_(shown), config_(config) {}

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    const data::Column& shown = *inputs[shown_];
    for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
      if (shown.is_null(row)) return;
      obtain(cell).add(column, shown, row, arrival);
    });
  }
  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (const TopValues* values = get(cell)) values->append_to(out);
    out.close_list();
  }

 private:
  std::unique_ptr<TopValues> make() const override { return std::make_unique<TopValues>(config_); }
  std::size_t input_;
  std::size_t shown_;
  TopConfig config_;
};

}  // namespace

std::unique_ptr<AggregateState> make_collect_list(std::size_t input, data::Type type) {
  return std::make_unique<CollectList>(input, type);
}

std::unique_ptr<AggregateState> make_top_n(std::size_t input, data::Type type, std::int64_t limit,
                                           std::optional<Shown> shown) {
  TopConfig config;
  config.type = type;
  config.limit = static_cast<std::size_t>(limit);
  config.shown = shown.has_value();
  if (shown) config.shown_type = shown->type;
  return std::make_unique<TopN>(input, shown ? shown->input : input, config);
}

}  // namespace leat::windows
