// All aggregates of one node, compiled to one cell layout: a cell is what one key holds in one
// window (or slice, or session). Cells are fixed-size runs of bytes that the caller allocates, so
// that a window table is an array; what does not fit (distinct sets, lists, sketches, texts) hangs
// from the cell by a pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/expression/expression.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// What the functions do with unusual values:
//  - Nulls are skipped by all but count(*). With two arguments, a row where either is null is
//    skipped.
//  - NaN is a value, the largest one: max gives it where there is one, min only where there is
//    nothing else; sums, averages and variances with it are NaN. -0.0 counts as 0.0.
//  - Of equals, the earliest row in order of arrival: first of min_by, max_by, top_n.
//  - sum and avg of doubles add one after the other, uncompensated; avg of bigint sums exactly.
//    var_samp and stddev_samp of one value are null.
//  - approx_count_distinct: standard error 1.63 %, exact up to 256 values (sketch_hll.h).
//    approx_percentile: 0.8 % of the value (sketch_quantile.h).
//
// Owned by one operator, one thread. No virtual call and no allocation per row for count, sum, min,
// max, avg, stddev, var over numbers: one tight loop over the batch for each aggregate.
class Aggregator {
 public:
  explicit Aggregator(std::vector<AggregateSpec> specs);
  ~Aggregator();
  Aggregator(const Aggregator&) = delete;
  Aggregator& operator=(const Aggregator&) = delete;

  const std::vector<AggregateSpec>& specs() const;
  // A multiple of 8; cells are aligned to 8.
  std::size_t cell_size() const;
  // Cells hold no pointer: destroying one is nothing, moving one is memcpy. (Moving is memcpy in
  // any case, when the old place is then forgotten.)
  bool trivial() const;

  void init(std::byte* cell) const;
  void destroy(std::byte* cell) const;  // frees what hangs from it; init() before any further use
  // Bytes that hang from the cell, for memory accounting.
  std::size_t owned_bytes(const std::byte* cell) const;

  // Evaluates the arguments for every row of `batch`, once, before add() is called for its rows.
  // Rows whose arguments fail are noted in `errors`. `batch` must stay as it is until the last
  // add().
  void prepare(const data::Batch& batch, expression::RowErrors& errors);

  // Adds rows [begin, end) of the prepared batch: row begin + i to cells[i]; a null pointer skips
  // the row. A row that a bigint sum cannot take without overflow is added to no aggregate; it is
  // noted in `errors` and its entry in `cells` becomes null.
  void add(std::size_t begin, std::size_t end, std::span<std::byte*> cells,
           expression::RowErrors& errors);

  // What `from` has seen is added to `into`. first, last, ties of min_by and max_by and the order
  // of collect_list follow the order of arrival whichever way cells are merged. A bigint sum that
  // overflows here marks the cell.
  void merge(std::byte* into, const std::byte* from) const;

  // Appends the result of each aggregate to out[0..specs().size()). kOverflow when a merged sum is
  // marked: then nothing is appended.
  expression::EvalError append_results(const std::byte* cell, std::span<data::Column> out) const;

  // A cell's bytes for a snapshot. load() fills a cell that init() has prepared; on a failed reader
  // (in.ok() is false) the cell is still valid.
  void save(const std::byte* cell, base::ByteWriter& out) const;
  void load(std::byte* cell, base::ByteReader& in) const;
  // The counter of arrivals that first, last and collect_list rely on.
  void save_arrivals(base::ByteWriter& out) const;
  void load_arrivals(base::ByteReader& in);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::windows
