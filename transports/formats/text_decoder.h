// The decoder for `format: text`.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "transports/formats/decoder.h"

namespace leat::formats {

// A row for each line of a message: LF or CRLF ends a line, the last may go without. An empty
// message is one empty line. A line that is not UTF-8 is set aside alone. The schema has one field
// `line` (string), and beside it only fields that the topic gives; kInvalidArgument otherwise.
Result<std::unique_ptr<Decoder>> make_text_decoder(const DecoderConfig& config);

}  // namespace leat::formats
