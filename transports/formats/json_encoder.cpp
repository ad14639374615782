#include <cmath>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "transports/formats/row_encoders.h"
#include "transports/formats/scan.h"

namespace leat::formats {
namespace {

using data::Column;
using data::Kind;

// As base::append_json_string, with plain runs appended whole: most texts are one.
void append_string(std::string& out, std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    const std::uint64_t word = load8(text.data() + i);
    if ((mark_equal(word, '"') | mark_equal(word, '\\') | mark_control(word)) != 0) break;
  }
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      base::append_json_string(out, text);
      return;
    }
  }
  out += '"';
  out += text;
  out += '"';
}

void append_value(std::string& out, const Column& column, std::size_t row) {
  if (column.is_null(row)) {
    out += "null";
    return;
  }
  switch (column.type().kind) {
    case Kind::kBigint:
    case Kind::kTimestamp:
      base::append_int(out, column.int64s()[row]);
      return;
    case Kind::kDouble:
      if (const double value = column.doubles()[row]; std::isfinite(value)) {
        base::append_double(out, value);
      } else {
        out += "null";
      }
      return;
    case Kind::kBoolean:
      out += column.booleans()[row] != 0 ? "true" : "false";
      return;
    case Kind::kString:
      append_string(out, column.text(row));
      return;
    case Kind::kBytes:
      out += '"';
      base::append_base64(out, column.text(row));
      out += '"';
      return;
    case Kind::kList:
      break;
  }
  out += '[';
  for (std::size_t i = column.list_begin(row); i < column.list_end(row); ++i) {
    if (i != column.list_begin(row)) out += ',';
    append_value(out, column.elements(), i);
  }
  out += ']';
}

class JsonEncoder final : public Encoder {
 public:
  explicit JsonEncoder(const EncoderConfig& config) {
    for (const std::size_t field : config.fields) {
      std::string prefix(1, fields_.empty() ? '{' : ',');
      base::append_json_string(prefix, config.schema->field(field).name);
      prefix += ':';
      fields_.emplace_back(field, std::move(prefix));
    }
  }

  void encode(const data::Batch& batch, std::size_t row, std::string& out) const override {
    if (fields_.empty()) out += '{';
    for (const auto& [field, prefix] : fields_) {
      out += prefix;
      append_value(out, batch.columns[field], row);
    }
    out += '}';
  }

  std::string header() const override { return {}; }

 private:
  std::vector<std::pair<std::size_t, std::string>> fields_;  // with `{"name":` or `,"name":`
};

}  // namespace

std::unique_ptr<Encoder> make_json_encoder(const EncoderConfig& config) {
  return std::make_unique<JsonEncoder>(config);
}

}  // namespace leat::formats
