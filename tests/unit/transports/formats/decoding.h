// What the tests of the decoders share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "transports/formats/decoder.h"

namespace leat::formats {

inline job::SourceField source_field(std::string name, data::Type type,
                                     std::vector<std::string> path = {}) {
  job::SourceField field;
  field.name = std::move(name);
  field.type = type;
  field.path = std::move(path);
  return field;
}

inline job::SourceField optional_field(job::SourceField field) {
  field.optional = true;
  return field;
}

inline job::SourceField time_field(std::string name, std::string unit) {
  job::SourceField field = source_field(std::move(name), data::kTimestamp);
  field.unit = std::move(unit);
  return field;
}

inline DecoderConfig decoder_config(std::string format, std::vector<job::SourceField> fields) {
  DecoderConfig config;
  config.format = std::move(format);
  std::vector<data::Field> schema;
  for (const job::SourceField& field : fields) schema.push_back({field.name, field.type});
  config.schema = data::make_schema(std::move(schema));
  config.fields = std::move(fields);
  return config;
}

// A decoder and the batch it appends to.
struct Decoding {
  explicit Decoding(DecoderConfig with) : config(std::move(with)) {
    auto made = make_decoder(config);
    LEAT_ASSERT(made.ok());
    decoder = std::move(made).value();
    batch.rows = data::Batch(config.schema);
  }

  Decoding& decode(std::string_view payload, const MessageInfo& info = {}) {
    // In a block of its own size, so that the sanitizer sees a read behind it.
    const std::vector<char> copy(payload.begin(), payload.end());
    decoder->decode(std::string_view(copy.data(), copy.size()), info, batch);
    batch.rows.check();
    return *this;
  }
  // The rows as one JSON array each, the bad records as their reasons: [1,"a"] [2,null] !wrong_type
  std::string summary() const {
    std::string text;
    for (std::size_t row = 0; row < batch.rows.rows(); ++row) {
      text += text.empty() ? "[" : " [";
      for (std::size_t i = 0; i < batch.rows.columns.size(); ++i) {
        if (i > 0) text += ",";
        const data::Column& column = batch.rows.columns[i];
        text += data::to_json(column.value(row), column.type());
      }
      text += "]";
    }
    for (const ports::BadRecord& record : batch.bad) {
      text += text.empty() ? "!" : " !";
      text += ports::to_string(record.reason);
    }
    return text;
  }

  DecoderConfig config;
  std::unique_ptr<Decoder> decoder;
  ports::SourceBatch batch;
};

// The summary of one message, decoded by a decoder of its own.
inline std::string decoded(const DecoderConfig& config, std::string_view payload) {
  return Decoding(config).decode(payload).summary();
}

}  // namespace leat::formats
