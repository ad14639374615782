// The decoder for `format: json`.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "transports/formats/decoder.h"

namespace leat::formats {

// Depth is what the walk's recursion costs: about 200 bytes of stack a level.
inline constexpr std::size_t kMaxJsonDepth = 1000;

// kInvalidArgument for paths, units or depths that it cannot take.
Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderConfig& config);

}  // namespace leat::formats
