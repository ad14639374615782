#include "core/job/execution_plan.h"

#include <algorithm>
#include <numeric>

namespace leat::job {
namespace {

class Planner {
 public:
  explicit Planner(const JobGraph& graph) : graph_(graph), round_robin_(graph.nodes.size(), false) {
    plan_.parallelism.resize(graph.nodes.size(), 1);
  }

  ExecutionPlan run() {
    find_joins();
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      place(node);
      for (std::size_t input = 0; input < graph_.nodes[node].inputs.size(); ++input) {
        connect(node, input);
      }
    }
    group();
    find_rows_by_rows();
    plan_.slots = static_cast<std::size_t>(
        *std::max_element(plan_.parallelism.begin(), plan_.parallelism.end()));
    return std::move(plan_);
  }

 private:
  void place(std::size_t index) {
    const NodeSpec& node = graph_.nodes[index];
    std::int64_t& parallelism = plan_.parallelism[index];
    if (node.role == Role::kSource) {
      parallelism = node.parallelism;
    } else if (key_of(node) != nullptr) {
      parallelism = node.parallelism;
    } else if (node.role == Role::kSink ||
               std::holds_alternative<windows::WindowConfig>(node.config)) {
      parallelism = 1;
    } else if (node.inputs.size() == 1) {
      const std::size_t input = node.inputs[0].node;
      const std::int64_t from = plan_.parallelism[input];
      parallelism = from > 1 ? from : feeds_join_[index] ? 1 : node.parallelism;
      round_robin_[index] = from == 1 ? parallelism > 1 : round_robin_[input];
    } else {
      parallelism = common_parallelism(node);
    }
  }

  // Nodes whose rows meet those of another branch before anything keyed takes them.
  void find_joins() {
    const std::size_t count = graph_.nodes.size();
    feeds_join_.resize(count, false);
    for (std::size_t reader = count; reader-- > 0;) {
      const NodeSpec& node = graph_.nodes[reader];
      const bool passes_on = node.role == Role::kTransform && key_of(node) == nullptr;
      const bool joins = node.inputs.size() > 1 || (passes_on && feeds_join_[reader]);
      for (const InputRef& input : node.inputs) {
        feeds_join_[input.node] = feeds_join_[input.node] || joins;
      }
    }
  }

  void find_rows_by_rows() {
    const std::size_t count = graph_.nodes.size();
    plan_.row_by_row.resize(count, false);
    for (std::size_t source = 0; source < count; ++source) {
      if (graph_.nodes[source].role != Role::kSource) continue;
      std::vector<bool> reached(count, false);
      reached[source] = true;
      for (std::size_t node = source + 1; node < count; ++node) {
        if (plan_.vertex_of[node] != plan_.vertex_of[source]) continue;
        std::size_t branches = 0;
        for (const InputRef& input : graph_.nodes[node].inputs) {
          branches += reached[input.node] ? 1 : 0;
        }
        reached[node] = branches > 0;
        if (branches > 1) plan_.row_by_row[source] = true;
      }
    }
  }

  std::int64_t common_parallelism(const NodeSpec& node) const {
    const std::int64_t first = plan_.parallelism[node.inputs[0].node];
    for (const InputRef& input : node.inputs) {
      if (plan_.parallelism[input.node] != first || round_robin_[input.node]) return 1;
    }
    return first;
  }

  void connect(std::size_t index, std::size_t input) {
    const NodeSpec& node = graph_.nodes[index];
    const InputRef from = node.inputs[input];
    PlanEdge edge;
    edge.from = from.node;
    edge.output = from.output;
    edge.to = index;
    edge.input = input;
    const std::int64_t senders = plan_.parallelism[from.node];
    const std::int64_t receivers = plan_.parallelism[index];
    const bool keyed = key_of(node) != nullptr;
    if (senders == receivers && (!keyed || receivers == 1)) {
      edge.exchange = Exchange::kForward;
    } else if (receivers == 1) {
      edge.exchange = Exchange::kGather;
    } else {
      edge.exchange = keyed ? Exchange::kHash : Exchange::kRoundRobin;
    }
    edge.ordered = edge.exchange != Exchange::kForward && round_robin_[from.node];
    plan_.edges.push_back(edge);
  }

  std::size_t root(std::size_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

  void reset_groups() {
    parent_.resize(graph_.nodes.size());
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  // Every forward edge is a direct call. Rings between tasks could then lead out of a vertex and
  // back into it, and two full rings would wait for each other: the caller checks.
  void chain_all() {
    reset_groups();
    for (const PlanEdge& edge : plan_.edges) {
      if (edge.exchange == Exchange::kForward) join(edge.from, edge.to);
    }
  }

  // A node joins a vertex only when all its inputs are in there: rings lead to the first node of a
  // vertex only, so there is no way back.
  void chain_single_headed() {
    reset_groups();
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      bool joins = !graph_.nodes[node].inputs.empty();
      for (const PlanEdge& edge : plan_.edges) {
        if (edge.to != node) continue;
        joins = joins && edge.exchange == Exchange::kForward &&
                root(edge.from) == root(graph_.nodes[node].inputs[0].node);
      }
      if (joins) join(graph_.nodes[node].inputs[0].node, node);
    }
  }

  bool has_cycle() {
    const std::size_t count = graph_.nodes.size();
    std::vector<std::size_t> waits_for(count, 0);
    for (const PlanEdge& edge : plan_.edges) {
      if (root(edge.from) != root(edge.to)) ++waits_for[root(edge.to)];
    }
    std::vector<std::size_t> ready;
    std::size_t roots = 0;
    for (std::size_t node = 0; node < count; ++node) {
      if (root(node) != node) continue;
      ++roots;
      if (waits_for[node] == 0) ready.push_back(node);
    }
    for (; !ready.empty(); --roots) {
      const std::size_t vertex = ready.back();
      ready.pop_back();
      for (const PlanEdge& edge : plan_.edges) {
        const std::size_t to = root(edge.to);
        if (root(edge.from) == vertex && to != vertex && --waits_for[to] == 0) ready.push_back(to);
      }
    }
    return roots != 0;
  }

  void group() {
    const std::size_t count = graph_.nodes.size();
    chain_all();
    if (has_cycle()) chain_single_headed();
    plan_.vertex_of.resize(count);
    std::vector<std::size_t> vertex_of_root(count, count);
    for (std::size_t node = 0; node < count; ++node) {
      std::size_t& vertex = vertex_of_root[root(node)];
      if (vertex == count) {
        vertex = plan_.vertices.size();
        plan_.vertices.push_back({{}, plan_.parallelism[node]});
      }
      plan_.vertex_of[node] = vertex;
      plan_.vertices[vertex].nodes.push_back(node);
    }
  }

  const JobGraph& graph_;
  ExecutionPlan plan_;
  std::vector<bool> feeds_join_;   // by node
  std::vector<bool> round_robin_;  // by node: its subtasks see the stream's batches in turn
  std::vector<std::size_t> parent_;
};

}  // namespace

bool is_bounded(const NodeSpec& source) {
  const auto* config = std::get_if<SourceConfig>(&source.config);
  if (config == nullptr) return false;
  if (source.type == "file") return config->options.text_or("read", "once") == "once";
  return source.type == "generator" && config->options.has("count");
}

const std::vector<expression::KeyPart>* key_of(const NodeSpec& node) {
  if (const auto* window = std::get_if<windows::WindowConfig>(&node.config)) {
    return window->key.empty() ? nullptr : &window->key;
  }
  if (const auto* reduce = std::get_if<operators::ReduceConfig>(&node.config)) {
    return reduce->key.empty() ? nullptr : &reduce->key;
  }
  return nullptr;
}

ExecutionPlan make_execution_plan(const JobGraph& graph) { return Planner(graph).run(); }

}  // namespace leat::job
