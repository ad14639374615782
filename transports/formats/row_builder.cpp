#include "transports/formats/row_builder.h"

#include <algorithm>

namespace leat::formats {

using ports::BadReason;
using State = Scalar::State;

namespace {

std::string explain(const FieldInfo& field, const Scalar& scalar) {
  if (scalar.reason == BadReason::kMissingField) return field.name + " is missing";
  return field.name + " is " + std::string(describe(scalar.found)) + ", expected " +
         data::to_string(field.type);
}

}  // namespace

Result<std::vector<FieldInfo>> make_field_infos(const DecoderConfig& config) {
  std::vector<FieldInfo> infos;
  infos.reserve(config.fields.size());
  for (std::size_t i = 0; i < config.fields.size(); ++i) {
    const job::SourceField& source = config.fields[i];
    FieldInfo info;
    info.name = source.name;
    info.type = source.type;
    LEAT_TRY_ASSIGN(info.unit, parse_time_unit(source));
    const auto& bound = config.bound_fields;
    info.required = !source.optional && std::find(bound.begin(), bound.end(), i) == bound.end();
    infos.push_back(std::move(info));
  }
  return infos;
}

void RowBuilder::begin_message(const MessageInfo& info, const std::vector<Scalar>* bound,
                               ports::SourceBatch& out, BadRecords& bad) {
  out_ = &out;
  bad_ = &bad;
  bound_ = bound;
  received_ms_ = info.received_ms;
  rows_before_ = out.rows.rows();
  differences_before_ = out.topic_differences;
}

void RowBuilder::roll_back() {
  abandon_lists();
  for (data::Column& column : out_->rows.columns) {
    while (column.size() > rows_before_) column.pop_back();
  }
  out_->rows.event_times.resize(rows_before_);
  out_->topic_differences = differences_before_;
}

void RowBuilder::abandon_lists() {
  for (data::Column& column : out_->rows.columns) {
    if (column.type().is_list()) column.abandon_list();
  }
}

void RowBuilder::end_reading(std::string_view text) {
  if (bound_ != nullptr) apply_bound();
  if (check(text)) {
    append_row();
  } else {
    abandon_lists();
  }
}

void RowBuilder::apply_bound() {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Scalar& given = (*bound_)[i];
    if (given.state == State::kAbsent) continue;
    Scalar& found = scalars_[i];
    const bool differs =
        found.state != State::kAbsent && !equal_scalars(fields_[i].type.kind, found, given);
    if (differs) ++out_->topic_differences;
    found = given;
  }
}

bool RowBuilder::check(std::string_view text) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    Scalar& scalar = scalars_[i];
    if (scalar.state == State::kValue || scalar.state == State::kNull) continue;
    if (scalar.state == State::kAbsent) {
      if (!fields_[i].required) {
        scalar.set_null();
        continue;
      }
      scalar.set_bad(BadReason::kMissingField, Found::kNothing);
    }
    bad_->add(scalar.reason, text, [&] { return explain(fields_[i], scalar); });
    return false;
  }
  return true;
}

void RowBuilder::append_row() {
  data::Batch& rows = out_->rows;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const data::Type type = fields_[i].type;
    data::Column& column = rows.columns[i];
    if (!type.is_list()) {
      append_scalar(column, type.kind, scalars_[i]);
    } else if (scalars_[i].state == State::kNull) {
      column.append_null();
    } else {
      column.close_list();
    }
  }
  rows.close_row(received_ms_);
}

}  // namespace leat::formats
