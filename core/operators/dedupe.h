// `dedupe`: drops repeats of a key within a time.
#pragma once

#include <vector>

#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/key_memory.h"
#include "core/operators/operator.h"

namespace leat::operators {

// In event time. A row is a repeat while its key is held (KeyMemory): its own time is less than
// keep after the first one's, and the watermark it sees is, too. Repeats are counted as filtered.
// Exact as long as there are no more than max_keys.
class Dedupe final : public Operator {
 public:
  Dedupe(DedupeConfig config, std::vector<data::SchemaPtr> outputs);

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& out) const override { memory_.snapshot(out); }
  Result<void> restore(base::ByteReader& in) override { return memory_.restore(in); }

  const KeyMemory& memory() const { return memory_; }

 private:
  DedupeConfig config_;
  Emitter emitter_;
  KeyMemory memory_;
  std::vector<const data::Column*> key_;
  std::vector<std::uint32_t> kept_;
};

}  // namespace leat::operators
