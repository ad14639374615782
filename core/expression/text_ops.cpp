#include "core/expression/text_ops.h"

namespace leat::expression {

std::int64_t count_chars(std::string_view text) {
  std::int64_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

std::size_t offset_of_char(std::string_view text, std::int64_t index) {
  if (index >= static_cast<std::int64_t>(text.size())) return text.size();
  std::size_t at = 0;
  while (at < text.size() && is_continuation(text[at])) ++at;
  for (; index > 0 && at < text.size(); --index) at += char_size(text, at);
  return at;
}

std::string_view like_defect(std::string_view pattern, std::string_view escape) {
  if (pattern.size() > kMaxPattern) return "the pattern of LIKE is longer than 4096 bytes";
  if (escape.empty()) return {};
  if (char_size(escape, 0) != escape.size()) return "the ESCAPE of LIKE is one character";
  for (std::size_t at = 0; at < pattern.size();) {
    if (!pattern.substr(at).starts_with(escape)) {
      at += char_size(pattern, at);
      continue;
    }
    const std::string_view rest = pattern.substr(at + escape.size());
    if (rest.empty()) return "the pattern of LIKE ends in its escape character";
    if (rest.front() != '%' && rest.front() != '_' && !rest.starts_with(escape)) {
      return "in the pattern of LIKE the escape character stands before %, _ or itself";
    }
    at += escape.size() + char_size(rest, 0);
  }
  return {};
}

// Goes back to the last % only: an earlier one need never take more, for what lies between them has
// matched at its first chance.
bool like_matches(std::string_view text, std::string_view pattern, std::string_view escape) {
  std::size_t t = 0;
  std::size_t p = 0;
  bool has_star = false;
  std::size_t star_pattern = 0;
  std::size_t star_text = 0;
  while (t < text.size()) {
    const std::size_t t_size = char_size(text, t);
    if (p < pattern.size()) {
      const bool escaped = !escape.empty() && pattern.substr(p).starts_with(escape);
      if (!escaped && pattern[p] == '%') {
        has_star = true;
        star_pattern = ++p;
        star_text = t;
        continue;
      }
      const std::size_t literal = escaped ? p + escape.size() : p;
      const std::size_t p_size = literal < pattern.size() ? char_size(pattern, literal) : 0;
      const bool any = !escaped && pattern[p] == '_';
      if (any || text.substr(t, t_size) == pattern.substr(literal, p_size)) {
        t += t_size;
        p = literal + p_size;
        continue;
      }
    }
    if (!has_star) return false;
    star_text += char_size(text, star_text);
    t = star_text;
    p = star_pattern;
  }
  while (p < pattern.size() && pattern[p] == '%' &&
         (escape.empty() || !pattern.substr(p).starts_with(escape))) {
    ++p;
  }
  return p == pattern.size();
}

}  // namespace leat::expression
