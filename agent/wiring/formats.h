// From a node's options to its format.
#pragma once

#include <memory>

#include "core/job/graph.h"
#include "transports/formats/decoder.h"
#include "transports/formats/encoder.h"

namespace leat::wiring {

formats::DecoderConfig decoder_config(const job::SourceConfig& source);
Result<std::unique_ptr<formats::Encoder>> make_sink_encoder(const job::SinkConfig& sink,
                                                            const data::SchemaPtr& input);

}  // namespace leat::wiring
