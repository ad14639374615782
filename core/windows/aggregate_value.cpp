#include "core/windows/aggregate_value.h"

#include <cstring>
#include <new>

#include "core/windows/aggregate_state.h"

namespace leat::windows {
namespace {

Blob* blob_of(Word word) { return reinterpret_cast<Blob*>(static_cast<std::uintptr_t>(word)); }

void free_blob(Blob* blob) { ::operator delete(blob); }

// The elements of a list, behind a count.
void save_elements(const data::Column& column, std::size_t row, base::ByteWriter& out) {
  out.varint(column.list_end(row) - column.list_begin(row));
  for (std::size_t i = column.list_begin(row); i < column.list_end(row); ++i) {
    save_value(column.elements(), i, out);
  }
}

// Appends a list to `out`, or nothing when the reader fails.
void load_elements(base::ByteReader& in, data::Column& out) {
  const std::size_t count = in.count();  // an element takes a byte at least
  for (std::size_t i = 0; i < count && in.ok(); ++i) load_value(in, out.list_builder());
  if (in.ok()) {
    out.close_list();
  } else {
    out.abandon_list();
  }
}

}  // namespace

Word assign_blob(Word old, std::string_view text) {
  Blob* blob = blob_of(old);
  const auto size = static_cast<std::uint32_t>(text.size());
  LEAT_ASSERT(size == text.size());
  // A large blob is not kept for a small text: a cell would hold its largest value for ever.
  const bool fits = blob != nullptr && blob->capacity >= size && blob->capacity / 4 <= size + 16;
  if (!fits) {
    free_blob(blob);
    blob = new (::operator new(sizeof(Blob) + size)) Blob;
    blob->capacity = size;
  }
  blob->size = size;
  if (size != 0) std::memcpy(blob->data(), text.data(), size);
  return reinterpret_cast<std::uintptr_t>(blob);
}

Word assign_word(Word old, const data::Column& column, std::size_t row) {
  if (is_inline(column.type())) return inline_word(column, row);
  if (column.type().is_textual()) return assign_blob(old, column.text(row));
  base::ByteWriter encoded;
  save_elements(column, row, encoded);
  return assign_blob(old, encoded.bytes());
}

Word copy_word(Word old, Word from, data::Type type) {
  return is_inline(type) ? from : assign_blob(old, blob_text(from));
}

void free_word(Word word, data::Type type) {
  if (!is_inline(type)) free_blob(blob_of(word));
}

std::size_t word_bytes(Word word, data::Type type) {
  if (is_inline(type) || word == 0) return 0;
  return sizeof(Blob) + blob_of(word)->capacity;
}

void append_word(Word word, data::Type type, data::Column& out) {
  switch (type.kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      out.append_int64(static_cast<std::int64_t>(word));
      return;
    case data::Kind::kDouble:
      out.append_double(std::bit_cast<double>(word));
      return;
    case data::Kind::kBoolean:
      out.append_boolean(word != 0);
      return;
    case data::Kind::kString:
    case data::Kind::kBytes:
      out.append_text(blob_text(word));
      return;
    case data::Kind::kList:
      break;
  }
  base::ByteReader in(blob_text(word));
  load_elements(in, out);
  LEAT_ASSERT(in.ok());  // load_word() let no other bytes in
}

void save_word(Word word, data::Type type, base::ByteWriter& out) {
  if (is_inline(type)) {
    out.u64(word);
  } else {
    out.text(blob_text(word));
  }
}

Word load_word(data::Type type, base::ByteReader& in) {
  if (is_inline(type)) {
    const Word word = in.u64();
    if (type.kind == data::Kind::kBoolean && word > 1) fail(in);
    return in.ok() ? word : 0;
  }
  const std::string_view text = in.text();
  if (type.is_list() && in.ok()) {
    data::Column scratch(type);
    base::ByteReader elements(text);
    load_elements(elements, scratch);
    if (!elements.ok() || !elements.at_end()) fail(in);
  }
  return in.ok() ? assign_blob(0, text) : 0;
}

void save_value(const data::Column& column, std::size_t row, base::ByteWriter& out) {
  const bool null = column.is_null(row);
  out.boolean(!null);
  if (null) return;
  if (is_inline(column.type())) {
    out.u64(inline_word(column, row));
  } else if (column.type().is_textual()) {
    out.text(column.text(row));
  } else {
    save_elements(column, row, out);
  }
}

void load_value(base::ByteReader& in, data::Column& out) {
  const bool present = in.boolean();
  if (!in.ok()) return;
  if (!present) {
    out.append_null();
    return;
  }
  const data::Type type = out.type();
  if (type.is_list()) {
    load_elements(in, out);
  } else if (type.is_textual()) {
    const std::string_view text = in.text();
    if (in.ok()) out.append_text(text);
  } else {
    const Word word = load_word(type, in);
    if (in.ok()) append_word(word, type, out);
  }
}

}  // namespace leat::windows
