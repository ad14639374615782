#include "core/operators/source_stage.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/operators/row_errors.h"

namespace leat::operators {
namespace {

constexpr std::size_t kRows = 0;
constexpr std::size_t kErrors = 1;
constexpr std::size_t kRejected = 2;

std::int64_t monotonic_ms(ClockReading now) { return now.monotonic_ns / 1'000'000; }

// As much of a payload as a BadRecord keeps.
constexpr std::size_t kMaxPayloadBytes = 64 << 10;

// An event time for a row of `errors`, whatever the clock said.
TimestampMs clamped(TimestampMs time) {
  return std::clamp(time, base::kMinEventTime, base::kMaxEventTime);
}

// What the watermark was before row `row` of a batch, of which `kept` rows went on.
TimestampMs watermark_behind(const data::Batch& kept, std::size_t kept_before) {
  return kept_before == 0 ? kept.watermark_before : kept.watermark_after(kept_before - 1);
}

}  // namespace

// Where each row of a batch goes; each list ascending.
struct SourceStage::Sorted {
  std::vector<std::uint32_t> good;
  std::vector<std::uint32_t> bad;
  std::vector<std::uint32_t> rejected;
  std::vector<std::uint32_t> good_before_bad;  // how many good rows precede each
  std::vector<std::uint32_t> good_before_rejected;
};

SourceStage::SourceStage(SourceStageConfig config, bool bounded)
    : config_(std::move(config)),
      bounded_(bounded),
      emitter_({config_.schema, source_errors_schema(), config_.schema}),
      generator_(
          [&] {
            time::WatermarkConfig watermark = config_.watermark;
            if (bounded) watermark.idle_timeout_ms.reset();
            return watermark;
          }(),
          *config_.schema) {
  LEAT_ASSERT(!config_.event_time_field ||
              config_.schema->field(*config_.event_time_field).type == data::kTimestamp);
}

void SourceStage::process(ports::SourceBatch&& batch, const PollFacts& facts, Output& out) {
  LEAT_ASSERT(!ended_);
  ended_ = facts.status == ports::SourceStatus::kEnded;
  const bool quiet = facts.status == ports::SourceStatus::kQuiet;
  timer_.read(monotonic_ms(facts.now), quiet, facts.connected);
  topic_differences_.add(batch.topic_differences);
  ledger_.received.add(batch.rows.rows() + batch.bad.size() + batch.shed);
  ledger_.shed.add(batch.shed);
  if (!batch.bad.empty() || !batch.rows.empty()) {
    heard_ms_ = timer_.listened_ms();
    idle_ = false;
  }
  take_in_order(std::move(batch), out);
  on_time(facts.now, out);
  if (ended_) {
    generator_.finish();
    emitter_.advance_all(kMaxTimestamp, out);
  }
}

void SourceStage::stop_listening(ClockReading now) { timer_.stop(monotonic_ms(now)); }

void SourceStage::raise_watermark(TimestampMs watermark, Output& out) {
  generator_.raise(watermark);
  emitter_.advance_all(generator_.watermark(), out);
}

void SourceStage::on_time(ClockReading now, Output& out) {
  timer_.tick(monotonic_ms(now));
  generator_.on_listened(timer_.listened_ms());
  generator_.on_time(now.now_ms);
  update_idle();
  emitter_.advance_all(generator_.watermark(), out);
}

void SourceStage::update_idle() {
  const auto timeout = config_.watermark.idle_timeout_ms;
  if (bounded_ || !timeout || idle_) return;
  idle_ = timer_.listening() && timer_.listened_ms() - heard_ms_ >= *timeout;
}

std::optional<DurationMs> SourceStage::next_time_in_ms(ClockReading now) const {
  std::optional<DurationMs> next;
  const auto consider = [&](DurationMs in_ms) {
    in_ms = std::max<DurationMs>(in_ms, 0);
    next = next ? std::min(*next, in_ms) : in_ms;
  };
  if (ended_) return next;
  if (const auto at = generator_.next_emission_ms()) {
    consider(base::saturating_add(*at, -now.now_ms));
  }
  if (!timer_.listening()) return next;
  time::IdleTimer until_now = timer_;
  until_now.tick(monotonic_ms(now));
  const DurationMs listened_ms = until_now.listened_ms();
  if (const auto at = generator_.next_expiry_ms()) consider(*at - listened_ms);
  if (!bounded_ && !idle_ && config_.watermark.idle_timeout_ms) {
    consider(base::saturating_add(heard_ms_, *config_.watermark.idle_timeout_ms) - listened_ms);
  }
  return next;
}

// Rows and bad records in the order in which they came, so that nothing depends on how they were
// batched.
void SourceStage::take_in_order(ports::SourceBatch&& batch, Output& out) {
  const std::span<const ports::BadRecord> bad = batch.bad;
  std::size_t row = 0;
  for (std::size_t i = 0; i < bad.size();) {
    const std::size_t before = std::clamp(bad[i].before_row, row, batch.rows.rows());
    std::size_t next = i;
    while (next < bad.size() && bad[next].before_row <= before) ++next;
    if (before > row) take_rows(batch.rows.slice(row, before), out);
    row = before;
    // A place behind the last row is the last row's.
    next = std::max(next, i + 1);
    emit_bad_records(bad.subspan(i, next - i), out);
    i = next;
  }
  if (row == 0 && !batch.rows.empty()) {
    take_rows(std::move(batch.rows), out);
  } else if (row < batch.rows.rows()) {
    take_rows(batch.rows.slice(row, batch.rows.rows()), out);
  }
}

void SourceStage::emit_bad_records(std::span<const ports::BadRecord> records, Output& out) {
  data::Batch errors(emitter_.schema(kErrors));
  errors.watermark_before = generator_.watermark();
  for (const ports::BadRecord& record : records) {
    count(record.reason);
    errors.columns[0].append_text(record.payload);
    errors.columns[1].append_text(record.topic);
    errors.columns[2].append_text(to_string(record.reason));
    errors.columns[3].append_int64(record.received_ms);
    errors.close_row(clamped(record.received_ms));
  }
  emitter_.emit(kErrors, std::move(errors), out);
}

void SourceStage::count(ports::BadReason reason) {
  ledger_.malformed.add(1);
  bad_[static_cast<std::size_t>(reason)].add(1);
}

// In: event_times are times of arrival.
void SourceStage::take_rows(data::Batch&& rows, Output& out) {
  if (!all_good(rows)) {
    take_mixed(std::move(rows), out);
    return;
  }
  ledger_.accepted.add(rows.rows());
  std::vector<TimestampMs> arrivals;
  if (config_.event_time_field) {
    const auto times = rows.columns[*config_.event_time_field].int64s();
    arrivals.assign(times.begin(), times.end());
    std::swap(arrivals, rows.event_times);
    follow(rows, arrivals);
  } else {
    follow(rows, rows.event_times);
  }
  emitter_.emit(kRows, std::move(rows), out);
}

bool SourceStage::all_good(const data::Batch& rows) const {
  const std::vector<TimestampMs>& arrivals = rows.event_times;
  std::span<const TimestampMs> times = arrivals;
  if (config_.event_time_field) {
    const data::Column& column = rows.columns[*config_.event_time_field];
    if (column.has_nulls()) return false;
    times = column.int64s();
  }
  TimestampMs lowest = kMaxTimestamp;
  TimestampMs highest = kMinTimestamp;
  for (const TimestampMs time : times) {
    lowest = std::min(lowest, time);
    highest = std::max(highest, time);
  }
  if (lowest < base::kMinEventTime || highest > base::kMaxEventTime) return false;
  if (!config_.watermark.max_future_skew_ms || !config_.event_time_field) return true;
  const TimestampMs first_arrival = *std::min_element(arrivals.begin(), arrivals.end());
  return highest <= base::saturating_add(first_arrival, *config_.watermark.max_future_skew_ms);
}

SourceStage::Sorted SourceStage::sort_out(const data::Batch& rows) const {
  Sorted sorted;
  const data::Column* column =
      config_.event_time_field ? &rows.columns[*config_.event_time_field] : nullptr;
  const DurationMs skew = config_.watermark.max_future_skew_ms.value_or(kMaxTimestamp);
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    const TimestampMs arrival = rows.event_times[row];
    const TimestampMs time = column != nullptr ? column->int64s()[row] : arrival;
    const bool null = column != nullptr && column->is_null(row);
    const auto good_before = static_cast<std::uint32_t>(sorted.good.size());
    if (null || time < base::kMinEventTime || time > base::kMaxEventTime) {
      sorted.bad.push_back(row);
      sorted.good_before_bad.push_back(good_before);
    } else if (time > base::saturating_add(arrival, skew)) {
      sorted.rejected.push_back(row);
      sorted.good_before_rejected.push_back(good_before);
    } else {
      sorted.good.push_back(row);
    }
  }
  return sorted;
}

void SourceStage::take_mixed(data::Batch&& rows, Output& out) {
  const Sorted sorted = sort_out(rows);
  ledger_.accepted.add(sorted.good.size());
  ledger_.rejected.add(sorted.rejected.size());
  const TimestampMs watermark_before = generator_.watermark();
  data::Batch kept = rows.select(sorted.good);
  const std::vector<TimestampMs> arrivals = kept.event_times;
  if (config_.event_time_field) {
    const auto times = kept.columns[*config_.event_time_field].int64s();
    kept.event_times.assign(times.begin(), times.end());
  }
  follow(kept, arrivals);
  emit_aside(rows, kept, sorted, watermark_before, out);
  emitter_.emit(kRows, std::move(kept), out);
}

// Rows set aside see the watermark that the row itself would have seen, however the rows were
// batched.
void SourceStage::emit_aside(const data::Batch& rows, const data::Batch& kept, const Sorted& sorted,
                             TimestampMs watermark_before, Output& out) {
  data::Batch errors(emitter_.schema(kErrors));
  errors.watermark_before = watermark_before;
  for (std::size_t i = 0; i < sorted.bad.size(); ++i) {
    const std::uint32_t row = sorted.bad[i];
    count(ports::BadReason::kBadTimestamp);
    errors.advance_watermark(watermark_behind(kept, sorted.good_before_bad[i]));
    errors.columns[0].append_text(row_to_json(rows, row).substr(0, kMaxPayloadBytes));
    errors.columns[1].append_text("");
    errors.columns[2].append_text(to_string(ports::BadReason::kBadTimestamp));
    errors.columns[3].append_int64(rows.event_times[row]);
    errors.close_row(clamped(rows.event_times[row]));
  }
  data::Batch rejected(config_.schema);
  rejected.watermark_before = watermark_before;
  for (std::size_t i = 0; i < sorted.rejected.size(); ++i) {
    const std::uint32_t row = sorted.rejected[i];
    rejected.advance_watermark(watermark_behind(kept, sorted.good_before_rejected[i]));
    rejected.append_row(rows, row);
    if (config_.event_time_field) {
      rejected.event_times.back() = rows.columns[*config_.event_time_field].int64s()[row];
    }
  }
  emitter_.emit(kErrors, std::move(errors), out);
  emitter_.emit(kRejected, std::move(rejected), out);
}

void SourceStage::follow(data::Batch& rows, const std::vector<TimestampMs>& arrivals) {
  punctuation_.clear();
  if (config_.punctuated_when && !rows.empty()) {
    // A row for which `when` fails does not punctuate; it is a row all the same.
    errors_.reset(rows.rows());
    config_.punctuated_when->select(rows, punctuation_, errors_);
  }
  generator_.follow(rows, arrivals, punctuation_, timer_.listened_ms());
}

}  // namespace leat::operators
