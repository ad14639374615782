#include "core/windows/global_windows.h"

#include "core/windows/window_snapshot.h"

namespace leat::windows {
namespace {
constexpr SnapshotHeader kHeader = {WindowShape::kGlobal, 0, 0, 0};
}  // namespace

GlobalWindows::GlobalWindows(const WindowConfig& config, const data::Schema& input,
                             std::vector<data::SchemaPtr> outputs)
    : intake_(config), output_(config, input, std::move(outputs)), cells_(intake_.aggregator()) {}

Result<void> GlobalWindows::process(std::size_t /*input*/, data::Batch&& batch,
                                    operators::Output& out) {
  output_.begin(out, time_.announced());
  intake_.begin_batch(batch, ledger_, output_);
  const bool any_error = intake_.any_error();
  const std::vector<data::KeyId>& ids = intake_.ids();
  std::byte** const cells = intake_.cells();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (any_error && intake_.has_error(row)) {
      cells[row] = nullptr;
      continue;
    }
    if (!is_event_time(batch.event_times[row])) {
      intake_.set_bad(row);
      continue;
    }
    cells[row] = cells_.find(ids[row]);
    if (cells[row] != nullptr) continue;
    intake_.hold(ids[row]);
    cells[row] = cells_.add(ids[row], intake_.keys().capacity());
  }
  intake_.flush(0, batch.rows());
  intake_.end_batch();
  time_.follow(batch);
  output_.advance(time_.announced());
  ledger_.out.add(output_.finish());
  return {};
}

Result<void> GlobalWindows::end_input(operators::Output& out) {
  output_.begin(out, time_.announced());
  std::vector<data::KeyId> ids = cells_.keys();
  intake_.keys().sort(ids);
  for (const data::KeyId id : ids) {
    output_.result(intake_.keys(), id, {0, 0, time_.end_time()}, intake_.aggregator(),
                   cells_.find(id));
    intake_.let_go(id);
  }
  cells_.clear();
  output_.advance(kMaxTimestamp);
  ledger_.out.add(output_.finish());
  return {};
}

void GlobalWindows::snapshot(base::ByteWriter& out) const {
  write_header(out, kHeader);
  std::vector<std::uint32_t> numbers;
  intake_.save(out, numbers);
  time_.save(out);
  out.varint(cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    out.varint(numbers[cells_.key(i)]);
    intake_.aggregator().save(cells_.cell(i), out);
  }
}

Result<void> GlobalWindows::restore(base::ByteReader& in) {
  LEAT_TRY(read_header(in, kHeader));
  std::vector<data::KeyId> ids;
  LEAT_TRY(intake_.load(in, ids));
  time_.load(in);
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t key = in.varint();
    if (!in.ok() || key >= ids.size()) return corrupt_state("a key is missing");
    const data::KeyId id = ids[static_cast<std::size_t>(key)];
    if (cells_.find(id) != nullptr) return corrupt_state("a key is there twice");
    intake_.hold(id);
    intake_.aggregator().load(cells_.add(id, intake_.keys().capacity()), in);
  }
  return in.finish("window state");
}

}  // namespace leat::windows
