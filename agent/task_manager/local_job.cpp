#include "agent/task_manager/local_job.h"

namespace leat::task_manager {

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::kCreated:
      return "CREATED";
    case JobState::kRunning:
      return "RUNNING";
    case JobState::kFinished:
      return "FINISHED";
    case JobState::kCanceled:
      return "CANCELED";
    case JobState::kFailed:
      return "FAILED";
  }
  return "UNKNOWN";
}

LocalJob::LocalJob(const job::JobGraph& graph, const env::Clock& clock,
                   runtime::JobExecution::Options options)
    : graph_(graph), clock_(clock), options_(options), plan_(job::make_execution_plan(graph)) {
  for (std::size_t i = 0; i < plan_.slots; ++i) wakers_.push_back(std::make_unique<SlotWaker>());
}

LocalJob::~LocalJob() { slots_.clear(); }

Result<void> LocalJob::start(runtime::NodeFactory& factory, std::function<void()> on_end) {
  std::vector<env::Waker*> wakers;
  for (const auto& waker : wakers_) wakers.push_back(waker.get());
  LEAT_TRY_ASSIGN(execution_,
                  runtime::JobExecution::build(graph_, plan_, factory, clock_, wakers, options_));
  LEAT_TRY(execution_->open());
  on_end_ = std::move(on_end);
  running_slots_ = plan_.slots;
  for (std::size_t i = 0; i < plan_.slots; ++i) {
    slots_.push_back(std::make_unique<Slot>(clock_, *wakers_[i], execution_->slot(i),
                                            [this](bool failed) { slot_ended(failed); }));
  }
  state_ = JobState::kRunning;
  for (const auto& slot : slots_) slot->start();
  return {};
}

// A slot that failed takes the others with it; one that finished lets them go on.
void LocalJob::slot_ended(bool failed) {
  if (failed) {
    for (const auto& slot : slots_) slot->quit();
  }
  if (running_slots_.fetch_sub(1) == 1) on_end_();
}

void LocalJob::stop() {
  stopped_ = true;
  execution_->request_stop();
  for (const auto& waker : wakers_) waker->wake();
}

void LocalJob::finish() {
  for (const auto& slot : slots_) slot->join();
  for (const auto& slot : slots_) {
    if (!slot->outcome().ok() && !failure_) failure_ = slot->outcome().error();
  }
  for (std::size_t i = 0; i < execution_->slots(); ++i) {
    for (runtime::Task* task : execution_->slot(i)) {
      const Result<void> closed = task->close();
      if (!closed.ok() && !failure_) failure_ = closed.error();
    }
  }
  if (!failure_) {
    state_ = stopped_ ? JobState::kCanceled : JobState::kFinished;
  } else {
    const bool reader_left = failure_->code() == ErrorCode::kCancelled;
    state_ = reader_left ? JobState::kCanceled : JobState::kFailed;
  }
}

std::vector<runtime::NodeStatus> LocalJob::status() const {
  if (execution_) return execution_->status();
  std::vector<runtime::NodeStatus> statuses(graph_.nodes.size());
  for (std::size_t i = 0; i < statuses.size(); ++i) statuses[i].spec = &graph_.nodes[i];
  return statuses;
}

}  // namespace leat::task_manager
