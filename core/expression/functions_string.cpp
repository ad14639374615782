// The functions on strings. Positions and lengths count characters (code points).
#include <algorithm>
#include <cstring>
#include <limits>

#include "core/expression/text_ops.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;
using Text = std::string_view;

// Text::find takes a time of s times part on texts made for it; this is linear (the two-way
// algorithm in glibc and musl).
std::size_t find(Text s, Text part, std::size_t from = 0) {
  if (part.empty()) return from;
  if (from >= s.size()) return Text::npos;
  const void* const at = memmem(s.data() + from, s.size() - from, part.data(), part.size());
  if (at == nullptr) return Text::npos;
  return static_cast<std::size_t>(static_cast<const char*>(at) - s.data());
}

Int char_length(Text s) { return count_chars(s); }
Int octet_length(Text s) { return static_cast<Int>(s.size()); }

// ASCII letters only: other scripts are left as they are.
template <char From, char To>
bool change_case(Call& call, Text s, Text& out) {
  char* const place = call.text(s.size());
  if (place == nullptr) return false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool changes = s[i] >= From && s[i] <= From + 25;
    place[i] = changes ? static_cast<char>(s[i] - From + To) : s[i];
  }
  out = {place, s.size()};
  return true;
}

bool contains_char(Text set, Text c) {
  for (std::size_t at = 0; at < set.size();) {
    const std::size_t size = char_size(set, at);
    if (set.substr(at, size) == c) return true;
    at += size;
  }
  return false;
}
// `characters` is a set, as in Flink: TRIM('xy' FROM s) takes x and y off in any order.
template <bool Left, bool Right>
bool trim(Call& call, Text s, Text characters, Text& out) {
  if (characters.size() > kMaxPattern) return call.fail(EvalError::kInvalidArgument);
  while (Left && !s.empty()) {
    const std::size_t size = char_size(s, 0);
    if (!contains_char(characters, s.substr(0, size))) break;
    s.remove_prefix(size);
  }
  while (Right && !s.empty()) {
    std::size_t begin = s.size() - 1;
    while (begin > 0 && is_continuation(s[begin])) --begin;
    if (!contains_char(characters, s.substr(begin))) break;
    s = s.substr(0, begin);
  }
  out = s;
  return true;
}
template <bool Left, bool Right>
Text trim_spaces(Text s) {
  while (Left && s.starts_with(' ')) s.remove_prefix(1);
  while (Right && s.ends_with(' ')) s.remove_suffix(1);
  return s;
}
// From character `position` (1-based; 0 is 1; negative counts from the end), as Flink's
// substringSQL.
bool substring3(Call&, Text s, Int position, Int length, Text& out) {
  if (length < 0) return false;
  Int start = position > 0 ? position - 1 : 0;
  if (position < 0) {
    start = count_chars(s) + position;
    if (start < 0) return true;
  }
  const Text rest = s.substr(offset_of_char(s, start));
  out = rest.substr(0, offset_of_char(rest, length));
  return true;
}
bool substring2(Call& call, Text s, Int position, Text& out) {
  return substring3(call, s, position, std::numeric_limits<Int>::max(), out);
}
Text left(Text s, Int count) { return s.substr(0, offset_of_char(s, std::max<Int>(count, 0))); }
Text right(Text s, Int count) {
  if (count <= 0) return {};
  const Int skipped = count_chars(s) - std::min<Int>(count, static_cast<Int>(s.size()));
  return s.substr(offset_of_char(s, std::max<Int>(skipped, 0)));
}

// 1-based, 0 when it is not there.
Int position(Text part, Text s) {
  const std::size_t at = find(s, part);
  return at == Text::npos ? 0 : count_chars(s.substr(0, at)) + 1;
}
Int instr(Text s, Text part) { return position(part, s); }

bool replace(Call& call, Text s, Text from, Text to, Text& out) {
  out = s;
  if (from.empty()) return true;
  std::size_t found = 0;
  for (std::size_t at = find(s, from); at != Text::npos; at = find(s, from, at + from.size()))
    ++found;
  if (found == 0) return true;
  const std::uint64_t size = s.size() - static_cast<std::uint64_t>(found) * from.size() +
                             static_cast<std::uint64_t>(found) * to.size();
  if (size > kMaxText) return call.fail(EvalError::kInvalidArgument);
  char* const place = call.text(static_cast<std::size_t>(size));
  if (place == nullptr) return false;
  char* next = place;
  std::size_t begin = 0;
  for (std::size_t at = find(s, from); at != Text::npos; at = find(s, from, begin)) {
    next = std::copy(s.begin() + static_cast<std::ptrdiff_t>(begin),
                     s.begin() + static_cast<std::ptrdiff_t>(at), next);
    next = std::copy(to.begin(), to.end(), next);
    begin = at + from.size();
  }
  std::copy(s.begin() + static_cast<std::ptrdiff_t>(begin), s.end(), next);
  out = {place, static_cast<std::size_t>(size)};
  return true;
}

bool repeat(Call& call, Text s, Int count, Text& out) {
  if (count <= 0 || s.empty()) return true;
  if (count > static_cast<Int>(kMaxText / s.size())) {
    return call.fail(EvalError::kInvalidArgument);
  }
  const std::size_t size = s.size() * static_cast<std::size_t>(count);
  char* const place = call.text(size);
  if (place == nullptr) return false;
  for (std::size_t at = 0; at < size; at += s.size()) std::memcpy(place + at, s.data(), s.size());
  out = {place, size};
  return true;
}

// To exactly `length` characters: cut from the end when it is longer, NULL for a negative length or
// when there is nothing to pad with.
template <bool Left>
bool pad(Call& call, Text s, Int length, Text with, Text& out) {
  if (length < 0 || with.empty()) return false;
  const Int chars = count_chars(s);
  if (chars >= length) {
    out = s.substr(0, offset_of_char(s, length));
    return true;
  }
  const Int missing = length - chars;
  const Int per_round = std::max<Int>(count_chars(with), 1);
  if (missing > static_cast<Int>(kMaxText)) return call.fail(EvalError::kInvalidArgument);
  const auto whole = static_cast<std::uint64_t>(missing / per_round);
  const std::size_t rest = offset_of_char(with, missing % per_round);
  const std::uint64_t fill = whole * with.size() + rest;
  if (fill + s.size() > kMaxText) return call.fail(EvalError::kInvalidArgument);
  char* const place = call.text(static_cast<std::size_t>(fill) + s.size());
  if (place == nullptr) return false;
  char* next = place;
  if (!Left) next = std::copy(s.begin(), s.end(), next);
  for (std::uint64_t i = 0; i < whole; ++i) next = std::copy(with.begin(), with.end(), next);
  next = std::copy_n(with.begin(), rest, next);
  if (Left) next = std::copy(s.begin(), s.end(), next);
  out = {place, static_cast<std::size_t>(next - place)};
  return true;
}
template <bool Left>
bool pad_spaces(Call& call, Text s, Int length, Text& out) {
  return pad<Left>(call, s, length, " ", out);
}

bool reverse(Call& call, Text s, Text& out) {
  char* const place = call.text(s.size());
  if (place == nullptr) return false;
  char* end = place + s.size();
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t size = char_size(s, at);
    end -= size;
    std::memcpy(end, s.data() + at, size);
    at += size;
  }
  out = {place, s.size()};
  return true;
}

// The part with that number (0-based), NULL when there is none.
bool split_index(Call&, Text s, Text by, Int index, Text& out) {
  if (index < 0 || by.empty()) return false;
  for (; index > 0; --index) {
    const std::size_t at = find(s, by);
    if (at == Text::npos) return false;
    s.remove_prefix(at + by.size());
  }
  out = s.substr(0, find(s, by));
  return true;
}

bool starts_with(Text s, Text prefix) { return s.starts_with(prefix); }
bool ends_with(Text s, Text suffix) { return s.ends_with(suffix); }

bool like(Call& call, Text s, Text pattern, Text escape, bool& out) {
  if (!like_defect(pattern, escape).empty()) return call.fail(EvalError::kInvalidArgument);
  out = like_matches(s, pattern, escape);
  return true;
}
bool like_plain(Call& call, Text s, Text pattern, bool& out) {
  return like(call, s, pattern, {}, out);
}

constexpr Overload kString[] = {
    overload<&char_length>("CHAR_LENGTH"),
    overload<&octet_length>("OCTET_LENGTH"),
    overload<&change_case<'a', 'A'>>("UPPER"),
    overload<&change_case<'A', 'a'>>("LOWER"),
    overload<&trim_spaces<true, true>>("$TRIM_BOTH"),
    overload<&trim<true, true>>("$TRIM_BOTH"),
    overload<&trim_spaces<true, false>>("$TRIM_LEADING"),
    overload<&trim<true, false>>("$TRIM_LEADING"),
    overload<&trim_spaces<false, true>>("$TRIM_TRAILING"),
    overload<&trim<false, true>>("$TRIM_TRAILING"),
    overload<&trim_spaces<true, true>>("BTRIM"),
    overload<&trim<true, true>>("BTRIM"),
    overload<&trim_spaces<true, false>>("LTRIM"),
    overload<&trim<true, false>>("LTRIM"),
    overload<&trim_spaces<false, true>>("RTRIM"),
    overload<&trim<false, true>>("RTRIM"),
    overload<&substring2>("SUBSTRING"),
    overload<&substring3>("SUBSTRING"),
    overload<&left>("LEFT"),
    overload<&right>("RIGHT"),
    overload<&position>("POSITION"),
    overload<&instr>("INSTR"),
    overload<&position>("LOCATE"),
    overload<&replace>("REPLACE"),
    overload<&repeat>("REPEAT"),
    overload<&reverse>("REVERSE"),
    overload<&pad_spaces<true>>("LPAD"),
    overload<&pad<true>>("LPAD"),
    overload<&pad_spaces<false>>("RPAD"),
    overload<&pad<false>>("RPAD"),
    overload<&split_index>("SPLIT_INDEX"),
    overload<&starts_with>("STARTSWITH"),
    overload<&ends_with>("ENDSWITH"),
    overload<&like_plain>("$LIKE"),
    overload<&like>("$LIKE"),
};

}  // namespace

std::span<const Overload> string_functions() { return kString; }

Vec ConcatNode::evaluate(Context& context, const Selection& selection) const {
  const std::size_t rows = selection.size;
  auto* const vecs = context.arena().array<Vec>(parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    vecs[p] = parts_[p]->evaluate(context, selection);
    if (vecs[p].all_null() && (p == 0 || !with_separator_)) return null_vec();
  }
  auto* const values = context.arena().array<Text>(rows);
  auto* const nulls = context.arena().array<std::uint8_t>(rows);
  const std::uint8_t* const given =
      combine_nulls(context, rows, vecs, with_separator_ ? 1 : parts_.size());
  const std::size_t first = with_separator_ ? 1 : 0;
  for (std::size_t i = 0; i < rows; ++i) {
    nulls[i] = given != nullptr ? given[i] : 0;
    values[i] = {};
    if (nulls[i] != 0) continue;
    const Text separator = with_separator_ ? Input<Text>(vecs[0])[i] : Text();
    std::uint64_t size = 0;
    for (std::size_t p = first; p < parts_.size(); ++p) {
      if (!vecs[p].is_null(i)) size += Input<Text>(vecs[p])[i].size() + separator.size();
    }
    // One separator too many when there is any part.
    char* const place = size > kMaxText ? nullptr : context.text(static_cast<std::size_t>(size));
    if (place == nullptr) {
      context.fail(selection.row(i), EvalError::kInvalidArgument);
      nulls[i] = 1;
      continue;
    }
    char* next = place;
    bool any = false;
    for (std::size_t p = first; p < parts_.size(); ++p) {
      if (vecs[p].is_null(i)) continue;
      if (any) next = std::copy(separator.begin(), separator.end(), next);
      any = true;
      const Text part = Input<Text>(vecs[p])[i];
      next = std::copy(part.begin(), part.end(), next);
    }
    values[i] = {place, static_cast<std::size_t>(next - place)};
  }
  return {values, nulls, false};
}

}  // namespace leat::expression
