#include "core/job/report.h"

#include <algorithm>
#include <tuple>

namespace leat::job {
namespace {

constexpr std::size_t kMaxMessageBytes = 1'000;

std::size_t line_end(std::string_view text, std::size_t begin) {
  return std::min(text.find('\n', begin), text.size());
}

// A literal or folded block: the lines after the indicator, less their common indentation. Right as
// long as the value's lines are the file's lines.
std::size_t position_in_block(std::string_view text, const YamlNode& node, std::size_t offset) {
  const std::string_view value = node.text;
  const std::size_t line_begin =
      offset == 0 ? 0 : value.rfind('\n', std::min(offset, value.size()) - 1) + 1;
  const auto skipped =
      std::count(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(line_begin), '\n');
  std::size_t at = line_end(text, node.offset);
  for (std::ptrdiff_t i = 0; i < skipped && at < text.size(); ++i) at = line_end(text, at + 1);
  if (at >= text.size()) return node.offset;
  const std::size_t begin = at + 1;
  std::string_view line = text.substr(begin, line_end(text, begin) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::string_view expected = value.substr(line_begin);
  expected = expected.substr(0, expected.find('\n'));
  if (!line.ends_with(expected)) return node.offset;
  return begin + line.size() - expected.size() + (offset - line_begin);
}

}  // namespace

std::size_t position_in_scalar(std::string_view text, const YamlNode& node, std::size_t offset) {
  if (!node.is_scalar() || node.offset >= text.size() || offset > node.text.size()) {
    return node.offset;
  }
  const char first = text[node.offset];
  if (!node.plain && (first == '|' || first == '>')) return position_in_block(text, node, offset);
  const std::size_t begin = node.offset + (node.plain ? 0 : 1);
  if (text.substr(begin, node.text.size()) != node.text) return node.offset;
  return begin + offset;
}

Report::Report(const SourceText& source, std::vector<Diagnostic> already)
    : source_(source), diagnostics_(std::move(already)), errors_(diagnostics_.size()) {}

void Report::add(Diagnostic::Severity severity, std::size_t offset, std::string message) {
  if (severity == Diagnostic::Severity::kError) ++errors_;
  if (diagnostics_.size() >= kMaxDiagnostics) {
    ++left_out_;
    return;
  }
  if (message.size() > kMaxMessageBytes) {
    std::size_t size = kMaxMessageBytes;
    while ((static_cast<unsigned char>(message[size]) & 0xc0) == 0x80) --size;
    message.resize(size);
    message += "...";
  }
  // One line, and nothing that a terminal would obey.
  for (char& c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = c == '\n' || c == '\t' ? ' ' : '?';
  }
  const SourceText::Place place = source_.place(offset);
  diagnostics_.push_back({severity, place.line, place.column, std::move(message)});
}

void Report::error(std::size_t offset, std::string message) {
  add(Diagnostic::Severity::kError, offset, std::move(message));
}

void Report::warning(std::size_t offset, std::string message) {
  add(Diagnostic::Severity::kWarning, offset, std::move(message));
}

void Report::error(const YamlNode& node, std::string message) {
  error(node.offset, std::move(message));
}

void Report::error_in_scalar(const YamlNode& node, std::size_t offset, std::string message) {
  error(position_in_scalar(source_.text(), node, offset), std::move(message));
}

std::vector<Diagnostic> Report::take() {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.line == b.line && a.column == b.column && a.message == b.message;
  };
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end(), same),
                     diagnostics_.end());
  if (left_out_ > 0) {
    const Diagnostic& last = diagnostics_.back();
    diagnostics_.push_back({Diagnostic::Severity::kError, last.line, last.column,
                            "and " + std::to_string(left_out_) + " more"});
  }
  return std::move(diagnostics_);
}

}  // namespace leat::job
