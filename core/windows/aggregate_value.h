// One value in eight bytes of a cell. Private to this folder.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/data/column.h"

namespace leat::windows {

// The bits of an int64, double or boolean; or a pointer to a Blob, null for none. A Word of text or
// list owns its Blob: it is released by free_word().
using Word = std::uint64_t;

// Text, or a list in the form of save_value().
struct Blob {
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  char* data() { return reinterpret_cast<char*>(this + 1); }
};

inline bool is_inline(data::Type type) { return !type.is_textual() && !type.is_list(); }

inline std::string_view blob_text(Word word) {
  auto* blob = reinterpret_cast<Blob*>(static_cast<std::uintptr_t>(word));
  return blob == nullptr ? std::string_view() : std::string_view(blob->data(), blob->size);
}
// The Word that holds `text` from now on; the Blob of `old` is used again where it fits, or freed.
Word assign_blob(Word old, std::string_view text);

// Row `row` of `column` in place of `old`. The row is not null.
Word assign_word(Word old, const data::Column& column, std::size_t row);
Word copy_word(Word old, Word from, data::Type type);  // in place of `old`
void free_word(Word word, data::Type type);
std::size_t word_bytes(Word word, data::Type type);  // what hangs from it
void append_word(Word word, data::Type type, data::Column& out);
void save_word(Word word, data::Type type, base::ByteWriter& out);
// 0 and a failed reader when the bytes are not a value of that type.
Word load_word(data::Type type, base::ByteReader& in);

// For inline types: integers that order as the values do. -0.0 is 0.0; NaN comes last.
inline std::uint64_t sortable_double(double value) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  if (value != value) return ~std::uint64_t{0};
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // -0.0 + 0.0 is 0.0
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}
inline std::uint64_t sortable(Word word, data::Kind kind) {
  if (kind == data::Kind::kDouble) return sortable_double(std::bit_cast<double>(word));
  return word ^ (std::uint64_t{1} << 63);
}

// Negative, 0, positive. Not for lists.
inline int compare_words(Word a, Word b, data::Type type) {
  if (!is_inline(type)) return blob_text(a).compare(blob_text(b));
  const std::uint64_t left = sortable(a, type.kind);
  const std::uint64_t right = sortable(b, type.kind);
  return left < right ? -1 : left > right ? 1 : 0;
}
inline int compare_word_to_row(Word a, const data::Column& column, std::size_t row);

// Calls f with a function row -> Word for an inline column: the type is looked at once, not for
// each row.
template <class F>
inline void with_words(const data::Column& column, F f) {
  if (column.type().kind == data::Kind::kDouble) {
    f([values = column.doubles().data()](std::size_t row) {
      return std::bit_cast<Word>(values[row]);
    });
  } else if (column.type().kind == data::Kind::kBoolean) {
    f([values = column.booleans().data()](std::size_t row) { return Word{values[row]}; });
  } else {
    f([values = column.int64s().data()](std::size_t row) {
      return static_cast<Word>(values[row]);
    });
  }
}

inline Word inline_word(const data::Column& column, std::size_t row) {
  if (column.type().kind == data::Kind::kDouble) return std::bit_cast<Word>(column.doubles()[row]);
  if (column.type().kind == data::Kind::kBoolean) return column.booleans()[row];
  return static_cast<Word>(column.int64s()[row]);
}

inline int compare_word_to_row(Word a, const data::Column& column, std::size_t row) {
  if (!is_inline(column.type())) return blob_text(a).compare(column.text(row));
  return compare_words(a, inline_word(column, row), column.type());
}

// One value of a column as bytes, null included, and back. load_value() appends to `out`; on a
// failed reader it appends nothing.
void save_value(const data::Column& column, std::size_t row, base::ByteWriter& out);
void load_value(base::ByteReader& in, data::Column& out);

}  // namespace leat::windows
