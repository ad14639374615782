// Keys interned to dense ids, so that a table by key is an array.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/data/schema.h"

namespace leat::data {

using KeyId = std::uint32_t;

// The key columns' values of a row, encoded so that equal keys have equal bytes and memcmp order is
// key order: null first, numbers by value (-0.0 is 0.0, NaN last), strings by bytes. The format is
// stable: it is written to state files.
void encode_key(std::span<const Column* const> columns, std::size_t row, std::string& out);
void decode_key(std::string_view bytes, std::span<Column> out);  // asserts on bytes not ours
// Whether decode_key takes these bytes as a key of these fields: ask before, when they come from a
// file.
bool is_encoded_key(std::string_view bytes, std::span<const Field> fields);
// 64-bit hash of the encoded form, the same on every machine and in every version: key groups
// (hash % 128) are part of state files. Hash rows in bulk with hash_keys().
std::uint64_t hash_key(std::string_view encoded);
void hash_keys(std::span<const Column* const> columns, std::size_t rows,
               std::vector<std::uint64_t>& out);

inline constexpr std::uint32_t kDefaultKeyGroups = 128;
inline std::uint32_t key_group(std::uint64_t hash, std::uint32_t groups = kDefaultKeyGroups) {
  return static_cast<std::uint32_t>(hash % groups);
}
// The subtask that owns a key group, as Flink's KeyGroupRangeAssignment: contiguous ranges.
inline std::uint32_t subtask_of_key_group(std::uint32_t group, std::uint32_t parallelism,
                                          std::uint32_t groups = kDefaultKeyGroups) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(group) * parallelism / groups);
}

// Key -> dense id and back. Ids are given from 0 up; a released id is given again. One thread.
// Fast paths: a single string column (with or without dictionary codes), a single bigint column, no
// column at all (one key). No allocation per row, only per new key.
//
// Keys chosen to collide cost a bounded number of comparisons a row (see key_index.h), never a
// chain as long as the table.
class KeyTable {
 public:
  explicit KeyTable(std::vector<Field> key_fields);
  ~KeyTable();
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  // The id of each row's key, new keys included.
  void intern(std::span<const Column* const> columns, std::size_t rows, std::vector<KeyId>& ids);

  std::size_t size() const;      // keys held
  std::size_t capacity() const;  // one past the largest id ever given

  // No state holds the key any more: its id is free for another. Asserts that `id` is held.
  void release(KeyId id);

  // Negative, 0, positive: the order of the keys (null first, strings by bytes).
  int compare(KeyId a, KeyId b) const;
  // Sorts distinct ids by key, in place. The order of all keys is kept from one call to the next,
  // so that sorting the same keys again costs a pass, not comparisons.
  void sort(std::span<KeyId> ids) const;
  // Appends the key's values to out[0..fields).
  void append_key(KeyId id, std::span<Column> out) const;
  std::string_view encoded(KeyId id) const;  // as encode_key; valid until the table changes

  // The id of an encoded key, interning it if it is new (for restore). Ask is_encoded_key() before.
  KeyId intern_encoded(std::string_view encoded);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::data
