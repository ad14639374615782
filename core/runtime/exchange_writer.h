// The sending end of an edge between tasks: splits batches among the receiver's subtasks.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/data/batch.h"
#include "core/expression/key_selector.h"
#include "core/job/execution_plan.h"
#include "core/runtime/channel.h"

namespace leat::runtime {

// One for each sending subtask and edge, used by its thread only. Never blocks: what a full ring
// does not take waits in a backlog (at most one step's output), and the task does not step again
// before flush() has emptied it.
class ExchangeWriter {
 public:
  // `channels`: one for each receiving subtask. `key`: for kHash.
  ExchangeWriter(const job::PlanEdge& edge, std::vector<Channel*> channels,
                 const std::vector<expression::KeyPart>* key);

  void write(data::Batch&& batch);
  void write_status(Element::Kind kind);
  void write_end(bool final);
  // The sender has dealt with one element of its input. Ordered edges tell the receiver so.
  void end_unit();

  // True when nothing waits.
  bool flush();
  bool blocked() const { return backlogged_ > 0; }

 private:
  void write_by_key(data::Batch&& batch);
  void push(std::size_t receiver, Element&& element);

  job::PlanEdge edge_;
  std::vector<Channel*> channels_;
  std::vector<std::deque<Element>> backlog_;
  std::size_t backlogged_ = 0;
  std::size_t turn_ = 0;
  std::optional<expression::KeySelector> key_;
  expression::RowErrors errors_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::vector<std::uint32_t>> rows_;  // by receiver
};

}  // namespace leat::runtime
