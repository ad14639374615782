#include "core/operators/filter.h"

#include "core/operators/row_errors.h"

namespace leat::operators {

Filter::Filter(FilterConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error)
    : config_(std::move(config)), emitter_(std::move(outputs)), on_error_(on_error) {}

Result<void> Filter::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  errors_.reset(rows);
  kept_.clear();
  if (rows > 0) config_.where.select(batch, kept_, errors_);
  std::size_t failed = 0;
  if (errors_.any()) {
    const auto bad = rows_with_errors(batch, errors_);
    failed = bad.size();
    LEAT_TRY_ASSIGN(data::Batch set_aside,
                    error_rows(batch, bad, errors_, emitter_.schema(1), on_error_));
    emitter_.emit(1, std::move(set_aside), out);
  }
  ledger_.in.add(rows);
  ledger_.used.add(kept_.size());
  ledger_.errors.add(failed);
  ledger_.filtered.add(rows - kept_.size() - failed);
  emitter_.emit(0, kept_.size() == rows ? std::move(batch) : batch.select(kept_), out);
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

}  // namespace leat::operators
