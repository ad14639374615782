// A column of values of one type, contiguous, with nulls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/data/type.h"

namespace leat::data {

// Layout: int64 (bigint, timestamp), double and boolean (one byte each) lie in one vector; strings
// and bytes in a heap with size()+1 offsets (at most 4 GiB in a column); a list column holds
// size()+1 offsets into one element column. A null row has a zero value (or an empty extent), so
// raw loops may read it. The null bytes are empty as long as no row is null.
//
// A string column may carry dictionary codes: a dense number for each row's text, given by whoever
// made the column. They are hints that save a consumer hashing: under one dictionary id a code
// always means the same text. Any appending that is not told a code drops them.
//
// Copying copies everything; moving is cheap. Not thread-safe.
class Column {
 public:
  explicit Column(Type type);

  Type type() const { return type_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  bool has_nulls() const { return !nulls_.empty(); }
  bool is_null(std::size_t row) const { return !nulls_.empty() && nulls_[row] != 0; }
  // Empty (no nulls at all) or one byte a row, 1 for null.
  std::span<const std::uint8_t> nulls() const { return nulls_; }

  std::span<const std::int64_t> int64s() const {
    LEAT_ASSERT(type_.is_integral());
    return ints_;
  }
  std::span<const double> doubles() const {
    LEAT_ASSERT(type_.kind == Kind::kDouble);
    return doubles_;
  }
  std::span<const std::uint8_t> booleans() const {
    LEAT_ASSERT(type_.kind == Kind::kBoolean);
    return booleans_;
  }
  // For whoever fills a column in place; the length is fixed, null rows stay zero.
  std::span<std::int64_t> mutable_int64s() { return ints_; }
  std::span<double> mutable_doubles() { return doubles_; }
  std::span<std::uint8_t> mutable_booleans() { return booleans_; }

  // string and bytes; valid until the column changes.
  std::string_view text(std::size_t row) const {
    return std::string_view(heap_.data() + offsets_[row], offsets_[row + 1] - offsets_[row]);
  }
  std::span<const std::uint32_t> offsets() const { return offsets_; }
  // list: rows [list_begin, list_end) of elements().
  std::size_t list_begin(std::size_t row) const { return offsets_[row]; }
  std::size_t list_end(std::size_t row) const { return offsets_[row + 1]; }
  const Column& elements() const { return elements_.front(); }

  // Dictionary codes; empty when there are none.
  std::span<const std::uint32_t> codes() const { return codes_; }
  std::uint64_t dictionary_id() const { return dictionary_id_; }

  void reserve(std::size_t rows);
  void clear();

  void append_null();
  void append_int64(std::int64_t value) {
    ints_.push_back(value);
    grow();
  }
  void append_double(double value) {
    doubles_.push_back(value);
    grow();
  }
  void append_boolean(bool value) {
    booleans_.push_back(value ? 1 : 0);
    grow();
  }
  void append_text(std::string_view value);
  // A string with its code; the column keeps codes only while every row has one of that dictionary.
  void append_text(std::string_view value, std::uint64_t dictionary_id, std::uint32_t code);
  // A list: append its elements to list_builder(), then close it. Not closed, they belong to the
  // next.
  Column& list_builder() { return elements_.front(); }
  void close_list();
  // The last row goes; for a decoder that finds the row bad half way.
  void pop_back();
  // Only the first `rows` rows stay.
  void truncate(std::size_t rows);
  // Elements appended to list_builder() and not closed go.
  void abandon_list();

  // `other` is of the same type.
  void append_from(const Column& other, std::size_t row);
  void append_range(const Column& other, std::size_t begin, std::size_t end);
  void append_rows(const Column& other, std::span<const std::uint32_t> rows);

  // Off the hot path. append_value asserts that the value fits the type (an int64 fits a double).
  Value value(std::size_t row) const;
  void append_value(const Value& value);

 private:
  void grow() {
    ++size_;
    if (!nulls_.empty()) nulls_.push_back(0);
  }
  void drop_codes() {
    codes_.clear();
    dictionary_id_ = 0;
  }
  bool keeps_codes(std::uint64_t dictionary_id) const {
    return size_ == 0 || (codes_.size() == size_ && dictionary_id == dictionary_id_);
  }
  void close_text();
  void append_texts(const Column& other, std::span<const std::uint32_t> rows);
  // Before rows of `other` are appended: whether its nulls, its codes are to be appended too.
  bool grow_nulls(const Column& other, std::size_t rows);
  bool grow_codes(const Column& other);

  Type type_;
  std::size_t size_ = 0;
  std::vector<std::uint8_t> nulls_;
  std::vector<std::int64_t> ints_;
  std::vector<double> doubles_;
  std::vector<std::uint8_t> booleans_;
  std::vector<std::uint32_t> offsets_;
  std::string heap_;
  std::vector<Column> elements_;  // one for a list, none otherwise
  std::vector<std::uint32_t> codes_;
  std::uint64_t dictionary_id_ = 0;
};

}  // namespace leat::data
