#include "core/operators/map.h"

#include <algorithm>

#include "core/operators/row_errors.h"

namespace leat::operators {

Map::Map(MapConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error)
    : config_(std::move(config)), emitter_(std::move(outputs)), on_error_(on_error) {
  for (const MapColumn& column : config_.columns) {
    const auto field = column.expression.field();
    for (Origin& earlier : origins_) {
      if (field && earlier.field == field) earlier.last_use = false;
    }
    origins_.push_back({field, field.has_value()});
  }
}

Result<void> Map::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  if (rows > 0) {
    errors_.reset(rows);
    data::Batch mapped;
    mapped.schema = emitter_.schema(0);
    mapped.columns.reserve(origins_.size());
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      mapped.columns.emplace_back(config_.columns[i].expression.type());
      if (!origins_[i].field) {
        config_.columns[i].expression.evaluate(batch, mapped.columns[i], errors_);
      }
    }
    std::vector<std::uint32_t> bad;
    if (errors_.any()) {
      bad = rows_with_errors(batch, errors_);
      LEAT_TRY_ASSIGN(data::Batch set_aside,
                      error_rows(batch, bad, errors_, emitter_.schema(1), on_error_));
      emitter_.emit(1, std::move(set_aside), out);
    }
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      if (!origins_[i].field) continue;
      data::Column& source = batch.columns[*origins_[i].field];
      mapped.columns[i] = origins_[i].last_use ? std::move(source) : data::Column(source);
    }
    mapped.event_times = std::move(batch.event_times);
    mapped.watermark_before = batch.watermark_before;
    mapped.watermarks = std::move(batch.watermarks);
    if (!bad.empty()) mapped = mapped.select(rows_without(rows, bad));
    ledger_.in.add(rows);
    ledger_.used.add(rows - bad.size());
    ledger_.errors.add(bad.size());
    emitter_.emit(0, std::move(mapped), out);
  }
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

}  // namespace leat::operators
