// What a job will do, before it does it: graph, chains, exchanges, and what each path promises.
#pragma once

#include <string>
#include <vector>

#include "core/job/execution_plan.h"
#include "core/job/graph.h"

namespace leat::job {

enum class Guarantee { kAtMostOnce, kAtLeastOnce, kExactlyOnce };
std::string_view to_string(Guarantee guarantee);  // "at_least_once", as the job file spells it

// One way from a source to a sink.
struct PathGuarantee {
  std::vector<std::size_t> nodes;  // source first
  Guarantee guarantee = Guarantee::kAtLeastOnce;
  std::vector<std::string> reasons;
};

// At most kMaxPaths of them: a graph of diamonds has exponentially many.
inline constexpr std::size_t kMaxPaths = 200;
std::vector<PathGuarantee> path_guarantees(const JobGraph& graph);

std::string explain_text(const JobGraph& graph, const ExecutionPlan& plan);
std::string explain_json(const JobGraph& graph, const ExecutionPlan& plan);

}  // namespace leat::job
