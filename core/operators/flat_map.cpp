#include "core/operators/flat_map.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::operators {
namespace {

// One message may hold a million elements beside a text of a megabyte: the copies leave in pieces.
constexpr std::size_t kMaxRows = 4'096;
constexpr std::size_t kMaxBytes = 4 << 20;

}  // namespace

FlatMap::FlatMap(FlatMapConfig config, std::vector<data::SchemaPtr> outputs)
    : config_(std::move(config)),
      emitter_(std::move(outputs)),
      elements_(emitter_.schema(0)->field(config_.field).type) {}

Result<void> FlatMap::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  std::size_t empty = 0;
  for (std::uint32_t row = 0; row < batch.rows(); ++row) {
    const std::size_t added = batch.columns[config_.field].is_null(row) ? 0
                              : config_.split_by                        ? split_row(batch, row, out)
                                                 : unnest_row(batch, row, out);
    if (added == 0) ++empty;
  }
  ledger_.in.add(batch.rows());
  ledger_.filtered.add(empty);
  ledger_.used.add(batch.rows() - empty);
  hand_on(batch, watermark, out);
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

std::size_t FlatMap::unnest_row(const data::Batch& batch, std::uint32_t row, Output& out) {
  const data::Column& lists = batch.columns[config_.field];
  const std::size_t begin = lists.list_begin(row);
  const std::size_t end = lists.list_end(row);
  if (begin == end) return 0;
  start_row(batch, row);
  for (std::size_t i = begin; i < end; ++i) {
    elements_.append_from(lists.elements(), i);
    add_row(batch, row, out);
  }
  return end - begin;
}

std::size_t FlatMap::split_row(const data::Batch& batch, std::uint32_t row, Output& out) {
  const std::string_view text = batch.columns[config_.field].text(row);
  const std::string_view by = *config_.split_by;
  start_row(batch, row);
  std::size_t parts = 0;
  for (std::size_t begin = 0;; ++parts) {
    const std::size_t end = by.empty() ? std::string_view::npos : text.find(by, begin);
    elements_.append_text(text.substr(begin, end - begin));
    add_row(batch, row, out);
    if (end == std::string_view::npos) return parts + 1;
    begin = end + by.size();
  }
}

void FlatMap::start_row(const data::Batch& batch, std::size_t row) {
  row_bytes_ = 0;
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    const data::Column& column = batch.columns[i];
    if (i == config_.field) continue;
    if (column.type().is_textual()) row_bytes_ += column.text(row).size();
    if (column.type().is_list()) {
      // Elements of any type, each taken for a short one; texts in them by their bytes.
      row_bytes_ += 8 * (column.list_end(row) - column.list_begin(row));
      if (!column.elements().type().is_textual()) continue;
      const auto offsets = column.elements().offsets();
      row_bytes_ += offsets[column.list_end(row)] - offsets[column.list_begin(row)];
    }
  }
}

void FlatMap::add_row(const data::Batch& batch, std::uint32_t row, Output& out) {
  rows_.push_back(row);
  repeated_bytes_ += row_bytes_;
  if (rows_.size() < kMaxRows && repeated_bytes_ < kMaxBytes) return;
  hand_on(batch, batch.watermark_seen_by(row), out);
}

void FlatMap::hand_on(const data::Batch& batch, TimestampMs watermark, Output& out) {
  if (rows_.empty()) return;
  data::Batch rows;
  rows.schema = emitter_.schema(0);
  rows.columns.reserve(batch.columns.size());
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    rows.columns.emplace_back(rows.schema->field(i).type);
    if (i == config_.field) continue;
    rows.columns[i].append_rows(batch.columns[i], rows_);
  }
  std::swap(rows.columns[config_.field], elements_);
  rows.event_times.reserve(rows_.size());
  for (const std::uint32_t row : rows_) rows.event_times.push_back(batch.event_times[row]);
  rows.watermark_before = batch.watermark_seen_by(rows_.front());
  if (watermark > rows.watermark_before) {
    rows.watermarks.reserve(rows_.size());
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      rows.watermarks.push_back(batch.watermark_seen_by(rows_[i]));
    }
    rows.watermarks.push_back(watermark);
  }
  emitter_.emit(0, std::move(rows), out);
  rows_.clear();
  repeated_bytes_ = 0;
}

}  // namespace leat::operators
