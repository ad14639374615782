// Rows on their way through the job: columns of one schema, event times, and the watermark's moves.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/time.h"
#include "core/data/column.h"
#include "core/data/schema.h"

namespace leat::data {

// The watermark advances after every row. A batch therefore carries, beside its rows, the watermark
// that holds before the first row and the one that holds after each row:
//
//   watermark_before | row 0 | watermarks[0] | row 1 | watermarks[1] | ...
//
// `watermarks` is empty when the watermark does not move within the batch. Watermarks never go
// back, within a batch or between the batches of one channel. A batch without rows carries a
// watermark only.
//
// Owned by one thread at a time; moved through rings.
class Batch {
 public:
  Batch() = default;
  explicit Batch(SchemaPtr schema_in);

  SchemaPtr schema;
  std::vector<Column> columns;           // one for each field, all of rows() length
  std::vector<TimestampMs> event_times;  // one for each row
  TimestampMs watermark_before = kMinTimestamp;
  std::vector<TimestampMs> watermarks;  // empty, or one for each row

  std::size_t rows() const { return event_times.size(); }
  bool empty() const { return event_times.empty(); }
  // The watermark that holds after `row`.
  TimestampMs watermark_after(std::size_t row) const {
    return watermarks.empty() ? watermark_before : watermarks[row];
  }
  // The watermark a row is judged by (late or not): the one before it.
  TimestampMs watermark_seen_by(std::size_t row) const {
    return row == 0 ? watermark_before : watermark_after(row - 1);
  }
  TimestampMs last_watermark() const {
    return watermarks.empty() ? watermark_before : watermarks.back();
  }

  // The watermark moves to `watermark` after what is in the batch so far. Never backwards: a lower
  // one is ignored.
  void advance_watermark(TimestampMs watermark);
  // To be called after the columns of a new last row are filled in.
  void close_row(TimestampMs event_time);
  // Copies row `row` of `other` (same column types, position by position) as a new last row. The
  // watermark stays where it is.
  void append_row(const Batch& other, std::size_t row);
  // The rows named, in that order, with the watermarks that hold after them in `this`: what lies
  // between two rows kept moves behind the first of them. Ascending rows only.
  Batch select(std::span<const std::uint32_t> rows) const;
  // Rows [begin, end), with the watermark seen by `begin` before them.
  Batch slice(std::size_t begin, std::size_t end) const;

  // Asserts that all lengths agree and the watermarks ascend.
  void check() const;

  // Off the hot path, for tests and tools.
  void append_values(const std::vector<Value>& values, TimestampMs event_time);
  std::vector<Value> row_values(std::size_t row) const;
};

}  // namespace leat::data
