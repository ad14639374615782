// A job on this terminal: the main loop, signals, the progress line, the last words.
#pragma once

#include <optional>
#include <string>
#include <uv.h>
#include <vector>

#include "agent/cli/progress.h"
#include "agent/cli/stop_signals.h"
#include "agent/cli/summary.h"
#include "agent/task_manager/console.h"
#include "agent/task_manager/local_job.h"
#include "agent/task_manager/system_clock.h"
#include "core/job/graph.h"

namespace leat::cli {

// One for each run; run() is called once, on the main thread. The graph outlives it.
class ForegroundRun {
 public:
  struct Options {
    runtime::TaskOptions task;
    std::string summary_path;  // empty: none
    std::string state_directory;
    bool quiet = false;
  };

  ForegroundRun(const job::JobGraph& graph, Options options);

  // Until the job ends. SIGINT and SIGTERM stop it cleanly, a second one ends the process at once
  // (exit code 128 + signal). Returns the exit code.
  int run();

 private:
  static void on_stop(uv_async_t* handle);
  static void on_ended(uv_async_t* handle);
  static void on_progress(uv_timer_t* handle);
  void show_progress();

  void warn_of_delivery();
  // A run of days does not end with a summary that cannot be written.
  bool summary_can_be_written();
  // Starts the job; the loop runs it.
  Result<void> start();
  void open_handles();
  void close_handles();
  int report(std::int64_t started_ns);
  bool write_summary(task_manager::JobState state, std::int64_t started_ns);
  void say_summary(const RunSummary& summary);

  const job::JobGraph& graph_;
  Options options_;
  task_manager::SystemClock clock_;
  task_manager::Console console_;
  task_manager::LocalJob job_;
  Progress progress_;
  uv_loop_t loop_;
  uv_async_t stop_;
  uv_async_t ended_;
  uv_timer_t progress_timer_;
  std::optional<StopSignals> signals_;
};

}  // namespace leat::cli
