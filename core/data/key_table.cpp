#include "core/data/key_table.h"

#include <array>
#include <cstring>
#include <map>

#include "core/base/assert.h"
#include "core/data/key_index.h"
#include "core/data/key_order.h"

namespace leat::data {
namespace {

constexpr KeyId kNone = KeyIndex::kNone;
// What the caches by value and by code may grow to, beyond what the number of keys justifies.
constexpr std::uint64_t kFreeDirect = 1024;
constexpr std::uint32_t kMaxCode = 1u << 22;
constexpr std::size_t kMaxDictionaries = 16;

enum class Shape { kNoField, kText, kInteger, kGeneral };

Shape shape_of(const std::vector<Field>& fields) {
  if (fields.empty()) return Shape::kNoField;
  if (fields.size() > 1) return Shape::kGeneral;
  if (fields[0].type.is_textual()) return Shape::kText;
  return fields[0].type.is_integral() ? Shape::kInteger : Shape::kGeneral;
}

constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kFinalMix = 0xd6e8feb86659fd93;

// Words are taken in by a multiplication and a shift, both one to one, so texts of one length up to
// eight bytes never share all 64 bits. Only for tables in memory: hash_key() is the stable one.
std::uint32_t hash_bytes(std::string_view text) {
  const char* data = text.data();
  std::size_t rest = text.size();
  std::uint64_t hash = kMix ^ rest;
  std::uint64_t word = 0;
  for (; rest > 8; rest -= 8, data += 8) {
    std::memcpy(&word, data, 8);
    hash = (hash ^ word) * kMix;
    hash ^= hash >> 32;
  }
  if (rest >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, data, 4);
    std::memcpy(&high, data + rest - 4, 4);
    word = low | std::uint64_t{high} << 32;
  } else if (rest > 0) {
    word = static_cast<unsigned char>(data[0]) |
           std::uint64_t{static_cast<unsigned char>(data[rest / 2])} << 8 |
           std::uint64_t{static_cast<unsigned char>(data[rest - 1])} << 16;
  } else {
    word = 0;
  }
  hash = (hash ^ word) * kMix;
  hash ^= hash >> 32;
  return static_cast<std::uint32_t>(hash * kFinalMix >> 32);
}

std::uint32_t hash_integer(std::int64_t value) {
  std::uint64_t hash = static_cast<std::uint64_t>(value) * kMix;
  hash ^= hash >> 32;
  return static_cast<std::uint32_t>(hash * kFinalMix >> 32);
}

// memcmp() of a length not known in advance is a call; keys are short.
bool same_bytes(const char* a, const char* b, std::size_t size) {
  std::uint64_t left = 0;
  std::uint64_t right = 0;
  if (size < 8 || size > 24) return std::memcmp(a, b, size) == 0;
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    std::memcpy(&left, a + at, 8);
    std::memcpy(&right, b + at, 8);
    if (left != right) return false;
  }
  std::memcpy(&left, a + size - 8, 8);
  std::memcpy(&right, b + size - 8, 8);
  return left == right;
}

// The encoded key, in place when it is short; half a cache line.
struct Entry {
  static constexpr std::size_t kInPlace = 24;
  std::uint32_t size = 0;
  bool held = false;
  bool escaped = false;  // a text that is not its encoding without the first and last byte
  union {
    std::array<char, kInPlace> in_place;
    char* elsewhere;
  };
  Entry() : in_place() {}

  const char* data() const { return size <= kInPlace ? in_place.data() : elsewhere; }
  std::string_view view() const { return {data(), size}; }
  // The text of a key of one text that is neither null nor escaped.
  std::string_view text() const { return view().substr(1, size - 2); }
};

// What code a column's dictionary gives to which key, and back, to forget it when the key goes.
struct CodeCache {
  std::uint64_t dictionary_id = 0;
  std::vector<KeyId> id_of;            // by code; kNone: not known
  std::vector<std::uint32_t> code_of;  // by id; kNone: none

  void learn(std::uint32_t code, KeyId id) {
    if (code >= kMaxCode) return;
    if (code >= id_of.size()) id_of.resize(code + std::size_t{1}, kNone);
    if (id >= code_of.size()) code_of.resize(id + std::size_t{1}, kNone);
    if (code_of[id] != kNone) return;  // a dictionary with a text twice; one code will do
    id_of[code] = id;
    code_of[id] = code;
  }
  void forget(KeyId id) {
    if (id >= code_of.size() || code_of[id] == kNone) return;
    id_of[code_of[id]] = kNone;
    code_of[id] = kNone;
  }
};

}  // namespace

struct KeyTable::Impl {
  explicit Impl(std::vector<Field> key_fields)
      : fields(std::move(key_fields)),
        shape(shape_of(fields)),
        order([this](KeyId a, KeyId b) { return entries[a].view() < entries[b].view(); }) {}
  ~Impl() {
    for (Entry& entry : entries) free_bytes(entry);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static void free_bytes(Entry& entry) {
    if (entry.size > Entry::kInPlace) delete[] entry.elsewhere;
    entry.size = 0;
  }

  bool equals(KeyId id, std::string_view encoded) const { return entries[id].view() == encoded; }
  bool equals_text(KeyId id, std::string_view text) const {
    const Entry& entry = entries[id];
    return entry.size == text.size() + 2 && !entry.escaped &&
           same_bytes(entry.data() + 1, text.data(), text.size());
  }

  std::uint32_t hash_of(KeyId id) const;
  KeyId find(std::uint32_t hash, std::string_view encoded) const;
  KeyId add(std::uint32_t hash, std::string_view encoded);
  KeyId find_or_add(std::uint32_t hash, std::string_view encoded) {
    const KeyId id = find(hash, encoded);
    return id != kNone ? id : add(hash, encoded);
  }
  KeyId intern_row(std::span<const Column* const> columns, std::size_t row);
  KeyId intern_text(const Column& column, std::size_t row, std::uint32_t hash);
  KeyId intern_integer(const Column& column, std::size_t row);
  void widen_direct(std::int64_t value);
  CodeCache& cache_of(std::uint64_t dictionary_id);
  void intern_texts(const Column& column, std::size_t rows, KeyId* ids);
  void intern_codes(const Column& column, std::size_t rows, KeyId* ids);
  void intern_integers(const Column& column, std::size_t rows, KeyId* ids);
  void release(KeyId id);

  std::vector<Field> fields;
  Shape shape;
  std::vector<Entry> entries;
  std::vector<std::int64_t> integers;  // kInteger: the value of each id
  std::vector<KeyId> free_ids;
  std::size_t held = 0;

  KeyIndex index;
  std::map<std::string, KeyId, std::less<>> colliding;  // what the index refused
  // kInteger: ids of the values 0 to size - 1, which are not in the index.
  std::vector<KeyId> direct;
  std::vector<CodeCache> caches;
  std::size_t next_cache = 0;

  KeyOrder order;
  std::string scratch;
  std::vector<std::uint32_t> hashes;
};

// Of what the index is keyed by: the bare text or integer where there is one, else the encoding.
std::uint32_t KeyTable::Impl::hash_of(KeyId id) const {
  const Entry& entry = entries[id];
  const bool null = entry.size > 0 && entry.data()[0] == 0;
  if (shape == Shape::kInteger && !null) return hash_integer(integers[id]);
  if (shape == Shape::kText && !null && !entry.escaped) return hash_bytes(entry.text());
  return hash_bytes(entry.view());
}

KeyId KeyTable::Impl::find(std::uint32_t hash, std::string_view encoded) const {
  const KeyId id = index.find(hash, [&](KeyId other) { return equals(other, encoded); });
  if (id != kNone || colliding.empty()) return id;
  const auto found = colliding.find(encoded);
  return found != colliding.end() ? found->second : kNone;
}

KeyId KeyTable::Impl::add(std::uint32_t hash, std::string_view encoded) {
  KeyId id = 0;
  if (free_ids.empty()) {
    LEAT_ASSERT(entries.size() < kNone);
    id = static_cast<KeyId>(entries.size());
    entries.emplace_back();
    if (shape == Shape::kInteger) integers.push_back(0);
  } else {
    id = free_ids.back();
    free_ids.pop_back();
  }
  Entry& entry = entries[id];
  entry.size = static_cast<std::uint32_t>(encoded.size());
  if (encoded.size() > Entry::kInPlace) entry.elsewhere = new char[encoded.size()];
  if (!encoded.empty()) std::memcpy(const_cast<char*>(entry.data()), encoded.data(), entry.size);
  entry.held = true;
  entry.escaped = shape == Shape::kText && entry.data()[0] != 0 &&
                  entry.text().find('\0') != std::string_view::npos;
  ++held;
  if (!index.insert(hash, id)) colliding.emplace(encoded, id);
  order.add(id);
  return id;
}

void KeyTable::Impl::release(KeyId id) {
  LEAT_ASSERT(id < entries.size() && entries[id].held);
  Entry& entry = entries[id];
  const bool in_direct = shape == Shape::kInteger && entry.data()[0] != 0 && integers[id] >= 0 &&
                         static_cast<std::uint64_t>(integers[id]) < direct.size();
  if (in_direct) {
    direct[static_cast<std::size_t>(integers[id])] = kNone;
  } else if (!index.erase(hash_of(id), id)) {
    const auto found = colliding.find(entry.view());
    LEAT_ASSERT(found != colliding.end() && found->second == id);
    colliding.erase(found);
  }
  order.remove(id);
  free_bytes(entry);
  entry.held = false;
  for (CodeCache& cache : caches) cache.forget(id);
  free_ids.push_back(id);
  --held;
}

KeyId KeyTable::Impl::intern_row(std::span<const Column* const> columns, std::size_t row) {
  scratch.clear();
  encode_key(columns, row, scratch);
  return find_or_add(hash_bytes(scratch), scratch);
}

KeyId KeyTable::Impl::intern_text(const Column& column, std::size_t row, std::uint32_t hash) {
  const std::string_view text = column.text(row);
  const bool null = column.is_null(row);
  if (!null) {
    const KeyId id = index.find(hash, [&](KeyId other) { return equals_text(other, text); });
    if (id != kNone) return id;
  }
  const Column* key = &column;
  scratch.clear();
  encode_key(std::span(&key, 1), row, scratch);
  const bool plain = !null && scratch.size() == text.size() + 2;
  return find_or_add(plain ? hash : hash_bytes(scratch), scratch);
}

void KeyTable::Impl::intern_texts(const Column& column, std::size_t rows, KeyId* ids) {
  // The slots of several rows are on their way from memory at a time.
  constexpr std::size_t kAhead = 8;
  hashes.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) hashes[row] = hash_bytes(column.text(row));
  for (std::size_t row = 0; row < rows; ++row) {
    if (row + kAhead < rows) index.prefetch(hashes[row + kAhead]);
    ids[row] = intern_text(column, row, hashes[row]);
  }
}

CodeCache& KeyTable::Impl::cache_of(std::uint64_t dictionary_id) {
  for (CodeCache& cache : caches) {
    if (cache.dictionary_id == dictionary_id) return cache;
  }
  if (caches.size() < kMaxDictionaries) caches.emplace_back();
  CodeCache& cache = caches[next_cache];
  next_cache = (next_cache + 1) % kMaxDictionaries;
  cache.dictionary_id = dictionary_id;
  cache.id_of.clear();
  cache.code_of.clear();
  return cache;
}

void KeyTable::Impl::intern_codes(const Column& column, std::size_t rows, KeyId* ids) {
  CodeCache& cache = cache_of(column.dictionary_id());
  const std::uint32_t* const codes = column.codes().data();
  for (std::size_t row = 0; row < rows; ++row) {
    // Most codes are known: a loop that touches nothing but arrays.
    const KeyId* const id_of = cache.id_of.data();
    const std::size_t known = cache.id_of.size();
    for (; row < rows && codes[row] < known && id_of[codes[row]] != kNone; ++row) {
      ids[row] = id_of[codes[row]];
    }
    if (row == rows) break;
    ids[row] = intern_text(column, row, hash_bytes(column.text(row)));
    cache.learn(codes[row], ids[row]);
  }
}

// Values from 0 up are looked up in an array as long as that stays in proportion to the keys.
void KeyTable::Impl::widen_direct(std::int64_t value) {
  if (value < 0) return;
  const auto wanted = static_cast<std::uint64_t>(value);
  if (wanted < direct.size() || wanted >= kFreeDirect + 4 * std::uint64_t{held}) return;
  std::size_t size = direct.empty() ? 64 : direct.size();
  while (size <= wanted) size *= 2;
  const std::size_t before = direct.size();
  direct.resize(size, kNone);
  for (KeyId id = 0; id < entries.size(); ++id) {
    if (!entries[id].held || entries[id].data()[0] == 0 || integers[id] < 0) continue;
    const auto at = static_cast<std::uint64_t>(integers[id]);
    if (at < before || at >= size) continue;
    direct[static_cast<std::size_t>(at)] = id;
    if (!index.erase(hash_integer(integers[id]), id))
      colliding.erase(std::string(entries[id].view()));
  }
}

KeyId KeyTable::Impl::intern_integer(const Column& column, std::size_t row) {
  const Column* key = &column;
  if (column.is_null(row)) return intern_row(std::span(&key, 1), row);
  const std::int64_t value = column.int64s()[row];
  const std::uint32_t hash = hash_integer(value);
  KeyId id = index.find(
      hash, [&](KeyId other) { return integers[other] == value && entries[other].data()[0] != 0; });
  if (id != kNone) return id;
  scratch.clear();
  encode_key(std::span(&key, 1), row, scratch);
  id = find(hash, scratch);
  if (id != kNone) return id;
  id = add(hash, scratch);
  integers[id] = value;
  widen_direct(value);
  if (value >= 0 && static_cast<std::uint64_t>(value) < direct.size() &&
      direct[static_cast<std::size_t>(value)] == kNone) {
    direct[static_cast<std::size_t>(value)] = id;
    if (!index.erase(hash, id)) colliding.erase(scratch);
  }
  return id;
}

void KeyTable::Impl::intern_integers(const Column& column, std::size_t rows, KeyId* ids) {
  const std::span<const std::int64_t> values = column.int64s();
  for (std::size_t row = 0; row < rows; ++row) {
    const auto value = static_cast<std::uint64_t>(values[row]);
    if (value < direct.size()) {
      const KeyId id = direct[static_cast<std::size_t>(value)];
      if (id != kNone && !column.is_null(row)) {
        ids[row] = id;
        continue;
      }
    }
    ids[row] = intern_integer(column, row);
  }
}

KeyTable::KeyTable(std::vector<Field> key_fields)
    : impl_(std::make_unique<Impl>(std::move(key_fields))) {}
KeyTable::~KeyTable() = default;

void KeyTable::intern(std::span<const Column* const> columns, std::size_t rows,
                      std::vector<KeyId>& ids) {
  LEAT_ASSERT(columns.size() == impl_->fields.size());
  ids.resize(rows);
  if (rows == 0) return;
  switch (impl_->shape) {
    case Shape::kNoField:
      ids.assign(rows, impl_->intern_row(columns, 0));
      return;
    case Shape::kText:
      if (columns[0]->codes().empty()) {
        impl_->intern_texts(*columns[0], rows, ids.data());
      } else {
        impl_->intern_codes(*columns[0], rows, ids.data());
      }
      return;
    case Shape::kInteger:
      impl_->intern_integers(*columns[0], rows, ids.data());
      return;
    case Shape::kGeneral:
      break;
  }
  for (std::size_t row = 0; row < rows; ++row) ids[row] = impl_->intern_row(columns, row);
}

std::size_t KeyTable::size() const { return impl_->held; }
std::size_t KeyTable::capacity() const { return impl_->entries.size(); }

void KeyTable::release(KeyId id) { impl_->release(id); }

int KeyTable::compare(KeyId a, KeyId b) const { return encoded(a).compare(encoded(b)); }

void KeyTable::sort(std::span<KeyId> ids) const { impl_->order.sort(ids); }

void KeyTable::append_key(KeyId id, std::span<Column> out) const {
  const Entry& entry = impl_->entries[id];
  if (impl_->shape == Shape::kText && !entry.escaped && entry.data()[0] != 0) {
    out[0].append_text(entry.text());
    return;
  }
  decode_key(entry.view(), out.first(impl_->fields.size()));
}

std::string_view KeyTable::encoded(KeyId id) const {
  LEAT_ASSERT(id < impl_->entries.size() && impl_->entries[id].held);
  return impl_->entries[id].view();
}

KeyId KeyTable::intern_encoded(std::string_view encoded) {
  // By way of a row, so that each shape finds it where it looks.
  std::vector<Column> columns;
  std::vector<const Column*> pointers;
  columns.reserve(impl_->fields.size());
  for (const Field& field : impl_->fields) columns.emplace_back(field.type);
  decode_key(encoded, columns);
  for (const Column& column : columns) pointers.push_back(&column);
  std::vector<KeyId> ids;
  intern(pointers, 1, ids);
  return ids[0];
}

}  // namespace leat::data
