#include "core/operators/route.h"

#include "core/base/assert.h"
#include "core/operators/row_errors.h"

namespace leat::operators {
namespace {

constexpr std::uint32_t kOpen = 0;  // output 0 takes no rows
constexpr std::uint32_t kErrors = 1;
constexpr std::uint32_t kFirstRoute = 2;

}  // namespace

Route::Route(RouteConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error)
    : config_(std::move(config)), emitter_(std::move(outputs)), on_error_(on_error) {
  LEAT_ASSERT(emitter_.outputs() == config_.routes.size() + kFirstRoute + 1);
  rows_of_.resize(emitter_.outputs());
}

// A condition's error counts only for rows that no earlier one has taken.
void Route::assign(const data::Batch& batch) {
  const std::size_t rows = batch.rows();
  target_.assign(rows, kOpen);
  errors_.reset(rows);
  for (std::uint32_t i = 0; i < config_.routes.size(); ++i) {
    route_errors_.reset(rows);
    holds_.clear();
    config_.routes[i].when.select(batch, holds_, route_errors_);
    for (const std::uint32_t row : holds_) {
      if (target_[row] == kOpen) target_[row] = kFirstRoute + i;
    }
    if (!route_errors_.any()) continue;
    for (std::size_t row = 0; row < rows; ++row) {
      const expression::EvalError error = route_errors_.at(row);
      if (target_[row] != kOpen || error == expression::EvalError::kNone) continue;
      target_[row] = kErrors;
      errors_.set(row, error);
    }
  }
}

Result<void> Route::process(std::size_t /*input*/, data::Batch&& batch, Output& out) {
  const TimestampMs watermark = batch.last_watermark();
  const std::size_t rows = batch.rows();
  const auto unmatched = static_cast<std::uint32_t>(emitter_.outputs() - 1);
  if (rows > 0) {
    assign(batch);
    for (auto& list : rows_of_) list.clear();
    for (std::uint32_t row = 0; row < rows; ++row) {
      rows_of_[target_[row] == kOpen ? unmatched : target_[row]].push_back(row);
    }
    const auto& bad = rows_of_[kErrors];
    if (!bad.empty()) {
      LEAT_TRY_ASSIGN(data::Batch set_aside,
                      error_rows(batch, bad, errors_, emitter_.schema(kErrors), on_error_));
      emitter_.emit(kErrors, std::move(set_aside), out);
    }
    ledger_.in.add(rows);
    ledger_.errors.add(bad.size());
    ledger_.used.add(rows - bad.size());
    for (std::size_t output = kFirstRoute; output < emitter_.outputs(); ++output) {
      if (rows_of_[output].empty()) continue;
      if (rows_of_[output].size() == rows) {
        emitter_.emit(output, std::move(batch), out);
        break;
      }
      emitter_.emit(output, batch.select(rows_of_[output]), out);
    }
  }
  emitter_.advance_all(watermark, out);
  ledger_.out.add(emitter_.take_count());
  return {};
}

}  // namespace leat::operators
