#include "core/operators/dedupe.h"

namespace leat::operators {
namespace {

std::vector<data::Field> key_fields(const DedupeConfig& config, const data::Schema& schema) {
  std::vector<data::Field> fields;
  for (const std::size_t index : config.key) fields.push_back(schema.field(index));
  return fields;
}

}  // namespace

Dedupe::Dedupe(DedupeConfig config, std::vector<data::SchemaPtr> outputs)
    : config_(std::move(config)),
      emitter_(std::move(outputs)),
      memory_(key_fields(config_, *emitter_.schema(0)), config_.keep_ms, config_.max_keys),
      key_(config_.key.size()) {}

Result<void> Dedupe::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  kept_.clear();
  if (rows > 0) {
    for (std::size_t i = 0; i < key_.size(); ++i) key_[i] = &batch.columns[config_.key[i]];
    memory_.begin(key_, rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (memory_.is_first(row, batch.event_times[row], batch.watermark_seen_by(row))) {
        kept_.push_back(row);
      }
    }
    memory_.end();
  }
  ledger_.in.add(rows);
  ledger_.used.add(kept_.size());
  ledger_.filtered.add(rows - kept_.size());
  emitter_.emit(0, kept_.size() == rows ? std::move(batch) : batch.select(kept_), out);
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

}  // namespace leat::operators
