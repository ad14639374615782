#include "core/windows/aggregate_pick.h"

#include "core/windows/aggregate_value.h"

namespace leat::windows {
namespace {

class FirstOrLast final : public AggregateState {
 public:
  FirstOrLast(std::size_t input, data::Type type, bool last)
      : input_(input), type_(type), last_(last) {}
  std::size_t size() const override { return 16; }
  bool trivial() const override { return is_inline(type_); }
  void init(std::byte* cell) const override { write(cell, 0, 0); }
  void destroy(std::byte* cell) const override { free_word(word(cell), type_); }
  std::size_t owned_bytes(const std::byte* cell) const override {
    return word_bytes(word(cell), type_);
  }

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    if (!is_inline(type_)) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
        if (last_ || arrival_of(cell) == 0) {
          write(cell, arrival, assign_word(word(cell), column, row));
        }
      });
      return;
    }
    with_words(column, [&](auto word_at) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
        if (last_ || arrival_of(cell) == 0) write(cell, arrival, word_at(row));
      });
    });
  }

  void merge(std::byte* into, const std::byte* from) const override {
    const std::uint64_t theirs = arrival_of(from);
    const std::uint64_t ours = arrival_of(into);
    if (theirs == 0) return;
    if (ours != 0 && (last_ ? theirs < ours : theirs > ours)) return;
    write(into, theirs, copy_word(word(into), word(from), type_));
  }

  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (arrival_of(cell) == 0) {
      out.append_null();
    } else {
      append_word(word(cell), type_, out);
    }
  }

  void save(const std::byte* cell, base::ByteWriter& out) const override {
    out.varint(arrival_of(cell));
    if (arrival_of(cell) != 0) save_word(word(cell), type_, out);
  }
  void load(std::byte* cell, base::ByteReader& in) const override {
    const std::uint64_t arrival = in.varint();
    if (arrival == 0) return;
    const Word loaded = load_word(type_, in);
    if (in.ok()) write(cell, arrival, loaded);
  }

 private:
  // 0: no value yet.
  std::uint64_t arrival_of(const std::byte* cell) const { return load_at<std::uint64_t>(at(cell)); }
  Word word(const std::byte* cell) const { return load_at<Word>(at(cell, 8)); }
  void write(std::byte* cell, std::uint64_t arrival, Word value) const {
    store_at(at(cell), arrival);
    store_at(at(cell, 8), value);
  }

  std::size_t input_;
  data::Type type_;
  bool last_;
};

class TextExtreme final : public AggregateState {
 public:
  TextExtreme(std::size_t input, data::Type type, bool largest)
      : input_(input), type_(type), largest_(largest) {}
  std::size_t size() const override { return 8; }
  bool trivial() const override { return false; }
  void init(std::byte* cell) const override { store_at<Word>(at(cell), 0); }
  void destroy(std::byte* cell) const override { free_word(word(cell), type_); }
  std::size_t owned_bytes(const std::byte* cell) const override {
    return word_bytes(word(cell), type_);
  }

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
      consider(cell, column.text(row));
    });
  }
  void merge(std::byte* into, const std::byte* from) const override {
    if (word(from) != 0) consider(into, blob_text(word(from)));
  }
  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (word(cell) == 0) {
      out.append_null();
    } else {
      append_word(word(cell), type_, out);
    }
  }
  void save(const std::byte* cell, base::ByteWriter& out) const override {
    out.boolean(word(cell) != 0);
    if (word(cell) != 0) save_word(word(cell), type_, out);
  }
  void load(std::byte* cell, base::ByteReader& in) const override {
    if (in.boolean()) store_at(at(cell), load_word(type_, in));
  }

 private:
  Word word(const std::byte* cell) const { return load_at<Word>(at(cell)); }
  void consider(std::byte* cell, std::string_view text) const {
    const Word held = word(cell);
    if (held != 0) {
      const int order = text.compare(blob_text(held));
      if (largest_ ? order <= 0 : order >= 0) return;
    }
    store_at(at(cell), assign_blob(held, text));
  }

  std::size_t input_;
  data::Type type_;
  bool largest_;
};

class ExtremeBy final : public AggregateState {
 public:
  ExtremeBy(std::size_t input, data::Type type, std::size_t by, data::Type by_type, bool largest)
      : input_(input), by_(by), type_(type), by_type_(by_type), largest_(largest) {}
  std::size_t size() const override { return 24; }
  bool trivial() const override { return is_inline(type_) && is_inline(by_type_); }
  void init(std::byte* cell) const override {
    for (std::size_t i = 0; i < 24; i += 8) store_at<std::uint64_t>(at(cell, i), 0);
  }
  void destroy(std::byte* cell) const override {
    free_word(by_word(cell), by_type_);
    free_word(word(cell), type_);
  }
  std::size_t owned_bytes(const std::byte* cell) const override {
    return word_bytes(by_word(cell), by_type_) + word_bytes(word(cell), type_);
  }

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& values = *inputs[input_];
    const data::Column& by = *inputs[by_];
    const auto take = [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
      store_at(at(cell), arrival);
      store_at(at(cell, 8), assign_word(by_word(cell), by, row));
      store_at(at(cell, 16), assign_word(word(cell), values, row));
    };
    if (!is_inline(by_type_)) {
      for_each_value(by, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
        if (values.is_null(row)) return;
        if (arrival_of(cell) == 0 || better(-compare_word_to_row(by_word(cell), by, row))) {
          take(cell, row, arrival);
        }
      });
      return;
    }
    with_words(by, [&](auto word_at) {
      for_each_value(by, rows, [&](std::byte* cell, std::size_t row, std::uint64_t arrival) {
        if (values.is_null(row)) return;
        if (arrival_of(cell) == 0 || better(compare_words(word_at(row), by_word(cell), by_type_))) {
          take(cell, row, arrival);
        }
      });
    });
  }

  void merge(std::byte* into, const std::byte* from) const override {
    if (arrival_of(from) == 0) return;
    if (arrival_of(into) != 0) {
      const int order = compare_words(by_word(from), by_word(into), by_type_);
      const bool earlier = order == 0 && arrival_of(from) < arrival_of(into);
      if (!earlier && !better(order)) return;
    }
    store_at(at(into), arrival_of(from));
    store_at(at(into, 8), copy_word(by_word(into), by_word(from), by_type_));
    store_at(at(into, 16), copy_word(word(into), word(from), type_));
  }

  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (arrival_of(cell) == 0) {
      out.append_null();
    } else {
      append_word(word(cell), type_, out);
    }
  }

  void save(const std::byte* cell, base::ByteWriter& out) const override {
    out.varint(arrival_of(cell));
    if (arrival_of(cell) == 0) return;
    save_word(by_word(cell), by_type_, out);
    save_word(word(cell), type_, out);
  }
  void load(std::byte* cell, base::ByteReader& in) const override {
    const std::uint64_t arrival = in.varint();
    if (arrival == 0) return;
    const Word by = load_word(by_type_, in);
    const Word value = load_word(type_, in);
    if (!in.ok()) {
      free_word(by, by_type_);
      free_word(value, type_);
      return;
    }
    store_at(at(cell), arrival);
    store_at(at(cell, 8), by);
    store_at(at(cell, 16), value);
  }

 private:
  std::uint64_t arrival_of(const std::byte* cell) const { return load_at<std::uint64_t>(at(cell)); }
  Word by_word(const std::byte* cell) const { return load_at<Word>(at(cell, 8)); }
  Word word(const std::byte* cell) const { return load_at<Word>(at(cell, 16)); }
  bool better(int order) const { return largest_ ? order > 0 : order < 0; }

  std::size_t input_;
  std::size_t by_;
  data::Type type_;
  data::Type by_type_;
  bool largest_;
};

}  // namespace

std::unique_ptr<AggregateState> make_first_or_last(std::size_t input, data::Type type, bool last) {
  return std::make_unique<FirstOrLast>(input, type, last);
}

std::unique_ptr<AggregateState> make_text_extreme(std::size_t input, data::Type type,
                                                  bool largest) {
  return std::make_unique<TextExtreme>(input, type, largest);
}

std::unique_ptr<AggregateState> make_extreme_by(std::size_t input, data::Type type, std::size_t by,
                                                data::Type by_type, bool largest) {
  return std::make_unique<ExtremeBy>(input, type, by, by_type, largest);
}

}  // namespace leat::windows
