// The encoders for `format: json` and `format: csv`.
#pragma once

#include <memory>

#include "transports/formats/encoder.h"

namespace leat::formats {

// The fields have been checked by make_encoder.
std::unique_ptr<Encoder> make_json_encoder(const EncoderConfig& config);

// kInvalidArgument for a list field or a delimiter that CSV cannot use. NaN and the infinities are
// spelled NaN, Infinity and -Infinity, which the decoder reports as non-finite.
Result<std::unique_ptr<Encoder>> make_csv_encoder(const EncoderConfig& config);

}  // namespace leat::formats
