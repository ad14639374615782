// `reduce`: a rolling aggregate by key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/data/key_table.h"
#include "core/expression/key_selector.h"
#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"
#include "core/windows/aggregator.h"

namespace leat::operators {

// For every row in, one row out with its event time: the key fields and the key's aggregates with
// that row in them. A row whose key or argument fails, or which a bigint sum cannot take, changes
// no aggregate and goes to output 1 with the reason. Keys are kept for ever.
//
// A function whose result takes long to make (percentile, collect_list, top_n) takes that long for
// every row.
class Reduce final : public Operator {
 public:
  // `input` is the schema of the rows.
  Reduce(ReduceConfig config, const data::SchemaPtr& input, std::vector<data::SchemaPtr> outputs,
         OnError on_error);
  ~Reduce() override;
  Reduce(const Reduce&) = delete;
  Reduce& operator=(const Reduce&) = delete;

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& out) const override;
  Result<void> restore(base::ByteReader& in) override;

 private:
  static constexpr std::size_t kChunkCells = 256;

  std::byte* cell(data::KeyId id) const {
    return reinterpret_cast<std::byte*>(chunks_[id / kChunkCells].get()) +
           id % kChunkCells * cell_size_;
  }
  std::byte* obtain_cell(data::KeyId id);
  void aggregate(std::size_t rows);
  void append_run(std::size_t begin);
  void release_unused(const std::vector<std::uint32_t>& bad);
  Result<void> restore_key(base::ByteReader& in);

  expression::KeySelector selector_;
  windows::Aggregator aggregator_;
  data::KeyTable keys_;
  Emitter emitter_;
  OnError on_error_;
  std::size_t cell_size_;

  // By key id: cells in chunks that never move, and which of them are in use.
  std::vector<std::unique_ptr<std::uint64_t[]>> chunks_;
  std::vector<std::uint8_t> live_;

  // Of the batch at hand, kept for their memory.
  expression::RowErrors errors_;
  std::vector<data::KeyId> ids_;
  std::vector<std::byte*> cells_;      // of the run at hand
  std::vector<std::uint64_t> run_of_;  // by key id: the last run it was in
  std::uint64_t run_ = 0;
  std::vector<std::uint32_t> kept_;    // rows that have a result
  std::vector<data::Column> results_;  // of each aggregate, by kept row
};

}  // namespace leat::operators
