#include "core/job/execution_plan.h"

#include <gtest/gtest.h>

#include "core/job/explain.h"
#include "core/job/load.h"

namespace leat::job {
namespace {

JobGraph load(const std::string& yaml) {
  const LoadResult loaded =
      load_job(yaml, [](std::string_view) { return std::optional<std::string>(); });
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    ADD_FAILURE() << to_string(diagnostic, "job.yaml");
  }
  return loaded.graph.value();
}

std::size_t node(const JobGraph& graph, std::string_view name) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name) return i;
  }
  ADD_FAILURE() << name;
  return 0;
}

constexpr const char* kJob = R"(
name: plan
settings: { parallelism: 3 }
sources:
  in: { type: generator, count: 1 }
transforms:
  warm: { type: filter, inputs: [in], where: temperature > 20 }
  hot: { type: filter, inputs: [warm], where: temperature > 30 }
  w: { type: window, inputs: [hot], key_by: [id], window: { type: tumbling, size: 1m }, aggregate: { n: count(*) } }
  shown: { type: filter, inputs: [w], where: n > 1 }
  all: { type: window, inputs: [shown], window: { type: tumbling, size: 1m }, aggregate: { n: sum(n) } }
sinks:
  out: { type: stdout, inputs: [all] }
  rest: { type: stdout, inputs: [warm] }
)";

TEST(ExecutionPlan, ParallelismIsPlacedWhereOrderIsKept) {
  const JobGraph graph = load(kJob);
  const ExecutionPlan plan = make_execution_plan(graph);
  EXPECT_EQ(plan.slots, 3U);
  EXPECT_EQ(plan.parallelism[node(graph, "in")], 1);
  EXPECT_EQ(plan.parallelism[node(graph, "warm")], 3) << "fed round robin";
  EXPECT_EQ(plan.parallelism[node(graph, "w")], 3);
  EXPECT_EQ(plan.parallelism[node(graph, "shown")], 3) << "that of its input";
  EXPECT_EQ(plan.parallelism[node(graph, "all")], 1) << "no key";
  EXPECT_EQ(plan.vertex_of[node(graph, "warm")], plan.vertex_of[node(graph, "hot")]);
  EXPECT_EQ(plan.vertex_of[node(graph, "w")], plan.vertex_of[node(graph, "shown")]);
  for (const PlanEdge& edge : plan.edges) {
    const std::string to = graph.nodes[edge.to].name;
    if (to == "warm") {
      EXPECT_EQ(edge.exchange, Exchange::kRoundRobin);
    }
    if (to == "w") {
      EXPECT_EQ(edge.exchange, Exchange::kHash);
      EXPECT_TRUE(edge.ordered) << "the turn of the round robin is kept";
    }
    if (to == "all") {
      EXPECT_EQ(edge.exchange, Exchange::kGather);
      EXPECT_FALSE(edge.ordered);
    }
    if (to == "rest") {
      EXPECT_TRUE(edge.ordered);
    }
  }
}

TEST(ExecutionPlan, BranchesThatMeetAgainStayTogetherAndGoRowByRow) {
  const JobGraph graph = load(R"(
name: branches
settings: { parallelism: 3 }
sources:
  in: { type: generator, count: 1 }
  other: { type: generator, count: 1 }
transforms:
  warm: { type: filter, inputs: [in], where: temperature > 20 }
  hot: { type: filter, inputs: [warm], where: temperature > 30 }
  both: { type: union, inputs: [hot, in, other] }
sinks:
  out: { type: stdout, inputs: [both] }
)");
  const ExecutionPlan plan = make_execution_plan(graph);
  EXPECT_EQ(plan.slots, 1U);
  EXPECT_EQ(plan.parallelism[node(graph, "warm")], 1);
  EXPECT_TRUE(plan.row_by_row[node(graph, "in")]);
  EXPECT_FALSE(plan.row_by_row[node(graph, "other")]) << "it meets others, never itself";
}

TEST(ExecutionPlan, WithOneSlotEverythingIsOneTask) {
  std::string yaml = kJob;
  yaml.replace(yaml.find("parallelism: 3"), 14, "parallelism: 1");
  const ExecutionPlan plan = make_execution_plan(load(yaml));
  EXPECT_EQ(plan.slots, 1U);
  EXPECT_EQ(plan.vertices.size(), 1U);
}

// in -> w (x2) -> back into a union beside in: chaining in and the union would let two full rings
// wait for each other.
TEST(ExecutionPlan, VerticesFormNoCycle) {
  const JobGraph graph = load(R"(
name: cycle
settings: { parallelism: 2 }
sources:
  in: { type: generator, count: 1 }
transforms:
  w: { type: window, inputs: [in], key_by: [id], window: { type: tumbling, size: 1m }, aggregate: { temperature: max(temperature) } }
  same: { type: map, inputs: [w], set: { ts: window_start }, keep: [id, temperature, ts] }
  plain: { type: map, inputs: [in], keep: [id, temperature, ts] }
  again: { type: map, inputs: [plain], keep: [id, temperature, ts], parallelism: 1 }
  one: { type: union, inputs: [same, again] }
sinks:
  out: { type: stdout, inputs: [one] }
)");
  const ExecutionPlan plan = make_execution_plan(graph);
  // Every edge between vertices leads to a later one in some order: try to remove them all.
  std::vector<std::size_t> waits(plan.vertices.size(), 0);
  for (const PlanEdge& edge : plan.edges) {
    if (plan.vertex_of[edge.from] != plan.vertex_of[edge.to]) ++waits[plan.vertex_of[edge.to]];
  }
  std::vector<bool> done(plan.vertices.size(), false);
  for (std::size_t round = 0; round < plan.vertices.size(); ++round) {
    for (std::size_t vertex = 0; vertex < plan.vertices.size(); ++vertex) {
      if (done[vertex] || waits[vertex] != 0) continue;
      done[vertex] = true;
      for (const PlanEdge& edge : plan.edges) {
        const std::size_t to = plan.vertex_of[edge.to];
        if (plan.vertex_of[edge.from] == vertex && to != vertex) --waits[to];
      }
    }
  }
  for (std::size_t vertex = 0; vertex < done.size(); ++vertex) EXPECT_TRUE(done[vertex]) << vertex;
}

TEST(Explain, SaysWhatEachPathPromisesAndWhy) {
  const JobGraph graph = load(R"(
name: paths
sources:
  in: { type: socket, connect: "localhost:1", format: text }
  gen: { type: generator, count: 1 }
sinks:
  out: { type: stdout, inputs: [in] }
  file: { type: file, inputs: [gen], path: x, delivery: at_least_once }
)");
  const auto paths = path_guarantees(graph);
  ASSERT_EQ(paths.size(), 2U);
  for (const PathGuarantee& path : paths) {
    const bool socket = graph.nodes[path.nodes.front()].type == "socket";
    EXPECT_EQ(path.guarantee, socket ? Guarantee::kAtMostOnce : Guarantee::kAtLeastOnce);
    EXPECT_FALSE(path.reasons.empty());
  }
  const std::string text = explain_text(graph, make_execution_plan(graph));
  EXPECT_NE(text.find("in -> out: at_most_once"), std::string::npos) << text;
  EXPECT_NE(text.find("gen -> file: at_least_once"), std::string::npos) << text;
}

TEST(Explain, AGraphOfDiamondsIsBounded) {
  std::string yaml = "name: diamonds\nsources:\n  n0: { type: generator, count: 1 }\ntransforms:\n";
  for (int i = 0; i < 40; ++i) {
    const std::string from = "n" + std::to_string(i);
    yaml += "  a" + std::to_string(i) + ": { type: filter, inputs: [" + from +
            "], where: temperature > 1 }\n";
    yaml += "  b" + std::to_string(i) + ": { type: filter, inputs: [" + from +
            "], where: temperature > 2 }\n";
    yaml += "  n" + std::to_string(i + 1) + ": { type: union, inputs: [a" + std::to_string(i) +
            ", b" + std::to_string(i) + "] }\n";
  }
  yaml += "sinks:\n  out: { type: stdout, inputs: [n40] }\n";
  EXPECT_EQ(path_guarantees(load(yaml)).size(), kMaxPaths);
}

}  // namespace
}  // namespace leat::job
