#include "transports/formats/json_string.h"

namespace leat::formats {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four hexadecimal digits; negative when they are not.
std::int32_t code_unit(const char* p) {
  std::int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Reads \uXXXX, or the two of a surrogate pair, at `p`; nullptr when malformed.
const char* code_point(const char* p, std::uint32_t& code) {
  const std::int32_t unit = code_unit(p + 2);
  if (unit < 0) return nullptr;
  code = static_cast<std::uint32_t>(unit);
  if (unit < 0xd800 || unit > 0xdfff) return p + 6;
  if (unit > 0xdbff || p[6] != '\\' || p[7] != 'u') return nullptr;
  const std::int32_t low = code_unit(p + 8);
  if (low < 0xdc00 || low > 0xdfff) return nullptr;
  code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<std::uint32_t>(low) - 0xdc00);
  return p + 12;
}

char* put_utf8(char* out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return out;
}

// What stands for the escape \c; 0 when there is no such escape (or it is \u).
char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

char* skip_string_rest(char* p, std::uint64_t& seen) {
  while (*p == '\\') {
    if (p[1] == 'u') {
      std::uint32_t code = 0;
      const char* const after = code_point(p, code);
      if (after == nullptr) return nullptr;
      p += after - p;
    } else {
      if (simple_escape(p[1]) == 0) return nullptr;
      p += 2;
    }
    p = plain_string_end(p, seen);
  }
  return *p == '"' ? p + 1 : nullptr;
}

char* read_string_rest(char* begin, char* p, std::uint64_t& seen, std::string_view& text) {
  char* out = p;
  while (*p == '\\') {
    if (p[1] == 'u') {
      std::uint32_t code = 0;
      const char* const after = code_point(p, code);
      if (after == nullptr) return nullptr;
      p += after - p;
      out = put_utf8(out, code);
    } else {
      const char c = simple_escape(p[1]);
      if (c == 0) return nullptr;
      *out++ = c;
      p += 2;
    }
    char* const end = plain_string_end(p, seen);
    std::memmove(out, p, static_cast<std::size_t>(end - p));
    out += end - p;
    p = end;
  }
  if (*p != '"') return nullptr;
  text = std::string_view(begin, static_cast<std::size_t>(out - begin));
  return p + 1;
}

}  // namespace leat::formats
