// From the job graph to what runs: how many subtasks each node has, which nodes are chained into
// one task, and how rows travel between tasks.
#pragma once

#include <cstdint>
#include <vector>

#include "core/job/graph.h"

namespace leat::job {

enum class Exchange {
  kForward,     // same subtask of the next node: a direct call within a vertex, else a ring
  kHash,        // by key group
  kRoundRobin,  // a batch to each subtask in turn
  kGather,      // many subtasks to one
};

struct PlanEdge {
  std::size_t from = 0;  // node
  std::size_t output = 0;
  std::size_t to = 0;  // node
  std::size_t input = 0;
  Exchange exchange = Exchange::kForward;
  // The sender's subtasks were fed round robin: the receiver reads them in the same turn, so that
  // the order of the stream is what it would be with one subtask.
  bool ordered = false;
};

// A vertex is a set of nodes joined by direct calls: one task for each subtask. The vertices form
// no cycle, so that full rings never wait for each other.
struct PlanVertex {
  std::vector<std::size_t> nodes;  // ascending, so in topological order
  std::int64_t parallelism = 1;
};

struct ExecutionPlan {
  std::vector<std::int64_t> parallelism;  // by node, as it runs
  std::vector<std::size_t> vertex_of;     // by node
  // By node: a source whose branches meet again in its own vertex. A batch that went down one
  // branch and then the other would meet itself in an order that depends on its size; so such a
  // source's rows go through one by one.
  std::vector<bool> row_by_row;
  std::vector<PlanEdge> edges;       // by receiving node, then input
  std::vector<PlanVertex> vertices;  // by their first node
  std::size_t slots = 1;             // the largest parallelism: subtask i runs in slot i
};

// Rules. Keyed nodes run with the parallelism they ask for and are fed by key group; sinks and
// windows over all run once. A stateless node with one input runs with the parallelism of its
// input, or, when its input runs once and its branches do not meet again, with its own, fed round
// robin and read back in order: so a larger parallelism never changes the order of the rows of a
// key. A union runs with the parallelism of its inputs if they have one in common and are not fed
// round robin, else once.
ExecutionPlan make_execution_plan(const JobGraph& graph);

// A source that ends by itself: a file read once, a generator with a count.
bool is_bounded(const NodeSpec& source);

// The key of a node that is fed by key group; null for the others.
const std::vector<expression::KeyPart>* key_of(const NodeSpec& node);

}  // namespace leat::job
