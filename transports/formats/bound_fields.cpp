#include "transports/formats/bound_fields.h"

#include "core/base/assert.h"
#include "core/base/text.h"

namespace leat::formats {

BoundFields::BoundFields(const DecoderConfig& config)
    : fields_(config.fields), values_(config.fields.size()) {
  units_.reserve(fields_.size());
  for (const job::SourceField& field : fields_) {
    const auto unit = parse_time_unit(field);
    LEAT_ASSERT(unit.ok());  // make_decoder has checked the fields
    units_.push_back(*unit);
  }
}

bool BoundFields::convert(std::string_view payload, const MessageInfo& info, BadRecords& bad,
                          const std::vector<Scalar>*& values) {
  for (Scalar& value : values_) value.state = Scalar::State::kAbsent;
  if (texts_.size() < info.bound.size()) texts_.resize(info.bound.size());
  for (std::size_t i = 0; i < info.bound.size(); ++i) {
    const BoundText& bound = info.bound[i];
    LEAT_ASSERT(bound.field < fields_.size());
    const job::SourceField& field = fields_[bound.field];
    Scalar& value = values_[bound.field];
    char* const text = texts_[i].assign(bound.text);
    if (field.type.is_list() || !base::is_valid_utf8(bound.text)) {
      value.set_wrong(Found::kText);
    } else {
      set_any_text(value, field.type.kind, units_[bound.field], text, bound.text.size());
    }
    if (value.state == Scalar::State::kBad) {
      bad.replace(ports::BadReason::kTopicMismatch, payload,
                  "the topic gives " + field.name + " as \"" + std::string(bound.text) +
                      "\", expected " + data::to_string(field.type));
      return false;
    }
  }
  values = &values_;
  return true;
}

std::string too_large_detail(std::uint64_t size_bytes, std::uint64_t limit_bytes) {
  return "the message has " + std::to_string(size_bytes) + " bytes, the limit is " +
         std::to_string(limit_bytes);
}

}  // namespace leat::formats
