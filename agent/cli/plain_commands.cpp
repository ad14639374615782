// Commands that look at a job file and start nothing.
#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/cli/job_input.h"
#include "agent/cli/version.h"
#include "core/job/execution_plan.h"
#include "core/job/explain.h"
#include "core/job/load.h"
#include "core/job/reference.h"

namespace leat::cli {
namespace {

int validate(const Arguments& arguments) {
  bool all_valid = true;
  for (const std::string& path : arguments.operands()) {
    const auto graph = read_job(path);
    all_valid = all_valid && graph.has_value();
    if (!graph) continue;
    for (const job::Unbuilt& unbuilt : graph->unbuilt) {
      std::fprintf(stderr, "%s:%zu:%zu: note: %s is not built yet; leat run refuses it\n",
                   path.c_str(), unbuilt.line, unbuilt.column, unbuilt.what.c_str());
    }
    std::printf("%s: valid\n", path.c_str());
  }
  return all_valid ? kDone : kUsage;
}

int explain(const Arguments& arguments) {
  const auto graph = read_job(arguments.operands()[0]);
  if (!graph) return kUsage;
  const job::ExecutionPlan plan = job::make_execution_plan(*graph);
  const bool json = arguments.has("--json");
  std::fputs((json ? job::explain_json(*graph, plan) : job::explain_text(*graph, plan)).c_str(),
             stdout);
  return kDone;
}

int schema(const Arguments& arguments) {
  const bool markdown = arguments.has("--markdown");
  std::fputs((markdown ? job::reference_markdown() : job::job_schema_json()).c_str(), stdout);
  std::fputs("\n", stdout);
  return kDone;
}

int version(const Arguments& /*arguments*/) {
  std::printf("leat %s\n", kVersion);
  return kDone;
}

}  // namespace

Command validate_command() {
  return {"validate",
          "JOB.yaml...",
          "Checks job files without starting anything.",
          "leat validate boiler.yaml",
          {},
          1,
          1000,
          validate};
}

Command explain_command() {
  return {"explain",
          "JOB.yaml",
          "Shows a job's graph, tasks, and what each path from source to sink promises.",
          "leat explain boiler.yaml",
          {{"--json", "", "as JSON"}},
          1,
          1,
          explain};
}

Command schema_command() {
  return {"schema",
          "",
          "Prints the JSON Schema of the job file, for editors.",
          "leat schema > job.schema.json",
          {{"--markdown", "", "every option with its default and meaning, for people"}},
          0,
          0,
          schema};
}

Command version_command() {
  return {"version", "", "Prints the version.", "leat version", {}, 0, 0, version};
}

}  // namespace leat::cli
