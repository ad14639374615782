#include "core/windows/sliced_windows.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/windows/window_snapshot.h"

namespace leat::windows {

SlicedWindows::SlicedWindows(const WindowConfig& config, const data::Schema& input,
                             std::vector<data::SchemaPtr> outputs)
    : geometry_(config),
      lateness_(std::clamp<DurationMs>(config.allowed_lateness_ms, 0, kMaxWindowMs)),
      intake_(config),
      output_(config, input, std::move(outputs)),
      combiner_(geometry_, intake_.aggregator()) {}

Result<void> SlicedWindows::process(std::size_t /*input*/, data::Batch&& batch,
                                    operators::Output& out) {
  output_.begin(out, watermark_);
  if (batch.watermark_before > watermark_) advance(batch.watermark_before);
  intake_.begin_batch(batch, ledger_, output_);
  work_off(batch);
  intake_.end_batch();
  watermark_ = std::max(watermark_, batch.last_watermark());
  output_.advance(watermark_);
  ledger_.out.add(output_.finish());
  return {};
}

namespace {

// The first row from `row` on behind which the watermark reaches `due`; rows() when there is none.
std::size_t due_row(const data::Batch& batch, std::size_t row, TimestampMs due) {
  if (batch.last_watermark() < due) return batch.rows();
  if (batch.watermarks.empty()) return row;
  const auto begin = batch.watermarks.begin();
  const auto from = begin + static_cast<std::ptrdiff_t>(row);
  return static_cast<std::size_t>(std::lower_bound(from, batch.watermarks.end(), due) - begin);
}

}  // namespace

// What is left to do for most rows: nothing is due, nothing late, the key has a cell in a slice
// that was used of late, mostly the row's before. Places rows from `row` on as long as that holds,
// and returns the first one for which it does not.
std::size_t SlicedWindows::place_plain(const data::Batch& batch, std::size_t row, std::size_t limit,
                                       const Slice& slice) {
  const data::KeyId* const ids = intake_.ids().data();
  const TimestampMs* const times = batch.event_times.data();
  std::byte** const cells = intake_.cells();
  const std::span<std::byte* const> by_id = slice.cells.by_id();
  std::byte* const* const cell_of = by_id.data();
  const std::size_t known = by_id.size();
  const TimestampMs start = slice.start;
  const auto length = static_cast<std::uint64_t>(slice.end - slice.start);
  for (; row < limit; ++row) {
    std::byte* cell = nullptr;
    if (static_cast<std::uint64_t>(times[row] - start) < length) {
      if (ids[row] < known) cell = cell_of[ids[row]];
    } else if (base::kMinEventTime <= times[row] && times[row] <= base::kMaxEventTime) {
      const Slice* const other = slices_.find_recent(geometry_.slice_of(times[row]));
      if (other != nullptr && times[row] < other->end && other->special_at >= due_) {
        cell = other->cells.find(ids[row]);
      }
    }
    if (cell == nullptr) break;
    __builtin_prefetch(cell, 1);
    cells[row] = cell;
  }
  return row;
}

// Run by run: all rows of a run are seen by watermarks below due_, and behind the last one
// something is due.
void SlicedWindows::work_off(const data::Batch& batch) {
  const std::size_t rows = batch.rows();
  const bool any_error = intake_.any_error();
  std::size_t begin = 0;   // of the rows not yet added
  Slice* slice = nullptr;  // that of the row before
  for (std::size_t row = 0; row < rows;) {
    const TimestampMs due = due_;
    const std::size_t end = std::min(due_row(batch, row, due) + 1, rows);
    for (; row < end && due_ == due; ++row) {
      if (slice != nullptr && slice->special_at >= due && !any_error) {
        row = place_plain(batch, row, end, *slice);
        if (row == end) break;
      }
      slice = place(batch, row, begin);
    }
    // A new slice may have made it earlier.
    if (batch.watermark_after(row - 1) < due_) continue;
    intake_.flush(begin, row);
    begin = row;
    watermark_ = batch.watermark_seen_by(row - 1);
    advance(batch.watermark_after(row - 1));
    slice = nullptr;
  }
  intake_.flush(begin, rows);
}

Slice* SlicedWindows::place(const data::Batch& batch, std::size_t row, std::size_t& begin) {
  if (intake_.has_error(row)) {
    intake_.cells()[row] = nullptr;
    return nullptr;
  }
  watermark_ = batch.watermark_seen_by(row);
  Slice* const slice = slice_of(batch.event_times[row], row);
  if (slice == nullptr) return nullptr;
  const data::KeyId id = intake_.ids()[row];
  std::byte*& cell = intake_.cells()[row];
  cell = slice->cells.find(id);
  if (cell == nullptr) cell = add_cell(*slice, id);
  if (watermark_ < slice->special_at) return slice;
  if (slice->combined) combiner_.changed(id);
  if (fires_again(*slice)) {
    intake_.flush(begin, row);
    intake_.flush(row, row + 1);
    begin = row + 1;
    if (cell != nullptr) fire_again(*slice, id);
  }
  return slice;
}

Slice* SlicedWindows::slice_of(TimestampMs time, std::size_t row) {
  if (time < base::kMinEventTime || time > base::kMaxEventTime) {
    intake_.set_bad(row);
    return nullptr;
  }
  const std::int64_t number = geometry_.slice_of(time);
  if (Slice* const slice = slices_.find(number)) {
    if (time < slice->end && watermark_ < slice->late_at) return slice;
  }
  if (time >= geometry_.slice_end(number)) {
    intake_.set_filtered(row);
    return nullptr;
  }
  const TimestampMs last_end = geometry_.window_end(geometry_.last_window(number));
  if (base::saturating_add(last_end - 1, lateness_) <= watermark_) {
    intake_.set_late(row);
    return nullptr;
  }
  return &make_slice(number);
}

Slice& SlicedWindows::make_slice(std::int64_t number) {
  Slice& slice = slices_.add(number, geometry_, intake_.aggregator());
  const std::int64_t first = geometry_.first_window(number);
  const std::int64_t last = geometry_.last_window(number);
  slice.late_at = base::saturating_add(geometry_.window_end(last) - 1, lateness_);
  slice.special_at = slice.late_at;
  if (lateness_ > 0) {
    slice.special_at = std::min(slice.late_at, geometry_.window_end(first) - 1);
  }
  if (combiner_.covers(number)) {
    slice.combined = true;
    slice.special_at = kMinTimestamp;
  }
  due_ = std::min(due_, slice.late_at);
  const std::int64_t next = std::max(first, geometry_.last_complete(watermark_) + 1);
  if (next <= last) due_ = std::min(due_, geometry_.window_end(next) - 1);
  return slice;
}

std::byte* SlicedWindows::add_cell(Slice& slice, data::KeyId id) {
  intake_.hold(id);
  return slice.cells.add(id, intake_.keys().capacity());
}

bool SlicedWindows::fires_again(const Slice& slice) const {
  return lateness_ > 0 &&
         geometry_.window_end(geometry_.first_window(slice.number)) - 1 <= watermark_;
}

void SlicedWindows::fire_again(const Slice& slice, data::KeyId id) {
  output_.advance(watermark_);
  const std::int64_t last =
      std::min(geometry_.last_window(slice.number), geometry_.last_complete(watermark_));
  for (std::int64_t window = geometry_.first_window(slice.number); window <= last; ++window) {
    const WindowBounds bounds = bounds_of(window);
    if (base::saturating_add(bounds.event_time, lateness_) <= watermark_) continue;
    const std::byte* const cell = combiner_.add_up(geometry_.first_slice(window), id, slices_);
    LEAT_ASSERT(cell != nullptr);
    output_.result(intake_.keys(), id, bounds, intake_.aggregator(), cell);
  }
}

WindowBounds SlicedWindows::bounds_of(std::int64_t window) const {
  const TimestampMs end = geometry_.window_end(window);
  return {geometry_.window_start(window), end, end - 1};
}

void SlicedWindows::advance(TimestampMs watermark) {
  output_.advance(watermark_);
  std::int64_t done = geometry_.last_complete(watermark_);
  const std::int64_t last = geometry_.last_complete(watermark);
  for (;;) {
    const auto next = next_window(done);
    if (!next || *next > last) break;
    done = *next;
    fire(done);
    // All the windows of a long jump are not to hold their slices until its end.
    while (lateness_ == 0 && !slices_.empty() &&
           geometry_.last_window(slices_.oldest().number) <= done) {
      drop_oldest();
    }
  }
  watermark_ = watermark;
  while (!slices_.empty() && slices_.oldest().late_at <= watermark) drop_oldest();
  if (slices_.empty()) combiner_.clear();
  find_due();
  output_.advance(watermark);
}

void SlicedWindows::fire(std::int64_t window) {
  const WindowBounds bounds = bounds_of(window);
  const std::int64_t first = geometry_.first_slice(window);
  if (geometry_.per_window() == 1) {
    const CellTable& cells = slices_.find(first)->cells;
    firing_ = cells.keys();
    intake_.keys().sort(firing_);
    for (const data::KeyId id : firing_) {
      output_.result(intake_.keys(), id, bounds, intake_.aggregator(), cells.find(id));
    }
    return;
  }
  combiner_.move_to(first, slices_, intake_.keys().capacity());
  combiner_.collect_keys(firing_);
  intake_.keys().sort(firing_);
  for (const data::KeyId id : firing_) {
    const std::byte* const cell = combiner_.combined(id, slices_);
    if (cell == nullptr) continue;
    output_.result(intake_.keys(), id, bounds, intake_.aggregator(), cell);
  }
}

void SlicedWindows::drop_oldest() {
  for (const data::KeyId id : slices_.oldest().cells.keys()) intake_.let_go(id);
  slices_.drop_oldest();
}

std::optional<std::int64_t> SlicedWindows::next_window(std::int64_t window) {
  const auto slice = slices_.from(geometry_.first_slice(window + 1));
  if (slice == slices_.end()) return std::nullopt;
  return std::max(window + 1, geometry_.first_window(slice->first));
}

void SlicedWindows::find_due() {
  due_ = slices_.empty() ? kMaxTimestamp : slices_.oldest().late_at;
  const auto next = next_window(geometry_.last_complete(watermark_));
  if (next) due_ = std::min(due_, geometry_.window_end(*next) - 1);
}

Result<void> SlicedWindows::end_input(operators::Output& out) {
  output_.begin(out, watermark_);
  if (watermark_ < kMaxTimestamp) advance(kMaxTimestamp);
  ledger_.out.add(output_.finish());
  return {};
}

void SlicedWindows::snapshot(base::ByteWriter& out) const {
  write_header(out,
               {WindowShape::kSliding, geometry_.size(), geometry_.slide(), geometry_.offset()});
  std::vector<std::uint32_t> numbers;
  intake_.save(out, numbers);
  out.i64(watermark_);
  out.varint(slices_.size());
  for (const auto& [number, slice] : slices_.all()) {
    out.i64(number);
    out.varint(slice->cells.size());
    for (std::size_t i = 0; i < slice->cells.size(); ++i) {
      out.varint(numbers[slice->cells.key(i)]);
      intake_.aggregator().save(slice->cells.cell(i), out);
    }
  }
}

Result<void> SlicedWindows::restore(base::ByteReader& in) {
  LEAT_TRY(read_header(
      in, {WindowShape::kSliding, geometry_.size(), geometry_.slide(), geometry_.offset()}));
  std::vector<data::KeyId> ids;
  LEAT_TRY(intake_.load(in, ids));
  watermark_ = in.i64();
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) LEAT_TRY(restore_slice(in, ids));
  LEAT_TRY(in.finish("window state"));
  find_due();
  return {};
}

Result<void> SlicedWindows::restore_slice(base::ByteReader& in,
                                          const std::vector<data::KeyId>& ids) {
  const std::int64_t number = in.i64();
  const bool newest = slices_.empty() || slices_.all().rbegin()->first < number;
  if (!in.ok() || !newest || number < geometry_.slice_of(base::kMinEventTime) ||
      number > geometry_.slice_of(base::kMaxEventTime)) {
    return corrupt_state("a slice is out of place");
  }
  Slice& slice = make_slice(number);
  const std::size_t cells = in.count();
  for (std::size_t i = 0; i < cells; ++i) {
    const std::uint64_t key = in.varint();
    if (!in.ok() || key >= ids.size()) return corrupt_state("a key is missing");
    const data::KeyId id = ids[static_cast<std::size_t>(key)];
    if (slice.cells.find(id) != nullptr) return corrupt_state("a key is there twice");
    intake_.aggregator().load(add_cell(slice, id), in);
  }
  return in.finish("window state");
}

}  // namespace leat::windows
