// Collects the defects of a job file by their place in the filled-in text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/load.h"
#include "core/job/source_text.h"
#include "core/job/yaml_node.h"

namespace leat::job {

class Report {
 public:
  // `source` must outlive the report.
  Report(const SourceText& source, std::vector<Diagnostic> already);

  void error(std::size_t offset, std::string message);
  void warning(std::size_t offset, std::string message);
  // At a node: its value, or its key when it has no value.
  void error(const YamlNode& node, std::string message);
  // At byte `offset` of a scalar's value: exact where the text stands in the file as it is, else
  // the start of the scalar.
  void error_in_scalar(const YamlNode& node, std::size_t offset, std::string message);

  std::size_t errors() const { return errors_; }
  // Nothing more will be shown: looking further is a waste of time.
  bool full() const { return diagnostics_.size() >= kMaxDiagnostics; }
  SourceText::Place place(std::size_t offset) const { return source_.place(offset); }
  // In the order of the file, each once, at most kMaxDiagnostics.
  std::vector<Diagnostic> take();

  static constexpr std::size_t kMaxDiagnostics = 500;

 private:
  void add(Diagnostic::Severity severity, std::size_t offset, std::string message);

  const SourceText& source_;
  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

// The byte of SourceText::text() where byte `offset` of the scalar's value stands.
std::size_t position_in_scalar(std::string_view text, const YamlNode& node, std::size_t offset);

}  // namespace leat::job
