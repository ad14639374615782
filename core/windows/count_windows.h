// Windows of so many rows of a key.
#pragma once

#include <cstdint>
#include <vector>

#include "core/operators/operator.h"
#include "core/windows/cell_pool.h"
#include "core/windows/final_watermark.h"
#include "core/windows/slice_geometry.h"
#include "core/windows/window_intake.h"
#include "core/windows/window_output.h"

namespace leat::windows {

// Every count_slide rows of a key fire over its last count_size rows; the first times there are
// fewer. With a slide larger than the size the rows that no window takes are `filtered`. At the end
// of the input the next window in line fires with the rows it has. Times do not matter; no row is
// late. A row that no sum can take still counts as one of the rows.
//
// The rows of a key are sliced as time is in sliding windows, with the row's number for the time,
// and each key has its own two stacks (see slice_combiner.h).
class CountWindows final : public operators::Operator {
 public:
  CountWindows(const WindowConfig& config, const data::Schema& input,
               std::vector<data::SchemaPtr> outputs);
  ~CountWindows() override;

  Result<void> process(std::size_t input, data::Batch&& batch, operators::Output& out) override;
  Result<void> end_input(operators::Output& out) override;
  void snapshot(base::ByteWriter& out) const override;
  Result<void> restore(base::ByteReader& in) override;

 private:
  struct Piece {
    std::int64_t slice;
    std::byte* cell;
  };
  struct Series {
    std::int64_t rows = 0;
    std::vector<Piece> newer;      // slices from the last turn on, oldest first
    std::vector<Piece> stack;      // sums up to the last turn, oldest slice last
    std::byte* running = nullptr;  // of `newer`, before running_end
    std::int64_t running_end = 0;
    std::int64_t turn = 0;
    bool turned = false;
  };

  void work_off(const data::Batch& batch);
  std::byte* cell_of(Series& series, std::int64_t slice);
  // The window's cell; null when it has no row.
  const std::byte* combine(Series& series, std::int64_t window);
  void turn(Series& series, std::int64_t first, std::int64_t turn);
  void forget(Series& series);
  void close_period(data::KeyId id);
  void save_pieces(const std::vector<Piece>& pieces, base::ByteWriter& out) const;
  Result<void> load_pieces(std::vector<Piece>& pieces, bool ascending, std::int64_t newest,
                           base::ByteReader& in);
  Result<void> load_series(Series& series, base::ByteReader& in);

  SliceGeometry geometry_;
  WindowIntake intake_;
  WindowOutput output_;
  CellPool pool_;
  FinalWatermark time_;
  std::vector<Series> series_;  // by key id; without rows when the key has no state
  std::byte* sum_;
};

}  // namespace leat::windows
