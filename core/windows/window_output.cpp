#include "core/windows/window_output.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::windows {

WindowOutput::WindowOutput(const WindowConfig& config, const data::Schema& input,
                           std::vector<data::SchemaPtr> outputs)
    : schemas_(std::move(outputs)),
      key_fields_(config.key.size()),
      has_bounds_(config.shape != WindowShape::kCount && config.shape != WindowShape::kGlobal) {
  LEAT_ASSERT(schemas_.size() == 3);
  LEAT_ASSERT(schemas_[kResults]->size() ==
              key_fields_ + (has_bounds_ ? 2 : 0) + config.aggregates.size());
  LEAT_ASSERT(schemas_[kErrors]->size() == input.size() + 1);
  LEAT_ASSERT(schemas_[kLate]->size() == input.size());
  for (const expression::KeyPart& part : config.key) {
    const data::Type type = part.expression.type();
    const auto field = input.find(part.name);
    const bool same = field.has_value() && input.field(*field).type == type;
    key_in_row_.push_back(same ? *field : input.size());
    key_types_.push_back(type);
  }
  for (const AggregateSpec& spec : config.aggregates) {
    if (spec.function != AggregateFunction::kSum || spec.result_type != data::kBigint) continue;
    if (!sums_.empty()) sums_ += " or ";
    sums_ += spec.name;
  }
}

void WindowOutput::begin(operators::Output& out, TimestampMs watermark) {
  out_ = &out;
  sent_ = 0;
  announced_ = std::max(announced_, watermark);
  batches_.clear();
  for (const data::SchemaPtr& schema : schemas_) {
    batches_.emplace_back(schema).watermark_before = announced_;
  }
}

void WindowOutput::advance(TimestampMs watermark) {
  if (watermark <= announced_) return;
  announced_ = watermark;
  for (data::Batch& batch : batches_) batch.advance_watermark(watermark);
}

void WindowOutput::send(std::size_t output) {
  data::Batch next(schemas_[output]);
  next.watermark_before = batches_[output].last_watermark();
  sent_ += batches_[output].rows();
  out_->emit(output, std::move(batches_[output]));
  batches_[output] = std::move(next);
}

void WindowOutput::result(const data::KeyTable& keys, data::KeyId id, const WindowBounds& bounds,
                          const Aggregator& aggregator, const std::byte* cell) {
  data::Batch& batch = batches_[kResults];
  const std::span<data::Column> columns(batch.columns);
  const std::size_t first_aggregate = key_fields_ + (has_bounds_ ? 2 : 0);
  const expression::EvalError error =
      aggregator.append_results(cell, columns.subspan(first_aggregate));
  if (error != expression::EvalError::kNone) {
    overflow_row(keys, id, bounds);
    return;
  }
  keys.append_key(id, columns.first(key_fields_));
  if (has_bounds_) {
    columns[key_fields_].append_int64(bounds.start);
    columns[key_fields_ + 1].append_int64(bounds.end);
  }
  batch.close_row(bounds.event_time);
  if (batch.rows() >= kMaxOutputRows) send(kResults);
}

void WindowOutput::overflow_row(const data::KeyTable& keys, data::KeyId id,
                                const WindowBounds& bounds) {
  data::Batch& batch = batches_[kErrors];
  std::vector<data::Column> key;
  for (const data::Type type : key_types_) key.emplace_back(type);
  keys.append_key(id, key);
  for (std::size_t field = 0; field + 1 < batch.columns.size(); ++field) {
    std::size_t part = 0;
    while (part < key_fields_ && key_in_row_[part] != field) ++part;
    if (part < key_fields_) {
      batch.columns[field].append_from(key[part], 0);
    } else {
      batch.columns[field].append_null();
    }
  }
  std::string reason(to_string(expression::EvalError::kOverflow));
  reason += " of " + sums_;
  if (has_bounds_) {
    reason +=
        " in the window from " + std::to_string(bounds.start) + " to " + std::to_string(bounds.end);
  } else {
    reason += " in the window up to " + std::to_string(bounds.event_time);
  }
  batch.columns.back().append_text(reason);
  batch.close_row(bounds.event_time);
  if (batch.rows() >= kMaxOutputRows) send(kErrors);
}

void WindowOutput::bad_row(const data::Batch& from, std::size_t row, std::string_view reason) {
  data::Batch& batch = batches_[kErrors];
  for (std::size_t i = 0; i < from.columns.size(); ++i) {
    batch.columns[i].append_from(from.columns[i], row);
  }
  batch.columns.back().append_text(reason);
  batch.close_row(from.event_times[row]);
  if (batch.rows() >= kMaxOutputRows) send(kErrors);
}

void WindowOutput::late_row(const data::Batch& from, std::size_t row) {
  data::Batch& batch = batches_[kLate];
  batch.append_row(from, row);
  if (batch.rows() >= kMaxOutputRows) send(kLate);
}

std::size_t WindowOutput::finish() {
  for (std::size_t output = 0; output < batches_.size(); ++output) {
    sent_ += batches_[output].rows();
    out_->emit(output, std::move(batches_[output]));
  }
  batches_.clear();
  out_ = nullptr;
  return sent_;
}

}  // namespace leat::windows
