// Small text helpers that several modules need: UTF-8, numbers as the outputs spell them, base64,
// ISO 8601 times, and suggestions for misspelt names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::base {

// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_valid_utf8(std::string_view text);
// Offset of the first byte that is not part of well-formed UTF-8; npos when all is well.
std::size_t first_invalid_utf8(std::string_view text);
// Number of code points of well-formed UTF-8.
std::size_t utf8_length(std::string_view text);

// The shortest decimal form that reads back as the same double, always with a '.' or an exponent
// ("1.0", "0.1", "1e+300"); "NaN", "Infinity", "-Infinity" for what JSON cannot say.
void append_double(std::string& out, double value);
std::string format_double(double value);
void append_int(std::string& out, std::int64_t value);

// A JSON string literal with its quotes.
void append_json_string(std::string& out, std::string_view text);

void append_base64(std::string& out, std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);

// ISO 8601 date and time to milliseconds since the epoch, UTC: 'T' or a space between them, an
// optional fraction (cut to milliseconds, towards the past), 'Z', an offset, or none (UTC). A date
// alone is midnight. Years 0000 to 9999. nullopt when it is not one.
std::optional<std::int64_t> parse_iso8601_ms(std::string_view text);
// "2026-11-20T16:10:28.123Z"
std::string format_iso8601(std::int64_t timestamp_ms);

// The candidate closest to `name` by edit distance, when it is close enough to be a likely slip.
std::optional<std::string> closest(std::string_view name, std::span<const std::string> candidates);
// "; did you mean \"x\"?" or nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace leat::base
