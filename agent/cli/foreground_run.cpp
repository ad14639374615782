#include "agent/cli/foreground_run.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "agent/cli/commands.h"
#include "agent/cli/summary.h"
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
  must(uv_signal_init(&loop_, &interrupt_));
  must(uv_signal_init(&loop_, &terminate_));
  must(uv_async_init(&loop_, &ended_, on_ended));
  must(uv_timer_init(&loop_, &progress_timer_));
  for (uv_handle_t* handle : {base_handle(interrupt_), base_handle(terminate_),
                              base_handle(ended_), base_handle(progress_timer_)}) {
    handle->data = this;
  }
  must(uv_signal_start(&interrupt_, on_signal, SIGINT));
  must(uv_signal_start(&terminate_, on_signal, SIGTERM));
  if (console_.terminal() && !options_.quiet) {
    must(uv_timer_start(&progress_timer_, on_progress, kProgressMs, kProgressMs));
  }
}

void ForegroundRun::close_handles() {
  for (uv_handle_t* handle : {base_handle(interrupt_), base_handle(terminate_),
                              base_handle(ended_), base_handle(progress_timer_)}) {
    close_handle(handle);
  }
}

void ForegroundRun::on_signal(uv_signal_t* handle, int signal) {
  auto& self = *static_cast<ForegroundRun*>(handle->data);
  if (++self.signals_ > 1) _exit(128 + signal);
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
  auto& self = *static_cast<ForegroundRun*>(handle->data);
  self.console_.progress(self.progress_.line(self.job_.status(), self.clock_.now_ms(),
                                             self.clock_.monotonic_ns() / 1'000'000));
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
  open_handles();
  warn_of_delivery();
  const Result<void> started = start();
  if (!started.ok()) {
    console_.log(env::LogLevel::kError, started.error().to_string());
    // Nothing runs; sources that were opened may hold the loop, so it is not waited for.
    _exit(kFailed);
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
  return report(started_ns);
}

bool ForegroundRun::write_summary(const std::string& json) {
  if (options_.summary_path.empty()) return true;
  std::FILE* file = std::fopen(options_.summary_path.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(json.data(), 1, json.size(), file) == json.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (!written) {
    console_.log(env::LogLevel::kError,
                 options_.summary_path + ": cannot be written: " + std::strerror(errno));
  }
  return written;
}

int ForegroundRun::report(std::int64_t started_ns) {
  RunSummary summary;
  summary.state = job_.state();
  summary.duration_ms = (clock_.monotonic_ns() - started_ns) / 1'000'000;
  summary.nodes = job_.status();
  const bool written = write_summary(summary_json(summary));
  const bool reader_left =
      job_.failure() && job_.failure()->code() == ErrorCode::kCancelled;
  if (job_.failure() && !reader_left) {
    console_.log(env::LogLevel::kError, "the job failed: " + job_.failure()->to_string());
  }
  if (!options_.quiet && !reader_left) {
    console_.log(env::LogLevel::kInfo, "job " + graph_.name + " " +
                                           std::string(to_string(summary.state)) + " after " +
                                           std::to_string(summary.duration_ms) + " ms");
    for (const std::string& line : summary_lines(summary)) {
      console_.log(env::LogLevel::kInfo, line);
    }
  }
  return written && (!job_.failure() || reader_left) ? kDone : kFailed;
}

}  // namespace leat::cli
