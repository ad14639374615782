// `leat run`: a job in this process, in the foreground.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <uv.h>

#include "agent/cli/commands.h"
#include "agent/cli/foreground_run.h"
#include "agent/cli/job_input.h"

namespace leat::cli {
namespace {

// What the job file asks for and this build does not have.
bool refuse_unbuilt(const job::JobGraph& graph, const std::string& path) {
  for (const job::Unbuilt& unbuilt : graph.unbuilt) {
    std::fprintf(stderr, "%s:%zu:%zu: %s is not built yet\n", path.c_str(), unbuilt.line,
                 unbuilt.column, unbuilt.what.c_str());
  }
  return !graph.unbuilt.empty();
}

Result<std::size_t> batch_rows(const Arguments& arguments) {
  const auto text = arguments.value("--batch-rows");
  if (!text) return runtime::TaskOptions().batch_rows;
  std::size_t rows = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rows);
  if (error != std::errc() || end != text->data() + text->size() || rows < 1 || rows > 65'536) {
    return invalid("--batch-rows takes a number from 1 to 65536, not \"" + *text + "\"");
  }
  return rows;
}

int run(const Arguments& arguments) {
  const std::string& path = arguments.operands()[0];
  const Result<std::size_t> rows = batch_rows(arguments);
  if (!rows.ok()) {
    std::fprintf(stderr, "leat run: %s\n", rows.error().message().c_str());
    return kUsage;
  }
  const auto graph = read_job(path);
  if (!graph || refuse_unbuilt(*graph, path)) return kUsage;
  ForegroundRun::Options options;
  options.task.batch_rows = *rows;
  options.summary_path = arguments.value("--summary").value_or("");
  options.state_directory = arguments.value("--state").value_or(".leat/" + graph->name);
  options.quiet = arguments.has("--quiet");
  ForegroundRun foreground(*graph, options);
  return foreground.run();
}

}  // namespace

Command run_command() {
  return {"run",
          "JOB.yaml",
          "Runs a job here, in the foreground, until it ends or Ctrl-C.",
          "leat run boiler.yaml --summary summary.json",
          {{"--summary", "FILE", "write how the run ended, as JSON"},
           {"--state", "DIR",
            "what outlives a run: the name under which brokers know it (default "
            ".leat/JOB); windows are in memory for now"},
           {"--fresh", "", "start over (for now every run does)"},
           {"--batch-rows", "N", "most rows handled at once (default 512); results do not change"},
           {"--quiet", "", "no ledger at the end; warnings and errors only"}},
          1,
          1,
          run};
}

}  // namespace leat::cli
