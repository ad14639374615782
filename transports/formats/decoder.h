// Formats: from the bytes of a message to rows of the source's schema, and back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/job/graph.h"
#include "core/ports/source.h"

namespace leat::formats {

// A field whose text the topic gives ({name}); converted to the field's type. It wins over the
// payload's value; a difference is counted in SourceBatch::topic_differences.
struct BoundText {
  std::size_t field = 0;
  std::string_view text;
};

struct MessageInfo {
  std::string_view topic;  // or the file's name; for bad records
  TimestampMs received_ms = 0;
  std::span<const BoundText> bound;
};

struct DecoderConfig {
  std::string format;  // json, csv, text
  data::SchemaPtr schema;
  std::vector<job::SourceField> fields;   // position by position the schema
  std::vector<std::size_t> bound_fields;  // given by the topic: not required in the payload
  std::int64_t max_message_bytes = 1 << 20;
  std::size_t max_depth = 64;
  char csv_delimiter = ',';
};

// One for each task: not thread-safe, keeps its buffers. Never throws, never fails: whatever is not
// a row becomes a BadRecord with its reason (at most 64 KiB of payload kept), and never disappears.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Appends the rows of one message to out.rows (event_times: info.received_ms) and what is not one
  // to out.bad. A message malformed anywhere gives no row. A reading that is well-formed but has a
  // wrong type or a missing field is set aside alone; the others of its message are rows.
  virtual void decode(std::string_view payload, const MessageInfo& info,
                      ports::SourceBatch& out) = 0;
};

// kUnsupported for a format that is not built; kInvalidArgument for a field type it cannot read.
Result<std::unique_ptr<Decoder>> make_decoder(const DecoderConfig& config);

}  // namespace leat::formats
