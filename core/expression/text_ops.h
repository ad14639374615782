// UTF-8 as the string functions see it: a character is a code point. On bytes that are not UTF-8
// the result is unspecified, never out of bounds. Private to this folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/expression/kernel.h"

namespace leat::expression {

inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
std::int64_t count_chars(std::string_view text);
// Byte offset of character `index` (0-based), or the size when there are fewer.
std::size_t offset_of_char(std::string_view text, std::int64_t index);
// Size in bytes of the character at `at` (at < size).
inline std::size_t char_size(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_continuation(text[end])) ++end;
  return end - at;
}

// A pattern of LIKE and a set of characters to TRIM have at most that many bytes, so that a row
// made for it cannot take minutes.
inline constexpr std::size_t kMaxPattern = 4096;

// What is wrong with a LIKE pattern, as a sentence, or empty.
std::string_view like_defect(std::string_view pattern, std::string_view escape);
// `pattern` has no defect. Time: at most text times pattern, no recursion.
bool like_matches(std::string_view text, std::string_view pattern, std::string_view escape);

}  // namespace leat::expression
