#include "core/windows/count_windows.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/windows/window_snapshot.h"

namespace leat::windows {
namespace {

// Window k is the rows [k * slide - size, k * slide), counted from 0.
WindowConfig by_row_number(const WindowConfig& config) {
  WindowConfig rows;
  rows.size_ms = config.count_size;
  rows.slide_ms = config.count_slide > 0 ? config.count_slide : config.count_size;
  rows.offset_ms = rows.slide_ms > 0 ? -(rows.size_ms % rows.slide_ms) : 0;
  return rows;
}

}  // namespace

CountWindows::CountWindows(const WindowConfig& config, const data::Schema& input,
                           std::vector<data::SchemaPtr> outputs)
    : geometry_(by_row_number(config)),
      intake_(config),
      output_(config, input, std::move(outputs)),
      pool_(intake_.aggregator()),
      sum_(pool_.take()) {}

CountWindows::~CountWindows() {
  for (Series& series : series_) forget(series);
  pool_.give_back(sum_);
}

void CountWindows::forget(Series& series) {
  for (const Piece& piece : series.newer) pool_.give_back(piece.cell);
  for (const Piece& piece : series.stack) pool_.give_back(piece.cell);
  if (series.running != nullptr) pool_.give_back(series.running);
  series.newer.clear();
  series.stack.clear();
  series.running = nullptr;
  series.rows = 0;
  series.turned = false;
}

Result<void> CountWindows::process(std::size_t /*input*/, data::Batch&& batch,
                                   operators::Output& out) {
  output_.begin(out, time_.announced());
  intake_.begin_batch(batch, ledger_, output_);
  if (series_.size() < intake_.keys().capacity()) series_.resize(intake_.keys().capacity());
  work_off(batch);
  intake_.end_batch();
  time_.follow(batch);
  output_.advance(time_.announced());
  ledger_.out.add(output_.finish());
  return {};
}

void CountWindows::work_off(const data::Batch& batch) {
  const bool any_error = intake_.any_error();
  const std::vector<data::KeyId>& ids = intake_.ids();
  std::byte** const cells = intake_.cells();
  std::size_t begin = 0;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (any_error && intake_.has_error(row)) {
      cells[row] = nullptr;
      continue;
    }
    if (!is_event_time(batch.event_times[row])) {
      intake_.set_bad(row);
      continue;
    }
    const data::KeyId id = ids[row];
    Series& series = series_[id];
    if (series.rows == 0) intake_.hold(id);
    const std::int64_t number = series.rows++;
    const std::int64_t slice = geometry_.slice_of(number);
    if (number >= geometry_.slice_end(slice)) {
      intake_.set_filtered(row);  // between two windows
    } else {
      cells[row] = cell_of(series, slice);
    }
    if (series.rows % geometry_.slide() != 0) continue;
    intake_.flush(begin, row + 1);
    begin = row + 1;
    // Of the windows that hold this row the first one ends with it.
    const std::int64_t window = geometry_.first_window(slice);
    LEAT_ASSERT(geometry_.window_end(window) == series.rows);
    const std::byte* const cell = combine(series, window);
    LEAT_ASSERT(cell != nullptr);
    if (batch.watermark_seen_by(row) != kMaxTimestamp) {
      output_.advance(batch.watermark_seen_by(row));
    }
    output_.result(intake_.keys(), id, {0, 0, batch.event_times[row]}, intake_.aggregator(), cell);
    close_period(id);
  }
  intake_.flush(begin, batch.rows());
}

std::byte* CountWindows::cell_of(Series& series, std::int64_t slice) {
  if (series.newer.empty() || series.newer.back().slice != slice) {
    series.newer.push_back({slice, pool_.take()});
  }
  return series.newer.back().cell;
}

// Windows that do not overlap leave nothing behind.
void CountWindows::close_period(data::KeyId id) {
  if (geometry_.per_window() > 1) return;
  forget(series_[id]);
  intake_.let_go(id);
}

void CountWindows::turn(Series& series, std::int64_t first, std::int64_t turn) {
  for (const Piece& piece : series.stack) pool_.give_back(piece.cell);
  series.stack.clear();
  const auto before = [](const Piece& piece, std::int64_t slice) { return piece.slice < slice; };
  const auto begin = series.newer.begin();
  const auto middle = std::lower_bound(begin, series.newer.end(), turn, before);
  for (auto piece = middle; piece != begin;) {
    --piece;
    if (piece->slice < first) {
      pool_.give_back(piece->cell);
      continue;
    }
    if (!series.stack.empty()) intake_.aggregator().merge(piece->cell, series.stack.back().cell);
    series.stack.push_back(*piece);
  }
  series.newer.erase(begin, middle);
  if (series.running != nullptr) pool_.give_back(series.running);
  series.running = pool_.take();
  series.running_end = turn;
  series.turn = turn;
  series.turned = true;
}

const std::byte* CountWindows::combine(Series& series, std::int64_t window) {
  const std::int64_t slices = geometry_.per_window();
  if (slices == 1) return series.newer.empty() ? nullptr : series.newer.back().cell;
  const Aggregator& aggregator = intake_.aggregator();
  const std::int64_t first = geometry_.first_slice(window);
  const std::int64_t turn_at = -floor_div(-first, slices) * slices;
  if (!series.turned || series.turn != turn_at) turn(series, first, turn_at);
  while (!series.stack.empty() && series.stack.back().slice < first) {
    pool_.give_back(series.stack.back().cell);
    series.stack.pop_back();
  }
  auto fresh = series.newer.end();
  while (fresh != series.newer.begin() && std::prev(fresh)->slice >= series.running_end) --fresh;
  for (; fresh != series.newer.end(); ++fresh) aggregator.merge(series.running, fresh->cell);
  series.running_end = first + slices;
  if (series.stack.empty()) return series.newer.empty() ? nullptr : series.running;
  if (series.newer.empty()) return series.stack.back().cell;
  aggregator.destroy(sum_);
  aggregator.init(sum_);
  aggregator.merge(sum_, series.stack.back().cell);
  aggregator.merge(sum_, series.running);
  return sum_;
}

Result<void> CountWindows::end_input(operators::Output& out) {
  output_.begin(out, time_.announced());
  std::vector<data::KeyId> ids;
  for (std::size_t id = 0; id < series_.size(); ++id) {
    if (series_[id].rows > 0) ids.push_back(static_cast<data::KeyId>(id));
  }
  intake_.keys().sort(ids);
  for (const data::KeyId id : ids) {
    Series& series = series_[id];
    if (series.rows % geometry_.slide() != 0) {
      const std::int64_t window = geometry_.first_window(geometry_.slice_of(series.rows - 1));
      const std::byte* const cell = combine(series, window);
      if (cell != nullptr) {
        output_.result(intake_.keys(), id, {0, 0, time_.end_time()}, intake_.aggregator(), cell);
      }
    }
    forget(series);
    intake_.let_go(id);
  }
  output_.advance(kMaxTimestamp);
  ledger_.out.add(output_.finish());
  return {};
}

void CountWindows::save_pieces(const std::vector<Piece>& pieces, base::ByteWriter& out) const {
  out.varint(pieces.size());
  for (const Piece& piece : pieces) {
    out.i64(piece.slice);
    intake_.aggregator().save(piece.cell, out);
  }
}

Result<void> CountWindows::load_pieces(std::vector<Piece>& pieces, bool ascending,
                                       std::int64_t newest, base::ByteReader& in) {
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t slice = in.i64();
    const bool in_order =
        pieces.empty() || (ascending ? slice > pieces.back().slice : slice < pieces.back().slice);
    if (!in.ok() || !in_order || slice > newest) return corrupt_state("a slice is out of place");
    pieces.push_back({slice, pool_.take()});
    intake_.aggregator().load(pieces.back().cell, in);
  }
  return in.finish("window state");
}

void CountWindows::snapshot(base::ByteWriter& out) const {
  write_header(out, {WindowShape::kCount, geometry_.size(), geometry_.slide(), 0});
  std::vector<std::uint32_t> numbers;
  intake_.save(out, numbers);
  time_.save(out);
  for (std::size_t id = 0; id < series_.size();
       ++id) {  // as many as there are keys, in their order
    const Series& series = series_[id];
    if (series.rows == 0) continue;
    out.i64(series.rows);
    save_pieces(series.newer, out);
    out.boolean(series.turned);
    if (!series.turned) continue;
    save_pieces(series.stack, out);
    out.i64(series.turn);
    out.i64(series.running_end);
    intake_.aggregator().save(series.running, out);
  }
}

Result<void> CountWindows::load_series(Series& series, base::ByteReader& in) {
  const std::int64_t rows = in.i64();
  if (!in.ok() || rows <= 0 || rows > kMaxWindowMs) return corrupt_state("a count is no count");
  series.rows = rows;
  const std::int64_t newest = geometry_.slice_of(rows - 1);
  LEAT_TRY(load_pieces(series.newer, true, newest, in));
  series.turned = in.boolean();
  if (!series.turned) return in.finish("window state");
  LEAT_TRY(load_pieces(series.stack, false, newest, in));
  series.turn = in.i64();
  series.running_end = in.i64();
  series.running = pool_.take();
  intake_.aggregator().load(series.running, in);
  return in.finish("window state");
}

Result<void> CountWindows::restore(base::ByteReader& in) {
  LEAT_TRY(read_header(in, {WindowShape::kCount, geometry_.size(), geometry_.slide(), 0}));
  std::vector<data::KeyId> ids;
  LEAT_TRY(intake_.load(in, ids));
  time_.load(in);
  series_.resize(ids.size());
  for (const data::KeyId id : ids) {
    intake_.hold(id);
    LEAT_TRY(load_series(series_[id], in));
  }
  return in.finish("window state");
}

}  // namespace leat::windows
