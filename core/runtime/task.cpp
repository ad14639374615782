#include "core/runtime/task.h"

#include <algorithm>
#include <utility>

namespace leat::runtime {
namespace {

constexpr std::size_t kElementsPerStep = 16;

}  // namespace

Task::Task(const env::Clock& clock, env::Waker& waker, TaskOptions options)
    : clock_(clock), waker_(waker), options_(std::move(options)) {}

void Task::add_source(ChainIndex node, const job::NodeSpec& spec,
                      std::unique_ptr<ports::Source> source, bool row_by_row) {
  sources_.push_back(std::make_unique<SourceDriver>(node, spec, std::move(source), row_by_row,
                                                    clock_, options_.log));
}

ExchangeWriter* Task::add_writer(const job::PlanEdge& edge, std::vector<Channel*> channels,
                                 const std::vector<expression::KeyPart>* key) {
  writers_.push_back(std::make_unique<ExchangeWriter>(edge, std::move(channels), key));
  return writers_.back().get();
}

void Task::add_input(ChainIndex node, std::size_t first_channel, std::vector<Channel*> rings,
                     bool ordered) {
  Input input;
  input.node = node;
  input.first_channel = first_channel;
  input.ended.resize(rings.size(), false);
  input.rings = std::move(rings);
  input.ordered = ordered;
  inputs_.push_back(std::move(input));
}

Result<void> Task::open_sinks() {
  chain_.seal();
  return chain_.open_sinks({&waker_, &clock_, nullptr});
}

Result<void> Task::open_sources() {
  for (const auto& source : sources_) LEAT_TRY(source->open({&waker_, &clock_}));
  return {};
}

bool Task::flush_writers() {
  bool empty = true;
  for (const auto& writer : writers_) empty = writer->flush() && empty;
  return empty;
}

bool Task::held_up() { return !flush_writers() || (!stopping() && !chain_.sinks_ready()); }

void Task::end_unit() {
  for (const auto& writer : writers_) writer->end_unit();
}

Result<bool> Task::step() {
  if (finished_) return false;
  const TimestampMs now_ms = clock_.now_ms();
  if (held_up()) {
    for (const auto& source : sources_) source->held_up();
    LEAT_TRY(flush_sinks(false, now_ms));
    return false;
  }
  if (stopping()) LEAT_TRY(stop_sources());
  LEAT_TRY_ASSIGN(const bool fired, chain_.fire_timers(now_ms));
  LEAT_TRY_ASSIGN(const bool took, step_inputs());
  LEAT_TRY_ASSIGN(const bool polled, step_sources());
  const bool progress = fired || took || polled;
  LEAT_TRY(flush_sinks(progress, now_ms));
  if (chain_.ended() && flush_writers()) {
    LEAT_TRY(chain_.flush_sinks());
    finished_ = stopping() || chain_.sinks_in_flight() == 0;
  }
  return progress;
}

Result<void> Task::flush_sinks(bool progress, TimestampMs now_ms) {
  const bool due = now_ms >= flushed_at_ms_ + options_.flush_interval_ms || now_ms < flushed_at_ms_;
  if (!chain_.unflushed() || (progress && !due)) return {};
  flushed_at_ms_ = now_ms;
  return chain_.flush_sinks();
}

Result<bool> Task::step_inputs() {
  bool progress = false;
  for (Input& input : inputs_) {
    for (std::size_t i = 0; i < kElementsPerStep && !held_up(); ++i) {
      LEAT_TRY_ASSIGN(const bool took, input.ordered ? step_ordered(input) : step_input(input));
      if (!took) break;
      progress = true;
    }
  }
  return progress;
}

// Any ring that has something, each in turn.
Result<bool> Task::step_input(Input& input) {
  for (std::size_t i = 0; i < input.rings.size(); ++i) {
    const std::size_t ring = input.turn;
    input.turn = (input.turn + 1) % input.rings.size();
    std::optional<Element> element = input.rings[ring]->try_pop();
    if (!element) continue;
    LEAT_TRY(chain_.deliver(input.node, input.first_channel + ring, std::move(*element)));
    end_unit();
    return true;
  }
  return false;
}

// The ring whose turn it is, and no other, until its unit has ended.
Result<bool> Task::step_ordered(Input& input) {
  for (std::size_t i = 0; i < input.rings.size() && input.ended[input.turn]; ++i) {
    input.turn = (input.turn + 1) % input.rings.size();
  }
  std::optional<Element> element = input.rings[input.turn]->try_pop();
  if (!element) return false;
  const bool unit_end = element->unit_end;
  const bool nothing = element->kind == Element::Kind::kBatch && element->batch.schema == nullptr;
  if (element->kind == Element::Kind::kEnd) {
    input.ended[input.turn] = true;
    const bool all = std::all_of(input.ended.begin(), input.ended.end(), [](bool e) { return e; });
    if (all) LEAT_TRY(chain_.deliver(input.node, input.first_channel, std::move(*element)));
  } else if (!nothing) {
    LEAT_TRY(chain_.deliver(input.node, input.first_channel, std::move(*element)));
  }
  if (unit_end) {
    end_unit();
    input.turn = (input.turn + 1) % input.rings.size();
  }
  return true;
}

// Sources take turns of turn_rows rows, a quiet one is passed over.
Result<bool> Task::step_sources() {
  bool progress = false;
  for (std::size_t passed = 0; passed < sources_.size() && !held_up();) {
    SourceDriver& source = *sources_[source_turn_];
    bool turn_over = source.ended();
    if (!turn_over) {
      const std::size_t rows = std::min(options_.batch_rows, options_.turn_rows - turn_rows_taken_);
      LEAT_TRY_ASSIGN(const SourceDriver::Polled polled, source.poll(rows, chain_));
      end_unit();
      turn_rows_taken_ += polled.rows;
      const bool more = polled.status == ports::SourceStatus::kMore;
      progress = progress || more || polled.rows > 0 || source.ended();
      if (more && turn_rows_taken_ < options_.turn_rows) return true;
      turn_over = true;
    }
    source_turn_ = (source_turn_ + 1) % sources_.size();
    turn_rows_taken_ = 0;
    ++passed;
  }
  return progress;
}

Result<void> Task::stop_sources() {
  for (const auto& source : sources_) {
    if (source->ended()) continue;
    LEAT_TRY(source->stop(chain_));
    end_unit();
  }
  return {};
}

std::optional<TimestampMs> Task::next_wake_ms() const {
  if (finished_) return std::nullopt;
  std::optional<TimestampMs> next = chain_.next_timer();
  for (const auto& source : sources_) {
    const auto wake = source->next_wake_ms();
    if (wake && (!next || *wake < *next)) next = wake;
  }
  return next;
}

Result<void> Task::close() {
  for (const auto& source : sources_) source->close();
  return chain_.close_sinks();
}

void Task::snapshot(base::ByteWriter& out) const {
  chain_.snapshot(out);
  out.varint(source_turn_);
  out.varint(turn_rows_taken_);
  for (const auto& source : sources_) source->snapshot(out);
}

Result<void> Task::restore(base::ByteReader& in) {
  LEAT_TRY(chain_.restore(in));
  source_turn_ = static_cast<std::size_t>(in.varint());
  turn_rows_taken_ = static_cast<std::size_t>(in.varint());
  if (!in.ok() || (!sources_.empty() && source_turn_ >= sources_.size())) {
    return Error(ErrorCode::kCorrupt, "the state is of another set of sources");
  }
  for (const auto& source : sources_) LEAT_TRY(source->restore(in));
  return in.finish("task");
}

}  // namespace leat::runtime
