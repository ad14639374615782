// The decoder for `format: csv` (RFC 4180), and what the file source needs to give it a header.
#pragma once

#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "transports/formats/decoder.h"

namespace leat::formats {

// A message holds one record or several, each ended by LF or CRLF (the last may go without).
// Columns are the schema's fields in order; after set_header() they go by name.
//
// - A field between quotes may hold delimiters, line ends and doubled quotes. Nothing may stand
//   between a closing quote and the delimiter; a quote within an unquoted field is malformed.
//   Spaces belong to the field.
// - An empty field is null; "" is an empty text. Numbers are spelled as in JSON (no spaces, no sign
//   +, no leading zeros); booleans are true and false; bytes are base64.
// - A record with more or fewer fields than columns is malformed. A line with nothing on it is
//   skipped, except where there is one column: there it is a null.
// - As the quotes decide where a record ends, quoting that is malformed anywhere makes the whole
//   message malformed. A record with the wrong number of fields is set aside alone.
class CsvDecoder : public Decoder {
 public:
  // The record that names the columns, as the file has it (with or without its line end; a byte
  // order mark is skipped). Columns that name no field are ignored; a field without a column is
  // null when it is optional or given by the topic, otherwise every record lacks it
  // (missing_field). kInvalidArgument when it is not a CSV record, or names a field twice; the
  // columns then stay.
  virtual Result<void> set_header(std::string_view record) = 0;
};

// kInvalidArgument for a list field, or a delimiter that could be part of a number, a quote or a
// line end.
Result<std::unique_ptr<CsvDecoder>> make_csv_decoder(const DecoderConfig& config);
Result<void> check_csv_delimiter(char delimiter);

}  // namespace leat::formats
