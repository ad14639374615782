#include "core/operators/union.h"

namespace leat::operators {

Result<void> Union::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  ledger_.in.add(rows);
  ledger_.used.add(rows);
  emitter_.emit(0, std::move(batch), out);
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

}  // namespace leat::operators
