// DATE_FORMAT: the pattern letters of Java's DateTimeFormatter.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "core/expression/calendar.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;

constexpr std::array<const char*, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A run of one letter, a quoted text, or anything else byte by byte.
struct Piece {
  char letter = 0;  // 0: `text` as it stands
  std::size_t count = 0;
  std::string_view text;
  bool quoted = false;  // a quote in `text` stands doubled
};

// Of a pattern that begins with a quote; the size when it is not closed.
std::size_t closing_quote(std::string_view pattern) {
  std::size_t at = 1;
  while (at < pattern.size()) {
    if (pattern[at] != '\'') {
      ++at;
    } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
      at += 2;
    } else {
      return at;
    }
  }
  return pattern.size();
}

// Takes the next piece off the pattern. An unclosed quote is the rest (pattern_defect refuses it).
Piece next_piece(std::string_view& pattern) {
  const char c = pattern.front();
  Piece piece;
  if (is_letter(c)) {
    std::size_t count = 1;
    while (count < pattern.size() && pattern[count] == c) ++count;
    piece.letter = c;
    piece.count = count;
    pattern.remove_prefix(count);
    return piece;
  }
  if (c == '\'') {
    const std::size_t close = closing_quote(pattern);
    piece.quoted = true;
    piece.text = pattern.substr(1, close - 1);
    pattern.remove_prefix(std::min(close + 1, pattern.size()));
    return piece;
  }
  piece.text = pattern.substr(0, 1);
  pattern.remove_prefix(1);
  return piece;
}

std::size_t print_number(Int value, std::size_t width, char* out) {
  return static_cast<std::size_t>(
      std::snprintf(out, 32, "%0*lld", static_cast<int>(width), static_cast<long long>(value)));
}

std::size_t print_text(const char* text, std::size_t most, char* out) {
  const std::size_t size = std::min(std::strlen(text), most);
  std::memcpy(out, text, size);
  return size;
}

// Two quotes in quotes are one, and so are two by themselves.
std::size_t print_plain(const Piece& piece, char* out) {
  if (piece.quoted && piece.text.empty()) {
    *out = '\'';
    return 1;
  }
  char* next = out;
  for (std::size_t i = 0; i < piece.text.size(); ++i) {
    *next++ = piece.text[i];
    if (piece.quoted && piece.text[i] == '\'') ++i;
  }
  return static_cast<std::size_t>(next - out);
}

std::size_t print_piece(const Piece& piece, Int ms, char* out) {
  const Civil civil = to_civil(ms);
  const Int hour = civil.ms_of_day / 3'600'000;
  const std::size_t width = piece.count;
  switch (piece.letter) {
    case 'y':
    case 'u':
      if (width == 2) return print_number((civil.year % 100 + 100) % 100, 2, out);
      return print_number(civil.year, width, out);
    case 'M':
    case 'L':
      if (width >= 3) {
        return print_text(kMonths[static_cast<std::size_t>(civil.month - 1)], width == 3 ? 3 : 99,
                          out);
      }
      return print_number(civil.month, width, out);
    case 'd':
      return print_number(civil.day, width, out);
    case 'D':
      return print_number(extract(TimeUnit::kDayOfYear, ms), width, out);
    case 'E':
      return print_text(kDays[static_cast<std::size_t>(extract(TimeUnit::kDayOfWeek, ms) - 1)],
                        width <= 3 ? 3 : 99, out);
    case 'H':
      return print_number(hour, width, out);
    case 'k':
      return print_number(hour == 0 ? 24 : hour, width, out);
    case 'h':
      return print_number(hour % 12 == 0 ? 12 : hour % 12, width, out);
    case 'K':
      return print_number(hour % 12, width, out);
    case 'a':
      return print_text(hour < 12 ? "AM" : "PM", 2, out);
    case 'm':
      return print_number(civil.ms_of_day / 60'000 % 60, width, out);
    case 's':
      return print_number(civil.ms_of_day / 1'000 % 60, width, out);
    default:
      break;
  }
  // S: the fraction of the second to that many digits.
  char digits[8];
  print_number(civil.ms_of_day % 1'000, 3, digits);
  for (std::size_t i = 0; i < width; ++i) out[i] = i < 3 ? digits[i] : '0';
  return width;
}

}  // namespace

std::string pattern_defect(std::string_view pattern) {
  constexpr std::string_view kLetters = "yuMLdDEHkhKamsS";
  while (!pattern.empty()) {
    if (pattern.front() == '\'' && closing_quote(pattern) == pattern.size())
      return "a quote in the pattern is not closed";
    const Piece piece = next_piece(pattern);
    if (piece.letter == 0) continue;
    if (kLetters.find(piece.letter) == std::string_view::npos) {
      return std::string("the pattern letter ") + piece.letter +
             " is unknown; expected y M d D E H h k K a m s S, or text in quotes";
    }
    if (piece.count > 9) return std::string("too many ") + piece.letter + " in the pattern";
  }
  return {};
}

std::size_t pattern_room(std::string_view pattern) {
  std::size_t room = 32;  // snprintf's terminator included
  while (!pattern.empty()) {
    const Piece piece = next_piece(pattern);
    room += piece.letter != 0 ? 24 : piece.text.size() + 1;
  }
  return room;
}

std::size_t format_pattern(Int ms, std::string_view pattern, char* out) {
  char* next = out;
  while (!pattern.empty()) {
    const Piece piece = next_piece(pattern);
    if (piece.letter != 0) {
      next += print_piece(piece, ms, next);
    } else {
      next += print_plain(piece, next);
    }
  }
  return static_cast<std::size_t>(next - out);
}

}  // namespace leat::expression
