// Eight bytes at a time: the loops that the JSON and CSV decoders spend their time in. Plain
// integer arithmetic ("SWAR"; H. Warren, "Hacker's Delight", chapter 6), so that every target has
// it.
//
// Everything here may read up to kPadding bytes behind the end of its text: callers pass text that
// lies in a PaddedText. The bytes behind are zero, which ends every scan.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace leat::formats {

static_assert(std::endian::native == std::endian::little, "the first byte must be the lowest");

inline constexpr std::size_t kPadding = 64;

// A copy of a text followed by kPadding zero bytes; decoders may unescape in it. Grows, and is kept
// from message to message.
class PaddedText {
 public:
  // Valid until the next call.
  char* assign(std::string_view text) {
    if (text.size() > capacity_) {
      capacity_ = std::bit_ceil(text.size());
      bytes_ = std::make_unique<char[]>(capacity_ + kPadding);
    }
    if (bytes_ == nullptr) bytes_ = std::make_unique<char[]>(kPadding);
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    std::memset(bytes_.get() + text.size(), 0, kPadding);
    return bytes_.get();
  }
  char* text() { return bytes_.get(); }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
};

inline constexpr std::uint64_t kLowBits = 0x0101010101010101;
inline constexpr std::uint64_t kHighBits = 0x8080808080808080;

inline std::uint64_t load8(const char* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

inline unsigned first_marked(std::uint64_t mask) {
  return static_cast<unsigned>(std::countr_zero(mask)) / 8;
}

// The masks below mark (by its high bit) the first byte of the word that is so; what they say of
// bytes behind it means nothing.
inline std::uint64_t mark_equal(std::uint64_t word, char c) {
  const std::uint64_t x = word ^ (kLowBits * static_cast<unsigned char>(c));
  return (x - kLowBits) & ~x & kHighBits;
}
inline std::uint64_t mark_control(std::uint64_t word) {
  return (word - kLowBits * 0x20) & ~word & kHighBits;
}

// The first quote, backslash or control character (the zero behind the end is one). `seen` collects
// the bits of what was passed and a little more: has it high bits, there may be non-ASCII.
inline char* plain_string_end(char* p, std::uint64_t& seen) {
  for (;; p += 8) {
    const std::uint64_t word = load8(p);
    const std::uint64_t mask = mark_equal(word, '"') | mark_equal(word, '\\') | mark_control(word);
    seen |= word;
    if (mask != 0) return p + first_marked(mask);
  }
}

// Number of ASCII digits at the beginning of the word, 0 to 8.
inline unsigned leading_digits(std::uint64_t word) {
  const std::uint64_t x = word ^ (kLowBits * '0');
  const std::uint64_t mask = (((x & ~kHighBits) + kLowBits * 0x76) | x) & kHighBits;
  return mask == 0 ? 8 : first_marked(mask);
}

template <class Char>
inline Char* digits_end(Char* p) {
  for (;;) {
    const unsigned count = leading_digits(load8(p));
    p += count;
    if (count < 8) return p;
  }
}

inline bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

template <class Char>
inline Char* skip_spaces(Char* p) {
  if (static_cast<unsigned char>(*p) > ' ') return p;
  while (is_json_space(*p)) {
    ++p;
    while (load8(p) == kLowBits * ' ') p += 8;
  }
  return p;
}

}  // namespace leat::formats
