#include "agent/cli/foreground_run.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "agent/cli/commands.h"
#include "agent/task_manager/state_directory.h"
#include "agent/wiring/node_factory.h"

namespace leat::cli {
namespace {

constexpr std::uint64_t kProgressMs = 1000;

void close_handle(uv_handle_t* handle) {
  if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
}

template <class Handle>
uv_handle_t* base_handle(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

}  // namespace

ForegroundRun::ForegroundRun(const job::JobGraph& graph, Options options)
    : graph_(graph),
      options_(std::move(options)),
      console_(STDERR_FILENO, isatty(STDERR_FILENO) != 0),
      job_(graph, clock_, [this] {
        runtime::JobExecution::Options execution;
        execution.task = options_.task;
        execution.task.log = [this](env::LogLevel level, std::string_view text) {
          console_.log(level, text);
        };
        return execution;
      }()) {}

void ForegroundRun::warn_of_delivery() {
  for (const job::NodeSpec& node : graph_.nodes) {
    const auto* sink = std::get_if<job::SinkConfig>(&node.config);
    if (sink == nullptr || !sink->exactly_once) continue;
    console_.log(env::LogLevel::kWarning,
                 "delivery exactly_once is not built yet: the job runs as at_least_once (sink " +
                     node.name + "); `leat explain` shows each path");
    return;
  }
}

void ForegroundRun::open_handles() {
  const auto must = [](int status) { LEAT_ASSERT(status == 0); };
  must(uv_loop_init(&loop_));
  must(uv_async_init(&loop_, &stop_, on_stop));
  must(uv_async_init(&loop_, &ended_, on_ended));
  must(uv_timer_init(&loop_, &progress_timer_));
  for (uv_handle_t* handle :
       {base_handle(stop_), base_handle(ended_), base_handle(progress_timer_)}) {
    handle->data = this;
  }
  signals_.emplace([this] { uv_async_send(&stop_); });
  if (console_.terminal() && !options_.quiet) {
    show_progress();  // what the first rate is measured from
    must(uv_timer_start(&progress_timer_, on_progress, kProgressMs, kProgressMs));
  }
}

void ForegroundRun::close_handles() {
  signals_.reset();  // before the handle that it wakes
  for (uv_handle_t* handle :
       {base_handle(stop_), base_handle(ended_), base_handle(progress_timer_)}) {
    close_handle(handle);
  }
}

void ForegroundRun::on_stop(uv_async_t* handle) {
  auto& self = *static_cast<ForegroundRun*>(handle->data);
  self.console_.log(env::LogLevel::kInfo,
                    "stopping: what has been received is finished first; again to end at once");
  self.job_.stop();
}

void ForegroundRun::on_ended(uv_async_t* handle) {
  auto& self = *static_cast<ForegroundRun*>(handle->data);
  self.console_.clear_progress();
  self.job_.finish();
  // What sources and sinks still have on the loop (a farewell to a broker) ends it.
  self.close_handles();
}

void ForegroundRun::on_progress(uv_timer_t* handle) {
  static_cast<ForegroundRun*>(handle->data)->show_progress();
}

void ForegroundRun::show_progress() {
  console_.progress(
      progress_.line(job_.status(), clock_.now_ms(), clock_.monotonic_ns() / 1'000'000));
}

Result<void> ForegroundRun::start() {
  wiring::WiringContext context;
  context.loop = &loop_;
  context.log = [this](env::LogLevel level, std::string_view text) { console_.log(level, text); };
  context.job = graph_.name;
  LEAT_TRY_ASSIGN(context.owner, task_manager::owner_of_state(options_.state_directory));
  wiring::WiredNodeFactory factory(std::move(context));
  return job_.start(factory, [this] { uv_async_send(&ended_); });
}

int ForegroundRun::run() {
  const std::int64_t started_ns = clock_.monotonic_ns();
  if (!summary_can_be_written()) return kFailed;
  open_handles();
  warn_of_delivery();
  const Result<void> started = start();
  if (!started.ok()) {
    console_.log(env::LogLevel::kError, started.error().to_string());
    write_summary(task_manager::JobState::kFailed, started_ns);
    // Nothing runs; sources that were opened may hold the loop, so it is not waited for.
    _exit(kFailed);
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
  return report(started_ns);
}

bool ForegroundRun::summary_can_be_written() {
  if (options_.summary_path.empty()) return true;
  std::FILE* file = std::fopen(options_.summary_path.c_str(), "ab");
  if (file != nullptr) {
    std::fclose(file);
    return true;
  }
  console_.log(env::LogLevel::kError, "--summary " + options_.summary_path +
                                          ": cannot be written: " + std::strerror(errno));
  return false;
}

bool ForegroundRun::write_summary(task_manager::JobState state, std::int64_t started_ns) {
  RunSummary summary;
  summary.state = state;
  summary.duration_ms = (clock_.monotonic_ns() - started_ns) / 1'000'000;
  summary.nodes = job_.status();
  if (!options_.quiet) say_summary(summary);
  if (options_.summary_path.empty()) return true;
  const std::string json = summary_json(summary);
  std::FILE* file = std::fopen(options_.summary_path.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(json.data(), 1, json.size(), file) == json.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (!written) {
    console_.log(env::LogLevel::kError, "--summary " + options_.summary_path +
                                            ": cannot be written: " + std::strerror(errno));
  }
  return written;
}

void ForegroundRun::say_summary(const RunSummary& summary) {
  console_.log(env::LogLevel::kInfo, "job " + graph_.name + " " +
                                         std::string(to_string(summary.state)) + " after " +
                                         std::to_string(summary.duration_ms) + " ms");
  for (const std::string& line : summary_lines(summary)) console_.log(env::LogLevel::kInfo, line);
}

int ForegroundRun::report(std::int64_t started_ns) {
  const bool failed = job_.state() == task_manager::JobState::kFailed;
  if (failed) {
    console_.log(env::LogLevel::kError, "the job failed: " + job_.failure()->to_string());
  }
  const bool written = write_summary(job_.state(), started_ns);
  return written && !failed ? kDone : kFailed;
}

}  // namespace leat::cli
