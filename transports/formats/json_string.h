// JSON string literals (RFC 8259 section 7), strictly: escapes, no control characters, no lone
// surrogates. UTF-8 is for the caller to check, once a message.
#pragma once

#include <cstdint>
#include <string_view>

#include "transports/formats/scan.h"

namespace leat::formats {

// The slow halves of the functions below: `p` is the first character that is not plain.
char* skip_string_rest(char* p, std::uint64_t& seen);
char* read_string_rest(char* begin, char* p, std::uint64_t& seen, std::string_view& text);

// `p` is behind the opening quote; returns what is behind the closing one, nullptr when the literal
// is malformed. `seen` as in plain_string_end.
inline char* skip_string(char* p, std::uint64_t& seen) {
  p = plain_string_end(p, seen);
  return *p == '"' ? p + 1 : skip_string_rest(p, seen);
}

// The same, and the text; escapes are replaced in place.
inline char* read_string(char* p, std::uint64_t& seen, std::string_view& text) {
  char* const end = plain_string_end(p, seen);
  if (*end != '"') return read_string_rest(p, end, seen, text);
  text = std::string_view(p, static_cast<std::size_t>(end - p));
  return end + 1;
}

}  // namespace leat::formats
