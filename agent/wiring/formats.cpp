#include "agent/wiring/formats.h"

namespace leat::wiring {

formats::DecoderConfig decoder_config(const job::SourceConfig& source) {
  formats::DecoderConfig config;
  config.format = source.format;
  config.schema = source.stage.schema;
  config.fields = source.fields;
  config.max_message_bytes = source.options.section("ingest").size_bytes("max_message");
  return config;
}

Result<std::unique_ptr<formats::Encoder>> make_sink_encoder(const job::SinkConfig& sink,
                                                            const data::SchemaPtr& input) {
  formats::EncoderConfig config;
  config.format = sink.format;
  config.schema = input;
  config.fields = sink.fields;
  return formats::make_encoder(config);
}

}  // namespace leat::wiring
