#include "agent/cli/summary.h"

#include <utility>

#include "core/base/text.h"

namespace leat::cli {
namespace {

using Terms = std::vector<std::pair<std::string_view, std::uint64_t>>;

Terms terms_of(const runtime::NodeStatus& status) {
  switch (status.spec->role) {
    case job::Role::kSource: {
      const ports::SourceLedger& ledger = status.source;
      return {{"received", ledger.received.get()},   {"accepted", ledger.accepted.get()},
              {"rejected", ledger.rejected.get()},   {"malformed", ledger.malformed.get()},
              {"duplicate", ledger.duplicate.get()}, {"shed", ledger.shed.get()},
              {"in_flight", ledger.in_flight.get()}};
    }
    case job::Role::kTransform: {
      const ports::NodeLedger& ledger = status.node;
      return {{"in", ledger.in.get()},
              {"used", ledger.used.get()},
              {"filtered", ledger.filtered.get()},
              {"late", ledger.late.get()},
              {"errors", ledger.errors.get()},
              {"in_flight", ledger.in_flight.get()},
              {"out", ledger.out.get()}};
    }
    case job::Role::kSink: {
      const ports::SinkLedger& ledger = status.sink;
      return {{"emitted", ledger.emitted.get()},
              {"forwarded", ledger.forwarded.get()},
              {"errors", ledger.errors.get()},
              {"in_outbox", ledger.in_outbox.get()},
              {"dropped", ledger.dropped.get()}};
    }
  }
  return {};
}

void append_section(std::string_view name, job::Role role, const RunSummary& summary,
                    std::string& out) {
  out += ",";
  base::append_json_string(out, name);
  out += ":{";
  bool first = true;
  for (const runtime::NodeStatus& status : summary.nodes) {
    if (status.spec->role != role) continue;
    if (!first) out += ',';
    first = false;
    base::append_json_string(out, status.spec->name);
    out += ":{";
    bool first_term = true;
    for (const auto& [term, count] : terms_of(status)) {
      if (!first_term) out += ',';
      first_term = false;
      out += "\"" + std::string(term) + "\":" + std::to_string(count);
    }
    out += '}';
  }
  out += '}';
}

// What no ledger has a term for; absent when there was none.
template <class Append>
void append_remarks(std::string_view name, const RunSummary& summary, std::string& out,
                    const Append& append) {
  bool first = true;
  for (const runtime::NodeStatus& status : summary.nodes) {
    std::string text;
    append(status, text);
    if (text.empty()) continue;
    out += first ? ",\"" + std::string(name) + "\":{" : ",";
    first = false;
    base::append_json_string(out, status.spec->name);
    out += ':' + text;
  }
  if (!first) out += '}';
}

// Those that happened.
Terms reasons_of(const runtime::NodeStatus& status) {
  Terms reasons;
  for (std::size_t i = 0; i < ports::kBadReasons; ++i) {
    const std::uint64_t count = status.bad[i].get();
    if (count > 0) reasons.emplace_back(to_string(static_cast<ports::BadReason>(i)), count);
  }
  return reasons;
}

void append_reasons(const runtime::NodeStatus& status, std::string& out) {
  for (const auto& [reason, count] : reasons_of(status)) {
    out += out.empty() ? "{\"" : ",\"";
    out += std::string(reason) + "\":" + std::to_string(count);
  }
  if (!out.empty()) out += '}';
}

void append_differences(const runtime::NodeStatus& status, std::string& out) {
  const std::uint64_t count = status.topic_differences.get();
  if (count > 0) out += std::to_string(count);
}

}  // namespace

std::string summary_json(const RunSummary& summary) {
  std::string out = "{\"state\":\"" + std::string(to_string(summary.state)) +
                    "\",\"duration_ms\":" + std::to_string(summary.duration_ms);
  append_section("sources", job::Role::kSource, summary, out);
  append_section("nodes", job::Role::kTransform, summary, out);
  append_section("sinks", job::Role::kSink, summary, out);
  append_remarks("malformed_by_reason", summary, out, append_reasons);
  append_remarks("topic_differences", summary, out, append_differences);
  out += "}\n";
  return out;
}

std::vector<std::string> summary_lines(const RunSummary& summary) {
  std::vector<std::string> lines;
  for (const runtime::NodeStatus& status : summary.nodes) {
    std::string line = "  " + status.spec->name + ":";
    bool first = true;
    for (const auto& [term, count] : terms_of(status)) {
      // The first term is the sum of the others; of those only what happened is said.
      if (!first && count == 0) continue;
      line += (first ? " " : ", ") + std::string(term) + " " + std::to_string(count);
      first = false;
    }
    std::string reasons;
    for (const auto& [reason, count] : reasons_of(status)) {
      reasons +=
          (reasons.empty() ? " (" : ", ") + std::string(reason) + " " + std::to_string(count);
    }
    if (!reasons.empty()) line += reasons + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace leat::cli
