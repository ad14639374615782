// How a run ended, as JSON for programs and as lines for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/task_manager/local_job.h"

namespace leat::cli {

struct RunSummary {
  task_manager::JobState state = task_manager::JobState::kCreated;
  std::int64_t duration_ms = 0;
  std::vector<runtime::NodeStatus> nodes;
};

// {"state", "duration_ms", "sources": {name: ledger}, "nodes": {...}, "sinks": {...}}, and where
// there was any: "malformed_by_reason": {source: {reason: count}}, "topic_differences": {source:
// count}.
std::string summary_json(const RunSummary& summary);
// A line a node, for standard error.
std::vector<std::string> summary_lines(const RunSummary& summary);

}  // namespace leat::cli
