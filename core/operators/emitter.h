// What every operator does to hand rows on: count them, and keep time on every output.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/batch.h"
#include "core/operators/operator.h"

namespace leat::operators {

// Passes on what has rows or moves the output's watermark, and nothing else, so that an operator
// may emit on each of its outputs after every batch. One thread.
class Emitter {
 public:
  // One schema for each output, in the order of NodeSpec::outputs.
  explicit Emitter(std::vector<data::SchemaPtr> outputs);

  std::size_t outputs() const { return states_.size(); }
  const data::SchemaPtr& schema(std::size_t output) const { return states_[output].schema; }

  // `rows` has the output's column types; its schema pointer is set here.
  void emit(std::size_t output, data::Batch&& rows, Output& out);
  // A batch without rows, if `watermark` is ahead of what the output knows.
  void advance(std::size_t output, TimestampMs watermark, Output& out);
  void advance_all(TimestampMs watermark, Output& out);

  // Rows handed on since the last call: for the ledger.
  std::uint64_t take_count();

 private:
  struct State {
    data::SchemaPtr schema;
    TimestampMs watermark = kMinTimestamp;
  };
  std::vector<State> states_;
  std::uint64_t count_ = 0;
};

}  // namespace leat::operators
