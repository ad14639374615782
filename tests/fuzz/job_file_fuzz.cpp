// Any bytes as a job file: load_job() must end, say where each defect is, and give a graph only
// when there is no error. ${A} is set, so that substitution is part of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "core/job/load.h"
#include "core/job/test_order.h"

namespace {

using leat::job::Diagnostic;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_places(const leat::job::LoadResult& result, std::string_view text) {
  std::size_t lines = 1;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  bool has_error = false;
  const Diagnostic* before = nullptr;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    require(diagnostic.line >= 1 && diagnostic.line <= lines);
    require(diagnostic.column >= 1 && diagnostic.column <= text.size() + 1);
    require(!diagnostic.message.empty());
    require(before == nullptr || before->line <= diagnostic.line);
    has_error = has_error || diagnostic.severity == Diagnostic::Severity::kError;
    before = &diagnostic;
  }
  require(has_error != result.graph.has_value());
}

void check_graph(const leat::job::JobGraph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const leat::job::InputRef& input : graph.nodes[i].inputs) {
      require(input.node < i && input.output < graph.nodes[input.node].outputs.size());
    }
    const bool unbuilt = std::holds_alternative<leat::job::UnbuiltConfig>(graph.nodes[i].config);
    require(!unbuilt || !graph.unbuilt.empty());
  }
  for (const leat::job::TestCase& test : graph.tests) {
    require(leat::job::step_order(graph, test).size() == test.steps.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result =
      leat::job::load_job(text, [](std::string_view name) -> std::optional<std::string> {
        if (name == "A") return "value";
        return std::nullopt;
      });
  check_places(result, text);
  if (result.graph) check_graph(*result.graph);
  return 0;
}
