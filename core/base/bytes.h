// A byte stream for state snapshots: little-endian, varint lengths, no padding, no alignment.
// The reader checks every bound and turns a short or oversized input into an Error; it never
// reads past the end and never allocates more than the input can justify.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::base {

class ByteWriter {
 public:
  void u8(std::uint8_t v) { bytes_.push_back(static_cast<char>(v)); }
  void boolean(bool v) { u8(v ? 1 : 0); }
  void u32(std::uint32_t v) { fixed(v); }
  void u64(std::uint64_t v) { fixed(v); }
  void i64(std::int64_t v) { fixed(static_cast<std::uint64_t>(v)); }
  void f64(double v) { fixed(std::bit_cast<std::uint64_t>(v)); }
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      u8(static_cast<std::uint8_t>(v | 0x80));
      v >>= 7;
    }
    u8(static_cast<std::uint8_t>(v));
  }
  void text(std::string_view v) {
    varint(v.size());
    bytes_.append(v);
  }
  void raw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void fixed(T v) {
    static_assert(std::endian::native == std::endian::little, "big-endian hosts are not supported");
    raw(&v, sizeof v);
  }
  std::string bytes_;
};

// Reads what ByteWriter wrote. After the first short read every later read fails too, so a caller
// may read a whole record and check ok() once. Views returned by text() live as long as the input.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  bool boolean() { return u8() != 0; }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }
  std::int64_t i64() { return static_cast<std::int64_t>(fixed<std::uint64_t>()); }
  double f64() { return std::bit_cast<double>(fixed<std::uint64_t>()); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      if (shift == 63 && byte > 1) break;  // more than 64 bits
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    ok_ = false;
    return 0;
  }
  // A length or count that must be backed by at least that many remaining bytes.
  std::size_t count() {
    const std::uint64_t n = varint();
    if (n > rest_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<std::size_t>(n);
  }
  std::string_view text() { return raw(count()); }
  std::string_view raw(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view view = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return view;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  Result<void> finish(std::string_view what) const {
    if (!ok_) return Error(ErrorCode::kCorrupt, std::string(what) + ": state ends too early");
    return {};
  }

 private:
  template <class T>
  T fixed() {
    T v{};
    const std::string_view view = raw(sizeof v);
    if (view.size() == sizeof v) std::memcpy(&v, view.data(), sizeof v);
    return v;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace leat::base
