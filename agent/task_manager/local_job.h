// A job running in this process: its slots, its end, its counters.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/task_manager/slot.h"
#include "core/base/result.h"
#include "core/env/clock.h"
#include "core/job/execution_plan.h"
#include "core/job/graph.h"
#include "core/runtime/job_execution.h"
#include "core/runtime/node_factory.h"

namespace leat::task_manager {

// Flink's names, those that a job in this process goes through.
enum class JobState { kCreated, kRunning, kFinished, kCanceled, kFailed };
std::string_view to_string(JobState state);

// All functions on the thread that made it, except where noted. The graph, the clock and the
// factory outlive it.
class LocalJob {
 public:
  LocalJob(const job::JobGraph& graph, const env::Clock& clock,
           runtime::JobExecution::Options options);
  ~LocalJob();
  LocalJob(const LocalJob&) = delete;
  LocalJob& operator=(const LocalJob&) = delete;

  // Builds every node, opens sinks and sources, starts the slots. `on_end` is called once, on some
  // slot's thread, when the last slot has ended; finish() is to follow on the owner's thread.
  Result<void> start(runtime::NodeFactory& factory, std::function<void()> on_end);

  // Sources end now; what has been received goes through and out; windows that are open stay
  // unfired. Any thread.
  void stop();

  // After on_end: joins the slots, closes sources and sinks. The job's final state follows: a job
  // whose output's reader has gone away (kCancelled) is CANCELED, not FAILED.
  void finish();

  JobState state() const { return state_; }
  // Why it failed.
  const std::optional<Error>& failure() const { return failure_; }
  // All zero before start() has built the job.
  std::vector<runtime::NodeStatus> status() const;
  const job::ExecutionPlan& plan() const { return plan_; }

 private:
  void slot_ended(bool failed);

  const job::JobGraph& graph_;
  const env::Clock& clock_;
  runtime::JobExecution::Options options_;
  job::ExecutionPlan plan_;
  std::vector<std::unique_ptr<SlotWaker>> wakers_;
  std::unique_ptr<runtime::JobExecution> execution_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::function<void()> on_end_;
  std::atomic<std::size_t> running_slots_{0};
  std::atomic<bool> stopped_{false};
  JobState state_ = JobState::kCreated;
  std::optional<Error> failure_;
};

}  // namespace leat::task_manager
