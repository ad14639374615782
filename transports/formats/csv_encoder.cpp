#include <utility>
#include <vector>

#include "core/base/text.h"
#include "transports/formats/csv_decoder.h"
#include "transports/formats/row_encoders.h"

namespace leat::formats {
namespace {

using data::Column;
using data::Kind;

class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(const EncoderConfig& config)
      : fields_(config.fields),
        delimiter_(config.csv_delimiter),
        special_{config.csv_delimiter, '"', '\r', '\n'} {
    for (const std::size_t field : fields_) {
      if (!header_.empty()) header_ += delimiter_;
      append_text(header_, config.schema->field(field).name);
    }
  }

  void encode(const data::Batch& batch, std::size_t row, std::string& out) const override {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) out += delimiter_;
      append_value(out, batch.columns[fields_[i]], row);
    }
  }

  std::string header() const override { return header_; }

 private:
  void append_value(std::string& out, const Column& column, std::size_t row) const {
    if (column.is_null(row)) return;
    switch (column.type().kind) {
      case Kind::kBigint:
      case Kind::kTimestamp:
        base::append_int(out, column.int64s()[row]);
        return;
      case Kind::kDouble:
        base::append_double(out, column.doubles()[row]);
        return;
      case Kind::kBoolean:
        out += column.booleans()[row] != 0 ? "true" : "false";
        return;
      case Kind::kBytes:
        if (column.text(row).empty()) out += "\"\"";
        base::append_base64(out, column.text(row));
        return;
      default:
        append_text(out, column.text(row));
        return;
    }
  }

  // A text is quoted when it must be, and when it is empty, so that it is not taken for null.
  void append_text(std::string& out, std::string_view text) const {
    if (!text.empty() && text.find_first_of(special_) == std::string_view::npos) {
      out += text;
      return;
    }
    out += '"';
    for (;;) {
      const std::size_t quote = text.find('"');
      out += text.substr(0, quote);
      if (quote == std::string_view::npos) break;
      out += "\"\"";
      text.remove_prefix(quote + 1);
    }
    out += '"';
  }

  std::vector<std::size_t> fields_;
  char delimiter_;
  std::string special_;
  std::string header_;
};

}  // namespace

Result<std::unique_ptr<Encoder>> make_csv_encoder(const EncoderConfig& config) {
  LEAT_TRY(check_csv_delimiter(config.csv_delimiter));
  for (const std::size_t index : config.fields) {
    const data::Field& field = config.schema->field(index);
    if (field.type.is_list()) {
      return base::invalid("csv cannot hold the field " + field.name + " of type " +
                           data::to_string(field.type) + "; use format: json");
    }
  }
  return std::unique_ptr<Encoder>(std::make_unique<CsvEncoder>(config));
}

}  // namespace leat::formats
