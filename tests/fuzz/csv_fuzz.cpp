// The CSV decoder against a reader that takes one character at a time, and the line splitter
// against the decoder's own idea of where a record ends.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "transports/formats/csv_decoder.h"
#include "transports/formats/encoder.h"
#include "transports/formats/line_splitter.h"

namespace {

using namespace leat;

constexpr std::size_t kColumns = 3;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

struct Cell {
  std::string text;
  bool quoted = false;
};
using Record = std::vector<Cell>;

// RFC 4180 by the letter; nullopt when the quoting is wrong.
std::optional<std::vector<Record>> read_slowly(std::string_view text, char delimiter) {
  std::vector<Record> records;
  std::size_t i = 0;
  const auto at_line_end = [&] { return text.substr(i, 1) == "\n" || text.substr(i, 2) == "\r\n"; };
  while (i < text.size()) {
    Record record;
    for (;;) {
      Cell cell;
      if (i < text.size() && text[i] == '"') {
        cell.quoted = true;
        for (++i;; ++i) {
          if (i >= text.size()) return std::nullopt;
          if (text[i] != '"') {
            cell.text += text[i];
          } else if (text.substr(i, 2) == "\"\"") {
            cell.text += text[i++];
          } else {
            break;
          }
        }
        ++i;
      } else {
        while (i < text.size() && text[i] != delimiter && !at_line_end()) {
          if (text[i] == '"' || text[i] == '\r') return std::nullopt;
          cell.text += text[i++];
        }
      }
      record.push_back(cell);
      if (i < text.size() && text[i] == delimiter) {
        ++i;
        continue;
      }
      if (i < text.size() && !at_line_end()) return std::nullopt;
      break;
    }
    if (i < text.size()) i += text[i] == '\r' ? 2 : 1;
    records.push_back(std::move(record));
  }
  return records;
}

formats::DecoderConfig make_config(char delimiter) {
  formats::DecoderConfig config;
  config.format = "csv";
  config.csv_delimiter = delimiter;
  std::vector<data::Field> schema;
  for (const char* const name : {"a", "b", "c"}) {
    job::SourceField field;
    field.name = name;
    field.type = data::kString;
    config.fields.push_back(field);
    schema.push_back({name, data::kString});
  }
  config.schema = data::make_schema(std::move(schema));
  return config;
}

ports::SourceBatch decode(formats::Decoder& decoder, const formats::DecoderConfig& config,
                          std::string_view payload) {
  ports::SourceBatch batch;
  batch.rows = data::Batch(config.schema);
  decoder.decode(payload, {}, batch);
  batch.rows.check();
  return batch;
}

void compare(const ports::SourceBatch& batch, const std::vector<Record>& records) {
  std::size_t row = 0;
  std::size_t bad = 0;
  for (const Record& record : records) {
    if (record.size() == 1 && record[0].text.empty() && !record[0].quoted) continue;
    if (record.size() != kColumns) {
      ++bad;
      continue;
    }
    require(row < batch.rows.rows(), "too few rows");
    for (std::size_t i = 0; i < kColumns; ++i) {
      const data::Column& column = batch.rows.columns[i];
      require(column.is_null(row) == (record[i].text.empty() && !record[i].quoted), "not null");
      require(column.text(row) == record[i].text, "another text");
    }
    ++row;
  }
  require(row == batch.rows.rows(), "too many rows");
  require(std::min(bad, std::size_t{1000}) == batch.bad.size(), "another number of bad records");
}

// Record by record, in chunks of `chunk`, as the file source would have it.
void compare_split(std::string_view payload, const formats::DecoderConfig& config,
                   std::size_t chunk, const ports::SourceBatch& whole) {
  const auto decoder = std::move(formats::make_decoder(config)).value();
  formats::LineSplitterConfig splitter_config;
  splitter_config.csv_quotes = true;
  splitter_config.csv_delimiter = config.csv_delimiter;
  formats::LineSplitter splitter(splitter_config);
  formats::LineSplitter::Line line;
  ports::SourceBatch batch;
  batch.rows = data::Batch(config.schema);
  std::uint64_t bytes = 0;
  const auto take = [&] {
    bytes += line.bytes;
    decoder->decode(line.text, {}, batch);
  };
  for (std::size_t at = 0; at < payload.size(); at += chunk) {
    splitter.feed(payload.substr(at, chunk));
    while (splitter.next(line)) take();
  }
  if (splitter.finish(line)) take();
  require(bytes == payload.size(), "bytes that belong to no line");
  require(batch.rows.rows() == whole.rows.rows(), "another number of rows when split");
  for (std::size_t row = 0; row < whole.rows.rows(); ++row) {
    require(batch.rows.row_values(row) == whole.rows.row_values(row), "another row when split");
  }
}

void round_trip(const formats::DecoderConfig& config, const ports::SourceBatch& batch) {
  formats::EncoderConfig encoder_config;
  encoder_config.format = "csv";
  encoder_config.schema = config.schema;
  encoder_config.fields = {0, 1, 2};
  encoder_config.csv_delimiter = config.csv_delimiter;
  const auto encoder = std::move(formats::make_encoder(encoder_config)).value();
  std::string text;
  for (std::size_t row = 0; row < batch.rows.rows(); ++row) {
    encoder->encode(batch.rows, row, text);
    text += '\n';
  }
  const auto decoder = std::move(formats::make_decoder(config)).value();
  const ports::SourceBatch again = decode(*decoder, config, text);
  require(again.rows.rows() == batch.rows.rows() && again.bad.empty(), "rows that read back not");
  for (std::size_t row = 0; row < batch.rows.rows(); ++row) {
    require(again.rows.row_values(row) == batch.rows.row_values(row),
            "a row that reads back otherwise");
  }
}

}  // namespace

// The first byte chooses the delimiter and the size of the chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const formats::DecoderConfig config = make_config(",;\t"[data[0] % 3]);
  const std::size_t chunk = 1 + data[0] / 3 % 20;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto decoder = std::move(formats::make_csv_decoder(config)).value();
  const ports::SourceBatch batch = decode(*decoder, config, payload);
  const auto records = read_slowly(payload, config.csv_delimiter);
  if (!base::is_valid_utf8(payload)) {
    require(batch.rows.empty() && batch.bad.size() == 1 &&
                batch.bad[0].reason == ports::BadReason::kInvalidUtf8,
            "invalid UTF-8 accepted");
  } else if (!records) {
    require(batch.rows.empty() && batch.bad.size() == 1 &&
                batch.bad[0].reason == ports::BadReason::kMalformed,
            "malformed accepted");
  } else {
    compare(batch, *records);
    compare_split(payload, config, chunk, batch);
    round_trip(config, batch);
  }
  // Any text may be tried as a header.
  if (decoder->set_header(payload).ok()) decode(*decoder, config, "x,y,z\n");
  return 0;
}
