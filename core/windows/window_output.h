// What a window operator sends on: results, bad rows, late rows, and the watermark on all three.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/key_table.h"
#include "core/operators/operator.h"
#include "core/windows/aggregator.h"
#include "core/windows/window_config.h"

namespace leat::windows {

inline constexpr std::size_t kResults = 0;
inline constexpr std::size_t kErrors = 1;
inline constexpr std::size_t kLate = 2;
// A large firing goes on in batches of this many rows.
inline constexpr std::size_t kMaxOutputRows = 4096;

// [start, end), and the event time of the window's results.
struct WindowBounds {
  TimestampMs start = 0;
  TimestampMs end = 0;
  TimestampMs event_time = 0;
};

// Used between begin() and finish() of each call of the operator. Rows and watermarks appear
// downstream in the order of the calls made here.
class WindowOutput {
 public:
  // `outputs`: the schemas of the three outputs; that of errors is the row's fields, then the
  // reason.
  WindowOutput(const WindowConfig& config, const data::Schema& input,
               std::vector<data::SchemaPtr> outputs);

  // `watermark`: what was announced before, at least.
  void begin(operators::Output& out, TimestampMs watermark);
  void advance(TimestampMs watermark);
  // A result of the key, or a row of `errors` when a merged sum left the range of bigint.
  void result(const data::KeyTable& keys, data::KeyId id, const WindowBounds& bounds,
              const Aggregator& aggregator, const std::byte* cell);
  void bad_row(const data::Batch& batch, std::size_t row, std::string_view reason);
  void late_row(const data::Batch& batch, std::size_t row);
  // Sends on what is there. Returns the number of rows sent since begin().
  std::size_t finish();

 private:
  void send(std::size_t output);
  void overflow_row(const data::KeyTable& keys, data::KeyId id, const WindowBounds& bounds);

  std::vector<data::SchemaPtr> schemas_;
  std::size_t key_fields_;
  bool has_bounds_;
  std::vector<data::Type> key_types_;
  // For each key field the field of the row with its name and type, or the number of fields.
  std::vector<std::size_t> key_in_row_;
  std::string sums_;  // the names of the aggregates whose merging can overflow

  operators::Output* out_ = nullptr;
  std::vector<data::Batch> batches_;
  std::size_t sent_ = 0;
  TimestampMs announced_ = kMinTimestamp;
};

}  // namespace leat::windows
