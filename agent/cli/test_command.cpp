// `leat test`: the tests that a job file carries.
#include <cstdio>
#include <string>

#include "agent/cli/commands.h"
#include "agent/cli/job_input.h"
#include "agent/wiring/node_factory.h"
#include "core/runtime/job_tester.h"

namespace leat::cli {
namespace {

struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

void run_tests(const std::string& path, const job::JobGraph& graph, Totals& totals) {
  wiring::WiredNodeFactory factory({});
  for (const job::TestCase& test : graph.tests) {
    const runtime::TestOutcome outcome = runtime::run_job_test(graph, test, factory);
    ++(outcome.passed ? totals.passed : totals.failed);
    std::printf("%s  %s:%zu: %s\n", outcome.passed ? "ok    " : "FAILED", path.c_str(), test.line,
                outcome.name.c_str());
    for (const std::string& line : outcome.differences) std::printf("          %s\n", line.c_str());
  }
}

// A transform that cannot run cannot be tested; sources and sinks do not run here.
bool refuse_unbuilt_transforms(const job::JobGraph& graph, const std::string& path) {
  bool refused = false;
  for (const job::NodeSpec& node : graph.nodes) {
    if (node.role != job::Role::kTransform ||
        !std::holds_alternative<job::UnbuiltConfig>(node.config)) {
      continue;
    }
    std::fprintf(stderr, "%s:%zu:%zu: transform \"%s\" of type %s is not built yet\n", path.c_str(),
                 node.line, node.column, node.name.c_str(), node.type.c_str());
    refused = true;
  }
  return refused;
}

int test(const Arguments& arguments) {
  Totals totals;
  for (const std::string& path : arguments.operands()) {
    const auto graph = read_job(path);
    if (!graph || refuse_unbuilt_transforms(*graph, path)) return kUsage;
    if (graph->tests.empty()) std::printf("%s: no tests; add a `tests:` section\n", path.c_str());
    run_tests(path, *graph, totals);
  }
  std::printf("%zu passed, %zu failed\n", totals.passed, totals.failed);
  return totals.failed == 0 ? kDone : kFailed;
}

}  // namespace

Command test_command() {
  return {"test",
          "JOB.yaml...",
          "Runs the tests in job files, in virtual time, with no broker.",
          "leat test boiler.yaml",
          {},
          1,
          1000,
          test};
}

}  // namespace leat::cli
