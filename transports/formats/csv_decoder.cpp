#include "transports/formats/csv_decoder.h"

#include <algorithm>
#include <simdjson.h>
#include <utility>

#include "transports/formats/bound_fields.h"
#include "transports/formats/csv_record.h"
#include "transports/formats/row_builder.h"

namespace leat::formats {
namespace {

using ports::BadReason;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Without a header: the fields that the topic does not give, in order.
std::vector<std::int32_t> columns_by_position(const DecoderConfig& config) {
  std::vector<std::int32_t> columns;
  const auto& bound = config.bound_fields;
  for (std::size_t i = 0; i < config.fields.size(); ++i) {
    if (std::find(bound.begin(), bound.end(), i) == bound.end()) {
      columns.push_back(static_cast<std::int32_t>(i));
    }
  }
  return columns;
}

// What a header calls a field: its path, or its name.
std::string column_name(const job::SourceField& field) {
  if (field.path.empty()) return field.name;
  std::string name;
  for (const std::string& segment : field.path) {
    if (!name.empty()) name += '.';
    name += segment;
  }
  return name;
}

class CsvDecoderImpl final : public CsvDecoder {
 public:
  CsvDecoderImpl(const DecoderConfig& config, std::vector<FieldInfo> fields)
      : max_bytes_(static_cast<std::uint64_t>(config.max_message_bytes)),
        columns_(columns_by_position(config)),
        reader_(config.csv_delimiter),
        builder_(std::move(fields)),
        bound_(config) {
    for (const job::SourceField& field : config.fields) names_.push_back(column_name(field));
  }

  Result<void> set_header(std::string_view record) override {
    if (record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
    reader_.start(buffer_.assign(record), record.size(), record.size() + 1);
    if (reader_.next() != CsvReader::Outcome::kRecord) {
      return base::invalid(record.empty() ? std::string("the header is empty")
                                          : std::string("the header has ") + reader_.problem());
    }
    std::vector<std::int32_t> columns;
    for (const CsvCell& cell : reader_.cells()) {
      const auto name =
          std::find(names_.begin(), names_.end(), std::string_view(cell.text, cell.size));
      const auto field =
          name == names_.end() ? kIgnored : static_cast<std::int32_t>(name - names_.begin());
      if (field != kIgnored && std::find(columns.begin(), columns.end(), field) != columns.end()) {
        return base::invalid("the header names the column " + *name + " twice");
      }
      columns.push_back(field);
    }
    if (reader_.next() != CsvReader::Outcome::kEnd) {
      return base::invalid("the header has more than one record");
    }
    columns_ = std::move(columns);
    return {};
  }

  void decode(std::string_view payload, const MessageInfo& info, ports::SourceBatch& out) override {
    BadRecords bad(info, out);
    if (payload.size() > max_bytes_) {
      bad.replace(BadReason::kTooLarge, payload, too_large_detail(payload.size(), max_bytes_));
      return;
    }
    const std::vector<Scalar>* bound = nullptr;
    if (!info.bound.empty() && !bound_.convert(payload, info, bad, bound)) return;
    builder_.begin_message(info, bound, out, bad);
    const char* const text = buffer_.assign(payload);
    const auto outcome = read_records(payload, text, bad);
    const bool well_formed = outcome == CsvReader::Outcome::kEnd;
    if (well_formed && !reader_.may_have_non_ascii()) return;
    const bool valid_utf8 = simdjson::validate_utf8(payload.data(), payload.size());
    if (well_formed && valid_utf8) return;
    builder_.roll_back();
    if (!valid_utf8) {
      bad.replace(BadReason::kInvalidUtf8, payload, "the message is not UTF-8");
    } else {
      bad.replace(BadReason::kMalformed, payload,
                  reader_.problem() + (" at byte " + std::to_string(reader_.at() - text + 1)));
    }
  }

 private:
  static constexpr std::int32_t kIgnored = -1;

  CsvReader::Outcome read_records(std::string_view payload, const char* text, BadRecords& bad) {
    reader_.start(buffer_.text(), payload.size(), columns_.size());
    for (;;) {
      const CsvReader::Outcome outcome = reader_.next();
      if (outcome != CsvReader::Outcome::kRecord) return outcome;
      const auto begin = static_cast<std::size_t>(reader_.begin() - text);
      const auto size = static_cast<std::size_t>(reader_.end() - reader_.begin());
      if (size == 0 && columns_.size() != 1) continue;
      add_record(payload.substr(begin, size), bad);
    }
  }

  void add_record(std::string_view record, BadRecords& bad) {
    const std::size_t count = reader_.cell_count();
    if (count != columns_.size()) {
      bad.add(BadReason::kMalformed, record, [&] {
        return "the record has " + std::to_string(count) + " fields, expected " +
               std::to_string(columns_.size());
      });
      return;
    }
    builder_.begin_reading();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == kIgnored) continue;
      const auto index = static_cast<std::size_t>(columns_[i]);
      const CsvCell& cell = reader_.cells()[i];
      if (cell.size == 0 && !cell.quoted) {
        builder_.scalar(index).set_null();
      } else {
        const FieldInfo& field = builder_.field(index);
        set_any_text(builder_.scalar(index), field.type.kind, field.unit, cell.text, cell.size);
      }
    }
    builder_.end_reading(record);
  }

  std::uint64_t max_bytes_;
  std::vector<std::string> names_;     // of the fields, in a header
  std::vector<std::int32_t> columns_;  // field of each column
  CsvReader reader_;
  RowBuilder builder_;
  BoundFields bound_;
  PaddedText buffer_;
};

}  // namespace

Result<void> check_csv_delimiter(char delimiter) {
  constexpr std::string_view kGood = ",;:|\t ^~!#$%&*@_\x1c\x1d\x1e\x1f";
  if (kGood.find(delimiter) == std::string_view::npos) {
    return base::invalid("the csv delimiter cannot be \"" + std::string(1, delimiter) +
                         "\"; expected one of , ; | or a tab");
  }
  return {};
}

Result<std::unique_ptr<CsvDecoder>> make_csv_decoder(const DecoderConfig& config) {
  LEAT_TRY(check_csv_delimiter(config.csv_delimiter));
  for (const job::SourceField& field : config.fields) {
    if (field.type.is_list()) {
      return base::invalid("field " + field.name + ": csv cannot hold a " +
                           data::to_string(field.type) + "; use format: json");
    }
  }
  LEAT_TRY_ASSIGN(auto fields, make_field_infos(config));
  return std::unique_ptr<CsvDecoder>(std::make_unique<CsvDecoderImpl>(config, std::move(fields)));
}

}  // namespace leat::formats
