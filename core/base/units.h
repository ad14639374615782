// Durations ("200ms", "5s", "1m", "2h", "7d") and sizes ("64KiB", "512MiB") as the job file spells
// them. Milliseconds and bytes; a number without a unit is an error, except a lone 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::base {

// Not negative; at most about 292 million years (int64 milliseconds).
Result<std::int64_t> parse_duration_ms(std::string_view text);
// "B", "KiB", "MiB", "GiB", "TiB"; powers of 1024.
Result<std::int64_t> parse_size_bytes(std::string_view text);

// The shortest spelling that parse_duration_ms reads back: 90000 is "90s", 60000 is "1m".
std::string format_duration(std::int64_t duration_ms);
std::string format_size(std::int64_t size_bytes);

}  // namespace leat::base
