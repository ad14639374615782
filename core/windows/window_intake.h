// What every shape of window does alike: keys and arguments of a batch's rows, adding rows to
// cells, the ledger's terms, and which keys are still in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/data/key_table.h"
#include "core/expression/key_selector.h"
#include "core/ports/ledger.h"
#include "core/windows/aggregator.h"
#include "core/windows/window_config.h"
#include "core/windows/window_output.h"

namespace leat::windows {

// A batch is worked off in runs: for each row of a run the shape places a cell (or says why there
// is none), then one flush() adds the whole run. A run ends where a window fires.
//
// Keys are counted by the cells that hold them. Those that nothing holds are released between
// batches (within one, ids() may name them), and not before they have been out of use for a while:
// most keys come back in the next window, and would be hashed, stored and sorted anew.
class WindowIntake {
 public:
  // So many keys out of use are always kept.
  static constexpr std::size_t kUnusedKeys = 1024;

  explicit WindowIntake(const WindowConfig& config);

  data::KeyTable& keys() { return keys_; }
  const data::KeyTable& keys() const { return keys_; }
  Aggregator& aggregator() { return aggregator_; }
  const Aggregator& aggregator() const { return aggregator_; }

  // Evaluates keys and arguments; `batch` stays as it is until end_batch().
  void begin_batch(const data::Batch& batch, ports::NodeLedger& ledger, WindowOutput& output);
  void end_batch();

  const std::vector<data::KeyId>& ids() const { return ids_; }
  bool any_error() const { return errors_.any(); }
  bool has_error(std::size_t row) const { return errors_.at(row) != expression::EvalError::kNone; }
  // The cells of the rows, by row; to be filled in for the run that is flushed next. Null is a row
  // that has an error, or that one of the following was called for.
  std::byte** cells() { return cells_.data(); }
  void set_late(std::size_t row);
  void set_filtered(std::size_t row);
  void set_bad(std::size_t row);  // a time that no row may have

  // Adds rows [begin, end). Afterwards the cells of rows that could not be added are null.
  void flush(std::size_t begin, std::size_t end);

  void hold(data::KeyId id);
  void let_go(data::KeyId id);

  // Keys in use, numbered from 0 in the order of their ids, and the counter of arrivals.
  // `numbers[id]` is what the key is called in the snapshot.
  void save(base::ByteWriter& out, std::vector<std::uint32_t>& numbers) const;
  // `ids[number]` is the key's id. On a new intake only; the keys are not held yet.
  Result<void> load(base::ByteReader& in, std::vector<data::KeyId>& ids);

 private:
  std::size_t report_errors(std::size_t begin, std::size_t end);
  void note_unused(data::KeyId id);
  void release_unused();

  expression::KeySelector selector_;
  data::KeyTable keys_;
  Aggregator aggregator_;

  const data::Batch* batch_ = nullptr;
  ports::NodeLedger* ledger_ = nullptr;
  WindowOutput* output_ = nullptr;
  std::vector<data::KeyId> ids_;
  expression::RowErrors errors_;
  std::vector<std::byte*> cells_;
  std::size_t not_used_ = 0;  // late and filtered rows of the run

  struct Use {
    std::uint32_t holds = 0;
    std::uint32_t last_pass = 0;  // the pass of release_unused() before which it was last held
    bool listed = false;          // in unused_
  };
  std::vector<Use> uses_;            // by key id
  std::vector<data::KeyId> unused_;  // keys not held, and some that are held again
  std::size_t unused_limit_ = kUnusedKeys;
  std::uint32_t passes_ = 2;
};

}  // namespace leat::windows
