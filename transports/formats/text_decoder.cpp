#include "transports/formats/text_decoder.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "transports/formats/bound_fields.h"
#include "transports/formats/row_builder.h"

namespace leat::formats {
namespace {

class TextDecoder final : public Decoder {
 public:
  TextDecoder(const DecoderConfig& config, std::vector<FieldInfo> fields, std::size_t line_field)
      : max_bytes_(static_cast<std::uint64_t>(config.max_message_bytes)),
        line_field_(line_field),
        builder_(std::move(fields)),
        bound_(config) {}

  void decode(std::string_view payload, const MessageInfo& info, ports::SourceBatch& out) override {
    BadRecords bad(info, out);
    if (payload.size() > max_bytes_) {
      bad.replace(ports::BadReason::kTooLarge, payload,
                  too_large_detail(payload.size(), max_bytes_));
      return;
    }
    const std::vector<Scalar>* bound = nullptr;
    if (!info.bound.empty() && !bound_.convert(payload, info, bad, bound)) return;
    builder_.begin_message(info, bound, out, bad);
    do {
      const std::size_t end = std::min(payload.find('\n'), payload.size());
      std::string_view line = payload.substr(0, end);
      if (end < payload.size() && line.ends_with('\r')) line.remove_suffix(1);
      add_line(line, bad);
      payload.remove_prefix(std::min(end + 1, payload.size()));
    } while (!payload.empty());
  }

 private:
  void add_line(std::string_view line, BadRecords& bad) {
    if (!base::is_valid_utf8(line)) {
      bad.add(ports::BadReason::kInvalidUtf8, line,
              [] { return std::string("the line is not UTF-8"); });
      return;
    }
    builder_.begin_reading();
    builder_.scalar(line_field_).set_text(line);
    builder_.end_reading(line);
  }

  std::uint64_t max_bytes_;
  std::size_t line_field_;
  RowBuilder builder_;
  BoundFields bound_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_text_decoder(const DecoderConfig& config) {
  std::size_t line_field = config.fields.size();
  for (std::size_t i = 0; i < config.fields.size(); ++i) {
    const job::SourceField& field = config.fields[i];
    const auto& bound = config.bound_fields;
    if (std::find(bound.begin(), bound.end(), i) != bound.end()) continue;
    if (field.name != "line" || field.type != data::kString) {
      return base::invalid("format text has one field, line (string); " + field.name + " (" +
                           data::to_string(field.type) + ") is none of its");
    }
    line_field = i;
  }
  if (line_field == config.fields.size()) {
    return base::invalid("format text needs the field line (string)");
  }
  LEAT_TRY_ASSIGN(auto fields, make_field_infos(config));
  return std::unique_ptr<Decoder>(
      std::make_unique<TextDecoder>(config, std::move(fields), line_field));
}

}  // namespace leat::formats
