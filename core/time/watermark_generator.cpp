#include "core/time/watermark_generator.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::time {
namespace {

// How far a clock stays behind the largest event time (Flink: a watermark W still allows W + 1).
DurationMs delay_of(const WatermarkConfig& config) {
  switch (config.strategy) {
    case WatermarkStrategy::kAscending:
      return 1;
    case WatermarkStrategy::kBoundedOutOfOrderness:
      return base::saturating_add(config.bound_ms, 1);
    case WatermarkStrategy::kPunctuated:
    case WatermarkStrategy::kNone:
      break;
  }
  return 0;
}

}  // namespace

WatermarkGenerator::WatermarkGenerator(const WatermarkConfig& config, const data::Schema& schema)
    : config_(config), delay_ms_(delay_of(config)) {
  if (config.per_field && config.strategy != WatermarkStrategy::kNone) {
    LEAT_ASSERT(*config.per_field < schema.size());
    devices_ = std::make_unique<DeviceClocks>(
        schema.field(*config.per_field),
        DeviceClocks::Options{delay_ms_, config.max_lag_ms, config.idle_timeout_ms,
                              config.max_devices});
  }
}

void WatermarkGenerator::follow(data::Batch& batch, std::span<const TimestampMs> arrivals,
                                std::span<const std::uint32_t> punctuation,
                                DurationMs listened_ms) {
  LEAT_ASSERT(arrivals.size() == batch.rows());
  batch.watermark_before = watermark_;
  batch.watermarks.clear();
  if (batch.empty() || config_.strategy == WatermarkStrategy::kNone) return;
  const bool punctuated = config_.strategy == WatermarkStrategy::kPunctuated;
  std::size_t next_mark = 0;
  const auto moves = [&](std::size_t row) {
    if (!punctuated) return true;
    if (next_mark == punctuation.size() || punctuation[next_mark] != row) return false;
    ++next_mark;
    return true;
  };
  if (devices_) {
    devices_->begin(batch.columns[*config_.per_field], listened_ms);
    follow_each(batch, arrivals, [&](std::size_t row) {
      devices_->on_row(row, batch.event_times[row], arrivals[row], moves(row));
      return devices_->minimum().value_or(kMinTimestamp);
    });
    devices_->end();
  } else if (punctuated || config_.interval_ms) {
    follow_each(batch, arrivals, [&](std::size_t row) {
      return moves(row) ? base::saturating_add(batch.event_times[row], -delay_ms_) : kMinTimestamp;
    });
  } else {
    batch.watermarks.resize(batch.rows());
    follow_all(batch, batch.watermarks);
  }
  if (!batch.watermarks.empty() && batch.watermarks.back() == batch.watermark_before) {
    batch.watermarks.clear();
  }
}

// The common case, a tight loop.
void WatermarkGenerator::follow_all(const data::Batch& batch,
                                    std::vector<TimestampMs>& watermarks) {
  TimestampMs watermark = watermark_;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    watermark = std::max(watermark, base::saturating_add(batch.event_times[row], -delay_ms_));
    watermarks[row] = watermark;
  }
  watermark_ = watermark;
  candidate_ = watermark;
}

template <class Candidate>
void WatermarkGenerator::follow_each(data::Batch& batch, std::span<const TimestampMs> arrivals,
                                     Candidate candidate) {
  batch.watermarks.resize(batch.rows());
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (config_.interval_ms && interval_passed(arrivals[row])) {
      watermark_ = std::max(watermark_, candidate_);
      (row == 0 ? batch.watermark_before : batch.watermarks[row - 1]) = watermark_;
    }
    candidate_ = std::max(candidate_, candidate(row));
    if (!config_.interval_ms) watermark_ = std::max(watermark_, candidate_);
    batch.watermarks[row] = watermark_;
  }
}

bool WatermarkGenerator::interval_passed(TimestampMs now_ms) {
  const TimestampMs next = base::saturating_add(now_ms, *config_.interval_ms);
  if (next_emission_ms_ && now_ms >= *next_emission_ms_) {
    next_emission_ms_ = next;
    return true;
  }
  // The first reading of the clock, or a wall clock that was set back.
  if (!next_emission_ms_ || *next_emission_ms_ > next) next_emission_ms_ = next;
  return false;
}

bool WatermarkGenerator::on_time(TimestampMs now_ms) {
  if (!config_.interval_ms || !interval_passed(now_ms) || candidate_ <= watermark_) return false;
  watermark_ = candidate_;
  return true;
}

std::optional<TimestampMs> WatermarkGenerator::next_emission_ms() const {
  if (candidate_ <= watermark_) return std::nullopt;
  return next_emission_ms_;
}

bool WatermarkGenerator::on_listened(DurationMs listened_ms) {
  if (!devices_) return false;
  devices_->expire(listened_ms);
  candidate_ = std::max(candidate_, devices_->minimum().value_or(kMinTimestamp));
  if (config_.interval_ms || candidate_ <= watermark_) return false;
  watermark_ = candidate_;
  return true;
}

std::optional<DurationMs> WatermarkGenerator::next_expiry_ms() const {
  return devices_ ? devices_->next_expiry_ms() : std::nullopt;
}

void WatermarkGenerator::snapshot(base::ByteWriter& out) const {
  out.i64(watermark_);
  out.i64(candidate_);
  out.boolean(devices_ != nullptr);
  if (devices_) devices_->snapshot(out);
}

Result<void> WatermarkGenerator::restore(base::ByteReader& in) {
  watermark_ = in.i64();
  candidate_ = in.i64();
  const bool per_device = in.boolean();
  LEAT_TRY(in.finish("watermark"));
  if (per_device != (devices_ != nullptr)) {
    return Error(ErrorCode::kCorrupt, "watermark: the state is of a source with other clocks");
  }
  return devices_ ? devices_->restore(in) : Result<void>();
}

}  // namespace leat::time
