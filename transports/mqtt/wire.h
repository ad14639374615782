// MQTT's primitive types (section 1.5): big-endian integers, length-prefixed texts and bytes, and
// variable byte integers. Internal to the codec.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/result.h"
#include "core/base/text.h"

namespace leat::mqtt {

// After the first failure every later read fails too and gives zero or nothing; `problem()` names
// the first. Never reads past the end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() {
    const std::string_view b = raw(1);
    return b.empty() ? 0 : byte(b, 0);
  }
  std::uint16_t u16() {
    const std::string_view b = raw(2);
    return b.empty() ? 0 : static_cast<std::uint16_t>((byte(b, 0) << 8) | byte(b, 1));
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return (high << 16) | u16();
  }
  std::uint32_t varint() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::uint8_t b = u8();
      if (!ok()) return 0;
      value |= static_cast<std::uint32_t>(b & 0x7f) << (7 * i);
      if ((b & 0x80) == 0) {
        if (i > 0 && b == 0) fail("variable byte integer is not minimal");
        return value;
      }
    }
    fail("variable byte integer is longer than four bytes");
    return 0;
  }
  std::string_view binary() { return raw(u16()); }
  // Well-formed UTF-8 without U+0000 (1.5.4).
  std::string_view text() {
    const std::string_view view = binary();
    for (const char c : view) {
      if (static_cast<unsigned char>(c) - 1U < 0x7fU) continue;
      if (c == '\0') {
        fail("text holds U+0000");
      } else if (!base::is_valid_utf8(view)) {
        fail("text is not UTF-8");
      } else if (view.find('\0') != std::string_view::npos) {
        fail("text holds U+0000");
      }
      break;
    }
    return ok() ? view : std::string_view();
  }
  std::string_view raw(std::size_t size) {
    if (problem_ != nullptr) return {};
    if (size > rest_.size()) {
      fail("ends too early");
      return {};
    }
    const std::string_view view = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return view;
  }
  std::string_view rest() { return raw(rest_.size()); }

  void fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
  }
  bool ok() const { return problem_ == nullptr; }
  const char* problem() const { return problem_; }
  bool at_end() const { return rest_.empty(); }

 private:
  static std::uint8_t byte(std::string_view b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
  }
  std::string_view rest_;
  const char* problem_ = nullptr;
};

inline void put_u8(std::string& out, unsigned value) { out.push_back(static_cast<char>(value)); }
inline void put_u16(std::string& out, unsigned value) {
  put_u8(out, (value >> 8) & 0xff);
  put_u8(out, value & 0xff);
}
inline void put_u32(std::string& out, std::uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value & 0xffff);
}
inline void put_varint(std::string& out, std::size_t value) {
  do {
    const auto b = static_cast<unsigned>(value & 0x7f);
    value >>= 7;
    put_u8(out, value > 0 ? b | 0x80U : b);
  } while (value > 0);
}
inline void put_text(std::string& out, std::string_view text) {
  LEAT_ASSERT(text.size() <= 0xffff);
  put_u16(out, static_cast<unsigned>(text.size()));
  out.append(text);
}

}  // namespace leat::mqtt
