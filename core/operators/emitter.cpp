#include "core/operators/emitter.h"

#include <utility>

#include "core/base/assert.h"

namespace leat::operators {

Emitter::Emitter(std::vector<data::SchemaPtr> outputs) {
  states_.reserve(outputs.size());
  for (data::SchemaPtr& schema : outputs) states_.push_back({std::move(schema), kMinTimestamp});
}

void Emitter::emit(std::size_t output, data::Batch&& rows, Output& out) {
  LEAT_ASSERT(output < states_.size());
  State& state = states_[output];
  const TimestampMs watermark = rows.last_watermark();
  if (rows.empty() && watermark <= state.watermark) return;
  LEAT_ASSERT(rows.watermark_before >= state.watermark);
  state.watermark = watermark;
  count_ += rows.rows();
  rows.schema = state.schema;
  out.emit(output, std::move(rows));
}

void Emitter::advance(std::size_t output, TimestampMs watermark, Output& out) {
  State& state = states_[output];
  if (watermark <= state.watermark) return;
  state.watermark = watermark;
  data::Batch only_watermark(state.schema);
  only_watermark.watermark_before = watermark;
  out.emit(output, std::move(only_watermark));
}

void Emitter::advance_all(TimestampMs watermark, Output& out) {
  for (std::size_t i = 0; i < states_.size(); ++i) advance(i, watermark, out);
}

std::uint64_t Emitter::take_count() { return std::exchange(count_, 0); }

}  // namespace leat::operators
