// From rows to the text of a sink: a line each, as the job file page defines the spelling.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"

namespace leat::formats {

struct EncoderConfig {
  std::string format;               // json, csv
  data::SchemaPtr schema;           // of the rows
  std::vector<std::size_t> fields;  // which, in what order
  char csv_delimiter = ',';
};

// Immutable after construction; one for each task. JSON: the fields in order, doubles in the
// shortest form that reads back the same and with a '.' or an exponent, timestamps as integers,
// bytes as base64, non-finite doubles as null. CSV: RFC 4180 quoting, null is empty, an empty text
// is "".
class Encoder {
 public:
  virtual ~Encoder() = default;
  // Appends the row without a line end.
  virtual void encode(const data::Batch& batch, std::size_t row, std::string& out) const = 0;
  // The line before the first row of a file; empty for JSON. Without a line end.
  virtual std::string header() const = 0;
};

Result<std::unique_ptr<Encoder>> make_encoder(const EncoderConfig& config);

}  // namespace leat::formats
