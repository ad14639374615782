#include "core/data/batch.h"

#include "core/base/assert.h"

namespace leat::data {

Batch::Batch(SchemaPtr schema_in) : schema(std::move(schema_in)) {
  columns.reserve(schema->size());
  for (const Field& field : schema->fields()) columns.emplace_back(field.type);
}

void Batch::advance_watermark(TimestampMs watermark) {
  if (watermark <= last_watermark()) return;
  if (empty()) {
    watermark_before = watermark;
    return;
  }
  if (watermarks.empty()) watermarks.assign(rows(), watermark_before);
  watermarks.back() = watermark;
}

void Batch::close_row(TimestampMs event_time) {
  const TimestampMs watermark = last_watermark();
  event_times.push_back(event_time);
  if (!watermarks.empty()) watermarks.push_back(watermark);
}

void Batch::append_row(const Batch& other, std::size_t row) {
  LEAT_ASSERT(other.columns.size() == columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].append_from(other.columns[i], row);
  close_row(other.event_times[row]);
}

Batch Batch::select(std::span<const std::uint32_t> kept) const {
  Batch out(schema);
  for (std::size_t i = 0; i < columns.size(); ++i) out.columns[i].append_rows(columns[i], kept);
  out.event_times.reserve(kept.size());
  for (const std::uint32_t row : kept) out.event_times.push_back(event_times[row]);
  out.watermark_before = watermark_before;
  if (kept.empty()) {
    out.watermark_before = last_watermark();
    return out;
  }
  out.watermark_before = watermark_seen_by(kept.front());
  if (watermarks.empty()) return out;
  out.watermarks.reserve(kept.size());
  for (std::size_t i = 0; i + 1 < kept.size(); ++i) {
    out.watermarks.push_back(watermarks[kept[i + 1] - 1]);
  }
  out.watermarks.push_back(watermarks.back());
  return out;
}

Batch Batch::slice(std::size_t begin, std::size_t end) const {
  LEAT_ASSERT(begin <= end && end <= rows());
  Batch out(schema);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out.columns[i].append_range(columns[i], begin, end);
  }
  const auto from = static_cast<std::ptrdiff_t>(begin);
  const auto to = static_cast<std::ptrdiff_t>(end);
  out.event_times.assign(event_times.begin() + from, event_times.begin() + to);
  out.watermark_before = begin == rows() ? last_watermark() : watermark_seen_by(begin);
  if (!watermarks.empty()) {
    out.watermarks.assign(watermarks.begin() + from, watermarks.begin() + to);
  }
  return out;
}

void Batch::check() const {
  LEAT_ASSERT(schema != nullptr && columns.size() == schema->size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    LEAT_ASSERT(columns[i].size() == rows());
    LEAT_ASSERT(columns[i].type() == schema->field(i).type);
  }
  LEAT_ASSERT(watermarks.empty() || watermarks.size() == rows());
  TimestampMs previous = watermark_before;
  for (const TimestampMs watermark : watermarks) {
    LEAT_ASSERT(watermark >= previous);
    previous = watermark;
  }
}

void Batch::append_values(const std::vector<Value>& values, TimestampMs event_time) {
  LEAT_ASSERT(values.size() == columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].append_value(values[i]);
  close_row(event_time);
}

std::vector<Value> Batch::row_values(std::size_t row) const {
  std::vector<Value> values;
  values.reserve(columns.size());
  for (const Column& column : columns) values.push_back(column.value(row));
  return values;
}

}  // namespace leat::data
