// The encoded form of a key and its hash (declared in key_table.h).
#include <bit>
#include <cmath>
#include <cstring>

#include "core/base/assert.h"
#include "core/data/key_table.h"

namespace leat::data {
namespace {

// A value starts with a marker; null is below every value. Text ends with kEnd and escapes a zero
// byte as 00 FF: what follows kEnd is a marker or nothing, both below FF, so the order holds and no
// encoding is the beginning of another (as the tuple layer of FoundationDB does).
constexpr char kNull = '\0';
constexpr char kValue = '\1';
constexpr char kEnd = '\0';
constexpr char kEscaped = '\xff';
constexpr char kElement = '\2';

void append_big_endian(std::string& out, std::uint64_t bits) {
  char bytes[8];
  for (int i = 7; i >= 0; --i) {
    bytes[i] = static_cast<char>(bits & 0xff);
    bits >>= 8;
  }
  out.append(bytes, sizeof bytes);
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) {
    bits = bits << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  }
  return bits;
}

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

std::uint64_t ordered_bits(double value) {
  if (std::isnan(value)) return ~std::uint64_t{0};
  if (value == 0) value = 0;  // -0.0 too
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double double_of(std::uint64_t ordered) {
  if (ordered == ~std::uint64_t{0}) return std::nan("");
  return std::bit_cast<double>((ordered & kSign) != 0 ? ordered ^ kSign : ~ordered);
}

void append_text(std::string_view text, std::string& out) {
  for (;;) {
    const std::size_t zero = text.find('\0');
    if (zero == std::string_view::npos) break;
    out.append(text.substr(0, zero + 1));
    out.push_back(kEscaped);
    text.remove_prefix(zero + 1);
  }
  out.append(text);
  out.push_back(kEnd);
}

void append_value(const Column& column, std::size_t row, std::string& out) {
  if (column.is_null(row)) {
    out.push_back(kNull);
    return;
  }
  out.push_back(kValue);
  switch (column.type().kind) {
    case Kind::kBoolean:
      out.push_back(column.booleans()[row] != 0 ? '\1' : '\0');
      return;
    case Kind::kBigint:
    case Kind::kTimestamp:
      append_big_endian(out, static_cast<std::uint64_t>(column.int64s()[row]) ^ kSign);
      return;
    case Kind::kDouble:
      append_big_endian(out, ordered_bits(column.doubles()[row]));
      return;
    case Kind::kString:
    case Kind::kBytes:
      append_text(column.text(row), out);
      return;
    case Kind::kList:
      break;
  }
  for (std::size_t i = column.list_begin(row); i < column.list_end(row); ++i) {
    out.push_back(kElement);
    append_value(column.elements(), i, out);
  }
  out.push_back(kEnd);
}

bool take(std::string_view& bytes, std::size_t count, std::string_view& taken) {
  if (bytes.size() < count) return false;
  taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return true;
}

// Unescapes up to the end mark; the text goes to `out` unless it is null.
bool take_text(std::string_view& bytes, std::string* out) {
  for (;;) {
    const std::size_t zero = bytes.find('\0');
    if (zero == std::string_view::npos) return false;
    const bool escaped = zero + 1 < bytes.size() && bytes[zero + 1] == kEscaped;
    if (out != nullptr) out->append(bytes.substr(0, escaped ? zero + 1 : zero));
    bytes.remove_prefix(zero + (escaped ? 2 : 1));
    if (!escaped) return true;
  }
}

// Takes one value off `bytes`; into `out` unless it is null. False when the bytes are not a value.
bool take_value(std::string_view& bytes, Type type, Column* out);

bool take_list(std::string_view& bytes, Type type, Column* out) {
  std::string_view mark;
  for (;;) {
    if (!take(bytes, 1, mark)) return false;
    if (mark[0] == kEnd) break;
    if (mark[0] != kElement) return false;
    Column* elements = out != nullptr ? &out->list_builder() : nullptr;
    if (!take_value(bytes, type.element_type(), elements)) return false;
  }
  if (out != nullptr) out->close_list();
  return true;
}

bool take_value(std::string_view& bytes, Type type, Column* out) {
  std::string_view taken;
  if (!take(bytes, 1, taken)) return false;
  if (taken[0] == kNull) {
    if (out != nullptr) out->append_null();
    return true;
  }
  if (taken[0] != kValue) return false;
  switch (type.kind) {
    case Kind::kBoolean:
      if (!take(bytes, 1, taken) || static_cast<unsigned char>(taken[0]) > 1) return false;
      if (out != nullptr) out->append_boolean(taken[0] != 0);
      return true;
    case Kind::kBigint:
    case Kind::kTimestamp:
      if (!take(bytes, 8, taken)) return false;
      if (out != nullptr) {
        out->append_int64(static_cast<std::int64_t>(read_big_endian(taken) ^ kSign));
      }
      return true;
    case Kind::kDouble: {
      if (!take(bytes, 8, taken)) return false;
      // One encoding for each value, or equal keys would differ.
      const double value = double_of(read_big_endian(taken));
      if (ordered_bits(value) != read_big_endian(taken)) return false;
      if (out != nullptr) out->append_double(value);
      return true;
    }
    case Kind::kString:
    case Kind::kBytes: {
      if (out == nullptr) return take_text(bytes, nullptr);
      std::string text;
      if (!take_text(bytes, &text)) return false;
      out->append_text(text);
      return true;
    }
    case Kind::kList:
      return take_list(bytes, type, out);
  }
  return false;
}

}  // namespace

void encode_key(std::span<const Column* const> columns, std::size_t row, std::string& out) {
  for (const Column* column : columns) append_value(*column, row, out);
}

void decode_key(std::string_view bytes, std::span<Column> out) {
  for (Column& column : out) {
    const bool taken = take_value(bytes, column.type(), &column);
    LEAT_ASSERT(taken);
  }
  LEAT_ASSERT(bytes.empty());
}

bool is_encoded_key(std::string_view bytes, std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (!take_value(bytes, field.type, nullptr)) return false;
  }
  return bytes.empty();
}

// MurmurHash64A by Austin Appleby (in the public domain), on little-endian words, with a fixed
// seed.
std::uint64_t hash_key(std::string_view encoded) {
  constexpr std::uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr std::uint64_t kSeed = 0xc70f6907;
  std::uint64_t hash = kSeed ^ encoded.size() * kMultiplier;
  const char* data = encoded.data();
  std::size_t rest = encoded.size();
  for (; rest >= 8; rest -= 8, data += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data, 8);
    word *= kMultiplier;
    word ^= word >> 47;
    word *= kMultiplier;
    hash = (hash ^ word) * kMultiplier;
  }
  if (rest > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, data, rest);
    hash = (hash ^ word) * kMultiplier;
  }
  hash ^= hash >> 47;
  hash *= kMultiplier;
  return hash ^ hash >> 47;
}

void hash_keys(std::span<const Column* const> columns, std::size_t rows,
               std::vector<std::uint64_t>& out) {
  out.resize(rows);
  std::string encoded;
  for (std::size_t row = 0; row < rows; ++row) {
    encoded.clear();
    encode_key(columns, row, encoded);
    out[row] = hash_key(encoded);
  }
}

}  // namespace leat::data
