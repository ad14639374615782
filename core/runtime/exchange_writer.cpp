#include "core/runtime/exchange_writer.h"

#include "core/base/assert.h"
#include "core/data/key_table.h"

namespace leat::runtime {

ExchangeWriter::ExchangeWriter(const job::PlanEdge& edge, std::vector<Channel*> channels,
                               const std::vector<expression::KeyPart>* key)
    : edge_(edge),
      channels_(std::move(channels)),
      backlog_(channels_.size()),
      rows_(channels_.size()) {
  LEAT_ASSERT(!channels_.empty());
  LEAT_ASSERT(edge_.exchange != job::Exchange::kHash || key != nullptr);
  if (edge_.exchange == job::Exchange::kHash) key_.emplace(*key);
}

void ExchangeWriter::push(std::size_t receiver, Element&& element) {
  std::deque<Element>& backlog = backlog_[receiver];
  if (!edge_.ordered && backlog.empty() && channels_[receiver]->try_push(std::move(element)))
    return;
  // An ordered edge holds its last element back until end_unit() has marked it.
  backlog.push_back(std::move(element));
  ++backlogged_;
}

bool ExchangeWriter::flush() {
  if (backlogged_ == 0) return true;
  for (std::size_t receiver = 0; receiver < channels_.size(); ++receiver) {
    std::deque<Element>& backlog = backlog_[receiver];
    while (!backlog.empty() && channels_[receiver]->try_push(std::move(backlog.front()))) {
      backlog.pop_front();
      --backlogged_;
    }
  }
  return backlogged_ == 0;
}

void ExchangeWriter::write(data::Batch&& batch) {
  switch (edge_.exchange) {
    case job::Exchange::kHash:
      write_by_key(std::move(batch));
      return;
    case job::Exchange::kRoundRobin:
      push(turn_, Element::of(std::move(batch)));
      turn_ = (turn_ + 1) % channels_.size();
      return;
    case job::Exchange::kForward:
    case job::Exchange::kGather:
      push(0, Element::of(std::move(batch)));
      return;
  }
}

void ExchangeWriter::write_by_key(data::Batch&& batch) {
  for (std::vector<std::uint32_t>& rows : rows_) rows.clear();
  errors_.reset(batch.rows());
  const auto columns = key_->select(batch, errors_);
  data::hash_keys(columns, batch.rows(), hashes_);
  const auto receivers = static_cast<std::uint32_t>(channels_.size());
  for (std::uint32_t row = 0; row < batch.rows(); ++row) {
    const std::uint32_t group = data::key_group(hashes_[row]);
    rows_[data::subtask_of_key_group(group, receivers)].push_back(row);
  }
  for (std::size_t receiver = 0; receiver < channels_.size(); ++receiver) {
    push(receiver, Element::of(batch.select(rows_[receiver])));
  }
}

void ExchangeWriter::write_status(Element::Kind kind) {
  if (edge_.exchange == job::Exchange::kRoundRobin) {
    push(turn_, Element::of(kind));
    turn_ = (turn_ + 1) % channels_.size();
    return;
  }
  for (std::size_t i = 0; i < channels_.size(); ++i) push(i, Element::of(kind));
}

void ExchangeWriter::write_end(bool final) {
  for (std::size_t i = 0; i < channels_.size(); ++i) push(i, Element::end(final));
}

void ExchangeWriter::end_unit() {
  if (!edge_.ordered) return;
  for (std::deque<Element>& backlog : backlog_) {
    if (backlog.empty() || backlog.back().unit_end) {
      Element nothing;
      nothing.unit_end = true;
      backlog.push_back(std::move(nothing));
      ++backlogged_;
    } else {
      backlog.back().unit_end = true;
    }
  }
  flush();
}

}  // namespace leat::runtime
