// Tumbling and sliding windows over event time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/operators/operator.h"
#include "core/windows/slice_combiner.h"
#include "core/windows/slice_geometry.h"
#include "core/windows/slice_store.h"
#include "core/windows/window_intake.h"
#include "core/windows/window_output.h"

namespace leat::windows {

// A row goes into one slice; a window combines its slices when it fires.
//
// Late rows: with an allowance, slices stay until no window over them may fire again, and a row of
// theirs fires anew, for its key, every window over it that has fired. Without one nothing that has
// fired comes again, but a slice may still be part of windows to come: rows for it are in time.
class SlicedWindows final : public operators::Operator {
 public:
  SlicedWindows(const WindowConfig& config, const data::Schema& input,
                std::vector<data::SchemaPtr> outputs);

  Result<void> process(std::size_t input, data::Batch&& batch, operators::Output& out) override;
  Result<void> end_input(operators::Output& out) override;
  void snapshot(base::ByteWriter& out) const override;
  Result<void> restore(base::ByteReader& in) override;

 private:
  void work_off(const data::Batch& batch);
  std::size_t place_plain(const data::Batch& batch, std::size_t row, std::size_t limit,
                          const Slice& slice);
  // Any row: finds its cell, says why it has none, or adds it at once and fires again (rows from
  // `begin` on go before it). Returns its slice.
  Slice* place(const data::Batch& batch, std::size_t row, std::size_t& begin);
  // Made when it is new; null when the row belongs nowhere.
  Slice* slice_of(TimestampMs time, std::size_t row);
  Slice& make_slice(std::int64_t number);
  std::byte* add_cell(Slice& slice, data::KeyId id);
  // A row has come for windows that have fired.
  bool fires_again(const Slice& slice) const;
  void fire_again(const Slice& slice, data::KeyId id);

  // The watermark moves on from watermark_: what is due fires, what is over goes.
  void advance(TimestampMs watermark);
  void fire(std::int64_t window);
  void drop_oldest();
  // The first window after `window` that holds rows, or null.
  std::optional<std::int64_t> next_window(std::int64_t window);
  void find_due();
  WindowBounds bounds_of(std::int64_t window) const;
  Result<void> restore_slice(base::ByteReader& in, const std::vector<data::KeyId>& ids);

  SliceGeometry geometry_;
  DurationMs lateness_;
  WindowIntake intake_;
  WindowOutput output_;
  SliceStore slices_;
  SliceCombiner combiner_;
  TimestampMs watermark_ = kMinTimestamp;
  TimestampMs due_ = kMaxTimestamp;  // nothing fires or goes before this watermark
  std::vector<data::KeyId> firing_;
};

}  // namespace leat::windows
