// Rows as tests write and read them, and how to print and compare them.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/data/batch.h"
#include "core/data/schema.h"

namespace leat::harness {

// A row with its event time, and the watermark that held before it (the one it is judged by).
// `seen` is left out of the comparison.
struct Row {
  std::vector<data::Value> values;
  TimestampMs event_time = 0;
  TimestampMs seen = kMinTimestamp;
  friend bool operator==(const Row& a, const Row& b) {
    return a.event_time == b.event_time && a.values == b.values;
  }
};

// Short for tests: row({"a", 20.5, Value()}, 1000).
Row row(std::vector<data::Value> values, TimestampMs event_time = 0);

// A value as JSON would spell it (null, true, 1, 1.0, "a", [1,2]).
std::string show(const data::Value& value);
// `["a",20.5,null] @1000`
std::string show(const Row& row);
std::string show(const std::vector<Row>& rows);  // a line each
// gtest prints rows with these.
void PrintTo(const Row& row, std::ostream* out);

// Checks the batch's invariants, then gives its rows.
std::vector<Row> rows_of(const data::Batch& batch);
// A batch of those rows; the watermark does not move in it.
data::Batch make_batch(const data::SchemaPtr& schema, const std::vector<Row>& rows,
                       TimestampMs watermark_before = kMinTimestamp);

// The rows ordered by their printed form: to compare sets.
std::vector<Row> sorted(std::vector<Row> rows);

// Equal up to `relative` in doubles (also those within lists), exactly in everything else. The
// first difference in words, or nothing.
std::string difference(const std::vector<Row>& got, const std::vector<Row>& expected,
                       double relative = 0.0);
bool close(const data::Value& a, const data::Value& b, double relative);

}  // namespace leat::harness
