// `flat_map`: one row per element of a list, or per part of a string.
#pragma once

#include <cstdint>
#include <vector>

#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"

namespace leat::operators {

// The element takes the place of the field; the other fields and the event time are repeated. A row
// whose list is null or empty, or whose string is null, gives no row and is counted as filtered. A
// string without the separator, the empty one too, is one part; separators side by side, at the
// beginning or at the end give empty parts (as Flink's SPLIT). An empty separator splits nothing.
//
// The rows of one input row see the same watermark; what the input row moves, moves behind the last
// of them. Long lists leave in batches of bounded size. No state.
class FlatMap final : public Operator {
 public:
  FlatMap(FlatMapConfig config, std::vector<data::SchemaPtr> outputs);

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& /*out*/) const override {}
  Result<void> restore(base::ByteReader& /*in*/) override { return {}; }

 private:
  std::size_t unnest_row(const data::Batch& batch, std::uint32_t row, Output& out);
  std::size_t split_row(const data::Batch& batch, std::uint32_t row, Output& out);
  void start_row(const data::Batch& batch, std::size_t row);
  void add_row(const data::Batch& batch, std::uint32_t row, Output& out);
  // Hands on the rows gathered; the watermark then stands at `watermark`.
  void hand_on(const data::Batch& batch, TimestampMs watermark, Output& out);

  FlatMapConfig config_;
  Emitter emitter_;
  data::Column elements_;            // of the rows gathered
  std::vector<std::uint32_t> rows_;  // the input row of each
  std::size_t repeated_bytes_ = 0;   // that copies of the other fields will take
  std::size_t row_bytes_ = 0;        // of the row at hand
};

}  // namespace leat::operators
