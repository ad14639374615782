#include "core/runtime/source_driver.h"

#include <algorithm>
#include <utility>

#include "core/job/execution_plan.h"

namespace leat::runtime {

// Hands the stage's outputs to the chain and keeps the first error.
class SourceDriver::StageOutput final : public operators::Output {
 public:
  StageOutput(Chain& chain, ChainIndex node) : chain_(chain), node_(node) {}
  void emit(std::size_t output, data::Batch&& batch) override {
    if (result_.ok()) result_ = chain_.emit(node_, output, std::move(batch));
  }
  Result<void> take() { return std::exchange(result_, Result<void>()); }

 private:
  Chain& chain_;
  ChainIndex node_;
  Result<void> result_;
};

SourceDriver::SourceDriver(ChainIndex node, const job::NodeSpec& spec,
                           std::unique_ptr<ports::Source> source, bool row_by_row,
                           const env::Clock& clock, env::Log log)
    : node_(node),
      spec_(spec),
      source_(std::move(source)),
      row_by_row_(row_by_row),
      clock_(clock),
      stage_(std::get<job::SourceConfig>(spec.config).stage, job::is_bounded(spec)),
      bad_log_(spec.name, std::move(log)) {}

// Says whose error it is.
Error SourceDriver::named(const Error& error) const {
  return Error(error.code(), "source \"" + spec_.name + "\"", error);
}

Result<void> SourceDriver::open(const ports::SourceContext& context) {
  const Result<void> opened = source_->open(context);
  return opened.ok() ? Result<void>() : Result<void>(named(opened.error()));
}

Result<SourceDriver::Polled> SourceDriver::poll(std::size_t max_rows, Chain& chain) {
  ports::SourceBatch batch;
  batch.rows = data::Batch(std::get<job::SourceConfig>(spec_.config).stage.schema);
  const Result<ports::SourceStatus> asked = source_->poll(row_by_row_ ? 1 : max_rows, batch);
  if (!asked.ok()) return named(asked.error());
  const ports::SourceStatus status = *asked;
  const Polled polled{batch.rows.rows(), status};
  const operators::PollFacts facts{status, source_->connected(), now()};
  if (!batch.bad.empty()) bad_log_.note(batch.bad, facts.now.monotonic_ns / 1'000'000);
  if (polled.rows > 0 && idle_) {
    idle_ = false;
    LEAT_TRY(chain.emit_status(node_, Element::Kind::kActive));
  }
  LEAT_TRY(take(std::move(batch), facts, chain));
  if (status == ports::SourceStatus::kEnded) {
    ended_ = true;
    LEAT_TRY(chain.emit_end(node_, true));
  } else {
    LEAT_TRY(follow_idleness(chain, polled.rows > 0));
  }
  source_->acknowledge();
  return polled;
}

Result<void> SourceDriver::take(ports::SourceBatch&& batch, const operators::PollFacts& facts,
                                Chain& chain) {
  StageOutput output(chain, node_);
  // One message can hold many rows.
  const bool apart = row_by_row_ && batch.rows.rows() + batch.bad.size() > 1;
  for (std::size_t row = 0, bad = 0; apart && row <= batch.rows.rows(); ++row) {
    ports::SourceBatch one;
    one.rows = batch.rows.slice(row, std::min(row + 1, batch.rows.rows()));
    while (bad < batch.bad.size() &&
           (batch.bad[bad].before_row <= row || row == batch.rows.rows())) {
      one.bad.push_back(std::move(batch.bad[bad++]));
      one.bad.back().before_row = 0;
    }
    stage_.process(std::move(one), {ports::SourceStatus::kMore, facts.connected, facts.now},
                   output);
    LEAT_TRY(output.take());
  }
  if (apart) {
    batch.rows = batch.rows.slice(0, 0);
    batch.bad.clear();
  }
  stage_.process(std::move(batch), facts, output);
  if (facts.status == ports::SourceStatus::kQuiet) stage_.on_time(facts.now, output);
  return output.take();
}

Result<void> SourceDriver::follow_idleness(Chain& chain, bool got_rows) {
  if (got_rows || stage_.idle() == idle_) return {};
  idle_ = stage_.idle();
  return chain.emit_status(node_, idle_ ? Element::Kind::kIdle : Element::Kind::kActive);
}

Result<void> SourceDriver::raise_watermark(TimestampMs watermark, Chain& chain) {
  StageOutput output(chain, node_);
  stage_.raise_watermark(watermark, output);
  return output.take();
}

void SourceDriver::held_up() {
  if (!ended_) stage_.stop_listening(now());
}

Result<void> SourceDriver::stop(Chain& chain) {
  ended_ = true;
  return chain.emit_end(node_, false);
}

std::optional<TimestampMs> SourceDriver::next_wake_ms() const {
  if (ended_) return std::nullopt;
  const operators::ClockReading reading = now();
  std::optional<TimestampMs> next = source_->wake_at_ms();
  if (const auto in_ms = stage_.next_time_in_ms(reading)) {
    const TimestampMs at_ms = base::saturating_add(reading.now_ms, *in_ms);
    if (!next || at_ms < *next) next = at_ms;
  }
  return next;
}

void SourceDriver::snapshot(base::ByteWriter& out) const {
  out.text(spec_.name);
  out.text(source_->position());
  stage_.snapshot(out);
}

Result<void> SourceDriver::restore(base::ByteReader& in) {
  if (in.text() != spec_.name) {
    return Error(ErrorCode::kCorrupt, "the state is not of source \"" + spec_.name + "\"");
  }
  const std::string_view position = in.text();
  if (!in.ok()) return in.finish("source");
  LEAT_TRY(source_->seek(position));
  return stage_.restore(in);
}

}  // namespace leat::runtime
