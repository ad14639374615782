// A job, built: all its tasks by slot, the rings between them, and its counters.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/job/execution_plan.h"
#include "core/job/graph.h"
#include "core/runtime/node_factory.h"
#include "core/runtime/task.h"

namespace leat::runtime {

// The sums over a node's subtasks, for the progress line, the summary and metrics.
struct NodeStatus {
  const job::NodeSpec* spec = nullptr;
  ports::SourceLedger source;
  std::array<base::Counter, ports::kBadReasons> bad;  // by reason; their sum is source.malformed
  base::Counter topic_differences;
  ports::NodeLedger node;
  ports::SinkLedger sink;
  TimestampMs watermark = kMinTimestamp;  // the smallest of its subtasks
};

// Built on one thread; then each slot's tasks are stepped by that slot's thread. The graph, the
// clock and the wakers outlive it.
class JobExecution {
 public:
  struct Options {
    TaskOptions task;
    std::size_t ring_elements = 64;
  };

  // `wakers`: one for each slot of the plan. An error names the node.
  static Result<std::unique_ptr<JobExecution>> build(const job::JobGraph& graph,
                                                     const job::ExecutionPlan& plan,
                                                     NodeFactory& factory, const env::Clock& clock,
                                                     const std::vector<env::Waker*>& wakers,
                                                     const Options& options);

  // Opens sinks, then sources, of every task. Before the first step.
  Result<void> open();

  std::size_t slots() const { return by_slot_.size(); }
  const std::vector<Task*>& slot(std::size_t index) const { return by_slot_[index]; }

  // Any thread. The caller wakes the slots.
  void request_stop();
  // Any thread, while the job runs.
  std::vector<NodeStatus> status() const;

  // All tasks, in an order fixed by the plan; see Task::snapshot.
  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

 private:
  struct Builder;
  JobExecution() = default;

  const job::JobGraph* graph_ = nullptr;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<std::vector<Task*>> by_slot_;
};

}  // namespace leat::runtime
