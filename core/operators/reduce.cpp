#include "core/operators/reduce.h"

#include <algorithm>
#include <utility>

#include "core/operators/row_errors.h"

namespace leat::operators {
namespace {

constexpr std::uint8_t kFormat = 1;

Error corrupt(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "state of a reduce: " + std::string(what));
}

}  // namespace

Reduce::Reduce(ReduceConfig config, const data::SchemaPtr& /*input*/,
               std::vector<data::SchemaPtr> outputs, OnError on_error)
    : selector_(std::move(config.key)),
      aggregator_(std::move(config.aggregates)),
      keys_(selector_.fields()),
      emitter_(std::move(outputs)),
      on_error_(on_error),
      cell_size_(aggregator_.cell_size()) {}

Reduce::~Reduce() {
  if (aggregator_.trivial()) return;
  for (data::KeyId id = 0; id < live_.size(); ++id) {
    if (live_[id] != 0) aggregator_.destroy(cell(id));
  }
}

std::byte* Reduce::obtain_cell(data::KeyId id) {
  if (live_[id] == 0) {
    while (chunks_.size() <= id / kChunkCells) {
      chunks_.push_back(std::make_unique<std::uint64_t[]>(kChunkCells * cell_size_ / 8));
    }
    aggregator_.init(cell(id));
    live_[id] = 1;
  }
  return cell(id);
}

Result<void> Reduce::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  if (rows > 0) {
    errors_.reset(rows);
    const auto key_columns = selector_.select(batch, errors_);
    aggregator_.prepare(batch, errors_);
    keys_.intern(key_columns, rows, ids_);
    aggregate(rows);

    // A batch of the output's schema that has the times of the rows kept.
    data::Batch times;
    times.schema = emitter_.schema(0);
    times.event_times = batch.event_times;
    times.watermark_before = batch.watermark_before;
    times.watermarks = batch.watermarks;
    data::Batch reduced = times.select(kept_);
    for (std::size_t i = 0; i < key_columns.size(); ++i) {
      reduced.columns[i].append_rows(*key_columns[i], kept_);
    }
    for (std::size_t i = 0; i < results_.size(); ++i) {
      reduced.columns[key_columns.size() + i] = std::move(results_[i]);
    }
    if (errors_.any()) {
      const auto bad = rows_with_errors(batch, errors_);
      release_unused(bad);
      LEAT_TRY_ASSIGN(data::Batch set_aside,
                      error_rows(batch, bad, errors_, emitter_.schema(1), on_error_));
      emitter_.emit(1, std::move(set_aside), out);
    }
    ledger_.in.add(rows);
    ledger_.used.add(kept_.size());
    ledger_.errors.add(rows - kept_.size());
    emitter_.emit(0, std::move(reduced), out);
  }
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

// Runs of rows without a key twice go into their cells together: the results of such a run are
// those that each of its rows has seen.
void Reduce::aggregate(std::size_t rows) {
  kept_.clear();
  results_.clear();
  for (const windows::AggregateSpec& spec : aggregator_.specs()) {
    results_.emplace_back(spec.result_type);
    results_.back().reserve(rows);
  }
  live_.resize(std::max(live_.size(), keys_.capacity()), 0);
  run_of_.resize(live_.size(), 0);
  const bool errors = errors_.any();
  std::size_t begin = 0;
  while (begin < rows) {
    ++run_;
    cells_.clear();
    std::size_t end = begin;
    for (; end < rows && run_of_[ids_[end]] != run_; ++end) {
      const bool bad = errors && errors_.at(end) != expression::EvalError::kNone;
      if (!bad) run_of_[ids_[end]] = run_;
      cells_.push_back(bad ? nullptr : obtain_cell(ids_[end]));
    }
    aggregator_.add(begin, end, cells_, errors_);
    append_run(begin);
    begin = end;
  }
}

void Reduce::append_run(std::size_t begin) {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i] == nullptr) continue;
    const auto row = static_cast<std::uint32_t>(begin + i);
    const expression::EvalError error = aggregator_.append_results(cells_[i], results_);
    if (error == expression::EvalError::kNone) {
      kept_.push_back(row);
    } else {
      errors_.set(row, error);
    }
  }
}

// Keys of which there were only bad rows hold nothing.
void Reduce::release_unused(const std::vector<std::uint32_t>& bad) {
  std::vector<data::KeyId> unused;
  for (const std::uint32_t row : bad) {
    if (live_[ids_[row]] == 0) unused.push_back(ids_[row]);
  }
  std::sort(unused.begin(), unused.end());
  unused.erase(std::unique(unused.begin(), unused.end()), unused.end());
  for (const data::KeyId id : unused) keys_.release(id);
}

void Reduce::snapshot(base::ByteWriter& out) const {
  out.u8(kFormat);
  aggregator_.save_arrivals(out);
  out.varint(static_cast<std::uint64_t>(std::count(live_.begin(), live_.end(), 1)));
  for (data::KeyId id = 0; id < live_.size(); ++id) {
    if (live_[id] == 0) continue;
    out.text(keys_.encoded(id));
    aggregator_.save(cell(id), out);
  }
}

Result<void> Reduce::restore(base::ByteReader& in) {
  if (in.u8() != kFormat) return corrupt("unknown format");
  aggregator_.load_arrivals(in);
  const std::size_t keys = in.count();
  if (!in.ok()) return corrupt("of other aggregates, or damaged");
  for (std::size_t i = 0; i < keys; ++i) LEAT_TRY(restore_key(in));
  return {};
}

Result<void> Reduce::restore_key(base::ByteReader& in) {
  const std::string_view key = in.text();
  if (!in.ok() || !data::is_encoded_key(key, selector_.fields())) return corrupt("not a key");
  const data::KeyId id = keys_.intern_encoded(key);
  live_.resize(std::max(live_.size(), keys_.capacity()), 0);
  if (live_[id] != 0) return corrupt("a key twice");
  aggregator_.load(obtain_cell(id), in);
  if (!in.ok()) return corrupt("damaged aggregates");
  return {};
}

}  // namespace leat::operators
