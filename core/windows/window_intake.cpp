#include "core/windows/window_intake.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::windows {

WindowIntake::WindowIntake(const WindowConfig& config)
    : selector_(config.key), keys_(selector_.fields()), aggregator_(config.aggregates) {}

void WindowIntake::begin_batch(const data::Batch& batch, ports::NodeLedger& ledger,
                               WindowOutput& output) {
  batch_ = &batch;
  ledger_ = &ledger;
  output_ = &output;
  errors_.reset(batch.rows());
  keys_.intern(selector_.select(batch, errors_), batch.rows(), ids_);
  if (uses_.size() < keys_.capacity()) uses_.resize(keys_.capacity());
  aggregator_.prepare(batch, errors_);
  cells_.resize(batch.rows());
  not_used_ = 0;
  ledger.in.add(batch.rows());
}

void WindowIntake::set_late(std::size_t row) {
  cells_[row] = nullptr;
  note_unused(ids_[row]);
  ledger_->late.add();
  ++not_used_;
  output_->advance(batch_->watermark_seen_by(row));
  output_->late_row(*batch_, row);
}

void WindowIntake::set_filtered(std::size_t row) {
  cells_[row] = nullptr;
  note_unused(ids_[row]);
  ledger_->filtered.add();
  ++not_used_;
}

void WindowIntake::set_bad(std::size_t row) {
  cells_[row] = nullptr;
  errors_.set(row, expression::EvalError::kInvalidArgument);
}

void WindowIntake::flush(std::size_t begin, std::size_t end) {
  if (begin == end) return;
  aggregator_.add(begin, end, std::span(cells_).subspan(begin, end - begin), errors_);
  const std::size_t bad = errors_.any() ? report_errors(begin, end) : 0;
  ledger_->errors.add(bad);
  ledger_->used.add(end - begin - not_used_ - bad);
  not_used_ = 0;
}

// Only here, so that they come in the order of the rows.
std::size_t WindowIntake::report_errors(std::size_t begin, std::size_t end) {
  std::size_t count = 0;
  for (std::size_t row = begin; row < end; ++row) {
    if (!has_error(row)) continue;
    ++count;
    note_unused(ids_[row]);
    output_->advance(batch_->watermark_seen_by(row));
    output_->bad_row(*batch_, row, to_string(errors_.at(row)));
  }
  return count;
}

void WindowIntake::end_batch() {
  batch_ = nullptr;
  if (unused_.size() > unused_limit_) release_unused();
}

void WindowIntake::hold(data::KeyId id) {
  Use& use = uses_[id];
  if (use.holds++ == 0) use.last_pass = passes_;
}

void WindowIntake::let_go(data::KeyId id) {
  LEAT_ASSERT(uses_[id].holds > 0);
  if (--uses_[id].holds == 0) note_unused(id);
}

void WindowIntake::note_unused(data::KeyId id) {
  if (uses_[id].listed) return;
  uses_[id].listed = true;
  unused_.push_back(id);
}

// A key goes that was not held since the pass before the last.
void WindowIntake::release_unused() {
  ++passes_;
  std::erase_if(unused_, [this](data::KeyId id) {
    Use& use = uses_[id];
    if (use.holds == 0 && use.last_pass + 1 >= passes_) return false;
    if (use.holds == 0) {
      keys_.release(id);
      use.last_pass = 0;
    }
    use.listed = false;
    return true;
  });
  unused_limit_ = std::max(kUnusedKeys, 2 * unused_.size());
}

void WindowIntake::save(base::ByteWriter& out, std::vector<std::uint32_t>& numbers) const {
  numbers.assign(uses_.size(), 0);
  std::uint32_t count = 0;
  for (std::size_t id = 0; id < uses_.size(); ++id) {
    if (uses_[id].holds > 0) numbers[id] = count++;
  }
  out.varint(count);
  for (std::size_t id = 0; id < uses_.size(); ++id) {
    if (uses_[id].holds > 0) out.text(keys_.encoded(static_cast<data::KeyId>(id)));
  }
  aggregator_.save_arrivals(out);
}

Result<void> WindowIntake::load(base::ByteReader& in, std::vector<data::KeyId>& ids) {
  const Error corrupt(ErrorCode::kCorrupt, "window state: the keys are damaged");
  const std::vector<data::Field> fields = selector_.fields();
  const std::size_t count = static_cast<std::size_t>(in.varint());
  // A key takes a byte at least: its length.
  if (count > in.remaining()) return corrupt;
  ids.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view encoded = in.text();
    if (!in.ok() || !data::is_encoded_key(encoded, fields)) return corrupt;
    const data::KeyId id = keys_.intern_encoded(encoded);
    if (id != i) return corrupt;  // twice
    ids.push_back(id);
  }
  uses_.assign(keys_.capacity(), Use{});
  for (const data::KeyId id : ids) note_unused(id);
  aggregator_.load_arrivals(in);
  return in.finish("window state");
}

}  // namespace leat::windows
