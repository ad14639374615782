#include "core/job/load.h"

#include "core/job/declarations.h"
#include "core/job/expressions.h"
#include "core/job/graph_builder.h"
#include "core/job/report.h"
#include "core/job/source_text.h"
#include "core/job/yaml_reader.h"

namespace leat::job {

std::string to_string(const Diagnostic& diagnostic, std::string_view file) {
  const bool warning = diagnostic.severity == Diagnostic::Severity::kWarning;
  return std::string(file) + ':' + std::to_string(diagnostic.line) + ':' +
         std::to_string(diagnostic.column) + ": " + (warning ? "warning: " : "") +
         diagnostic.message;
}

LoadResult load_job(std::string_view text, const Environment& environment) {
  LoadResult result;
  const auto source = SourceText::make(text, environment, result.diagnostics);
  if (!source) return result;
  Report report(*source, std::move(result.diagnostics));
  auto root = read_yaml(*source, report);
  if (root) {
    check_cut_expressions(*root, report);
    const Declarations declarations = make_declarations();
    JobGraph graph = GraphBuilder(declarations, report).build(*root);
    if (report.errors() == 0) result.graph = std::move(graph);
  }
  result.diagnostics = report.take();
  return result;
}

}  // namespace leat::job
