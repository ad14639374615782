// The one list of what a format's name builds.
#include <algorithm>

#include "core/base/assert.h"
#include "transports/formats/csv_decoder.h"
#include "transports/formats/json_decoder.h"
#include "transports/formats/row_encoders.h"
#include "transports/formats/text_decoder.h"

namespace leat::formats {
namespace {

Error unknown_format(const std::string& format, std::string_view expected) {
  if (format == "senml" || format == "sparkplug_b") {
    return Error(ErrorCode::kUnsupported, "format " + format + " is not built yet");
  }
  return Error(ErrorCode::kUnsupported,
               "unknown format \"" + format + "\"; expected " + std::string(expected));
}

}  // namespace

Result<std::unique_ptr<Decoder>> make_decoder(const DecoderConfig& config) {
  LEAT_ASSERT(config.schema != nullptr && config.schema->size() == config.fields.size());
  if (config.max_message_bytes < 1) {
    return base::invalid("the limit for a message is " + std::to_string(config.max_message_bytes) +
                         " bytes; expected at least 1");
  }
  for (const std::size_t field : config.bound_fields) {
    LEAT_ASSERT(field < config.fields.size());
    if (config.fields[field].type.is_list()) {
      return base::invalid("field " + config.fields[field].name +
                           " is given by the topic, so it cannot be a list");
    }
  }
  if (config.format == "json") return make_json_decoder(config);
  if (config.format == "text") return make_text_decoder(config);
  if (config.format == "csv") {
    LEAT_TRY_ASSIGN(std::unique_ptr<Decoder> decoder, make_csv_decoder(config));
    return decoder;
  }
  return unknown_format(config.format, "json, csv or text");
}

Result<std::unique_ptr<Encoder>> make_encoder(const EncoderConfig& config) {
  LEAT_ASSERT(config.schema != nullptr);
  for (const std::size_t field : config.fields) LEAT_ASSERT(field < config.schema->size());
  if (config.format == "json") return make_json_encoder(config);
  if (config.format == "csv") return make_csv_encoder(config);
  return unknown_format(config.format, "json or csv");
}

}  // namespace leat::formats
