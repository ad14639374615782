#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

namespace leat::base {
namespace {

// Length of the well-formed sequence at text[i], 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char lead = byte(i);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  }
  if (length == 0 || i + length > text.size()) return 0;
  if (byte(i + 1) < low || byte(i + 1) > high) return 0;
  for (std::size_t k = 2; k < length; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return 0;
  }
  return length;
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level
// Date Algorithms").
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

class IsoParser {
 public:
  explicit IsoParser(std::string_view text) : text_(text) {}

  std::optional<std::int64_t> parse() {
    const auto year = digits(4);
    if (!eat('-')) return std::nullopt;
    const auto month = digits(2);
    if (!eat('-')) return std::nullopt;
    const auto day = digits(2);
    if (!ok_ || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) {
      return std::nullopt;
    }
    std::int64_t ms =
        days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
        86'400'000;
    if (at_ == text_.size()) return ms;
    if (!eat('T') && !eat('t') && !eat(' ')) return std::nullopt;
    const auto hour = digits(2);
    if (!eat(':')) return std::nullopt;
    const auto minute = digits(2);
    const std::int64_t second = eat(':') ? digits(2) : 0;
    if (!ok_ || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    ms += hour * 3'600'000 + minute * 60'000 + second * 1'000 + fraction_ms();
    const auto offset_ms = offset();
    if (!ok_ || !offset_ms || at_ != text_.size()) return std::nullopt;
    return ms - *offset_ms;
  }

 private:
  static std::int64_t days_in(std::int64_t year, std::int64_t month) {
    if (month == 2) {
      const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
      return leap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }
  bool eat(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool is_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  std::int64_t digits(int n) {
    std::int64_t value = 0;
    for (int i = 0; i < n; ++i) {
      if (!is_digit()) {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (text_[at_++] - '0');
    }
    return value;
  }
  std::int64_t fraction_ms() {
    if (!eat('.') && !eat(',')) return 0;
    if (!is_digit()) ok_ = false;
    std::int64_t ms = 0;
    for (int scale = 100; is_digit(); scale /= 10, ++at_) ms += (text_[at_] - '0') * scale;
    return ms;
  }
  std::optional<std::int64_t> offset() {
    if (at_ == text_.size() || eat('Z') || eat('z')) return 0;
    const bool negative = at_ < text_.size() && text_[at_] == '-';
    if (!eat('+') && !eat('-')) return std::nullopt;
    const auto hours = digits(2);
    const bool colon = eat(':');
    const std::int64_t minutes = colon || at_ < text_.size() ? digits(2) : 0;
    if (hours > 23 || minutes > 59) return std::nullopt;
    const std::int64_t ms = hours * 3'600'000 + minutes * 60'000;
    return negative ? -ms : ms;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

std::size_t first_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

bool is_valid_utf8(std::string_view text) {
  return first_invalid_utf8(text) == std::string_view::npos;
}

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  LEAT_ASSERT(error == std::errc());
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

std::string format_double(double value) {
  std::string out;
  append_double(out, value);
  return out;
}

void append_int(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  LEAT_ASSERT(error == std::errc());
  out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  std::size_t i = 0;
  const auto byte = [&](std::size_t k) {
    return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U;
  };
  for (; i < bytes.size(); i += 3) {
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kBase64[group >> 18];
    out += kBase64[group >> 12 & 63];
    out += i + 1 < bytes.size() ? kBase64[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kBase64[group & 63] : '=';
  }
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    unsigned group = 0;
    std::size_t padding = 0;
    for (std::size_t k = i; k < i + 4; ++k) {
      const std::size_t digit = kBase64.find(text[k]);
      const bool is_padding = text[k] == '=' && i + 4 == text.size() && k >= i + 2;
      if (!is_padding && (digit == std::string_view::npos || padding > 0)) return std::nullopt;
      padding += is_padding ? 1 : 0;
      group = group << 6 | (is_padding ? 0 : static_cast<unsigned>(digit));
    }
    out += static_cast<char>(group >> 16 & 255);
    if (padding < 2) out += static_cast<char>(group >> 8 & 255);
    if (padding < 1) out += static_cast<char>(group & 255);
  }
  return out;
}

std::optional<std::int64_t> parse_iso8601_ms(std::string_view text) {
  return IsoParser(text).parse();
}

std::string format_iso8601(std::int64_t timestamp_ms) {
  std::int64_t days = timestamp_ms / 86'400'000;
  std::int64_t ms = timestamp_ms % 86'400'000;
  if (ms < 0) {
    ms += 86'400'000;
    --days;
  }
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
  const std::int64_t month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  std::array<char, 64> buffer;
  const int length = std::snprintf(
      buffer.data(), buffer.size(), "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld.%03lldZ",
      static_cast<long long>(year), static_cast<long long>(month), static_cast<long long>(day),
      static_cast<long long>(ms / 3'600'000), static_cast<long long>(ms / 60'000 % 60),
      static_cast<long long>(ms / 1'000 % 60), static_cast<long long>(ms % 1'000));
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

std::optional<std::string> closest(std::string_view name, std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = &candidate;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const auto candidate = closest(name, candidates);
  return candidate ? "; did you mean \"" + *candidate + "\"?" : std::string();
}

}  // namespace leat::base
