#include "core/job/explain.h"

#include <algorithm>

#include "core/base/text.h"

namespace leat::job {
namespace {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::kSource:
      return "source";
    case Role::kTransform:
      return "transform";
    case Role::kSink:
      return "sink";
  }
  return "node";
}

std::string_view exchange_name(Exchange exchange) {
  switch (exchange) {
    case Exchange::kForward:
      return "forward";
    case Exchange::kHash:
      return "hash by key group";
    case Exchange::kRoundRobin:
      return "round robin";
    case Exchange::kGather:
      return "gather";
  }
  return "exchange";
}

std::string output_name(const JobGraph& graph, std::size_t node, std::size_t output) {
  const OutputSpec& spec = graph.nodes[node].outputs[output];
  return spec.name.empty() ? graph.nodes[node].name : graph.nodes[node].name + "." + spec.name;
}

std::string schema_text(const data::Schema& schema) {
  std::string text;
  for (const data::Field& field : schema.fields()) {
    if (!text.empty()) text += ", ";
    text += field.name + " " + data::to_string(field.type);
  }
  return text;
}

std::string joined(const JobGraph& graph, const std::vector<std::size_t>& nodes) {
  std::string text;
  for (const std::size_t node : nodes) {
    if (!text.empty()) text += " -> ";
    text += graph.nodes[node].name;
  }
  return text;
}

class PathFinder {
 public:
  explicit PathFinder(const JobGraph& graph) : graph_(graph), readers_(graph.nodes.size()) {
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      for (const InputRef& input : graph.nodes[node].inputs) readers_[input.node].push_back(node);
    }
    reaches_sink_.resize(graph.nodes.size(), false);
    for (std::size_t node = graph.nodes.size(); node-- > 0;) {
      if (graph.nodes[node].role == Role::kSink) reaches_sink_[node] = true;
      if (!reaches_sink_[node]) continue;
      for (const InputRef& input : graph.nodes[node].inputs) reaches_sink_[input.node] = true;
    }
  }

  std::vector<PathGuarantee> find() {
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      if (graph_.nodes[node].role == Role::kSource) walk(node);
    }
    return std::move(paths_);
  }

 private:
  void walk(std::size_t node) {
    path_.push_back(node);
    if (graph_.nodes[node].role == Role::kSink && paths_.size() < kMaxPaths)
      paths_.push_back(judge());
    for (const std::size_t reader : readers_[node]) {
      if (paths_.size() < kMaxPaths && reaches_sink_[reader]) walk(reader);
    }
    path_.pop_back();
  }

  PathGuarantee judge() const {
    const NodeSpec& source = graph_.nodes[path_.front()];
    const NodeSpec& sink = graph_.nodes[path_.back()];
    PathGuarantee path;
    path.nodes = path_;
    if (source.type == "socket") {
      path.guarantee = Guarantee::kAtMostOnce;
      path.reasons.push_back("source " + source.name +
                             ": a socket cannot be asked again for what was lost on the way");
    } else if (source.type == "mqtt") {
      path.reasons.push_back("source " + source.name +
                             ": a message is acknowledged after the job has taken it; the broker "
                             "repeats what was not acknowledged");
    } else {
      path.reasons.push_back("source " + source.name + ": a new run reads it from the start");
    }
    const auto* config = std::get_if<SinkConfig>(&sink.config);
    if (config == nullptr) {
      path.reasons.push_back("sink " + sink.name + ": type " + sink.type + " is not built yet");
    } else if (config->exactly_once) {
      path.reasons.push_back("sink " + sink.name +
                             ": exactly_once is asked for and not built yet; rows are shown at "
                             "once, as at_least_once");
    } else {
      path.reasons.push_back("sink " + sink.name + ": rows are shown at once");
    }
    path.reasons.push_back(
        "state is in memory: what is in an open window is lost when the process is killed");
    return path;
  }

  const JobGraph& graph_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<bool> reaches_sink_;  // no walk into a dead end
  std::vector<std::size_t> path_;
  std::vector<PathGuarantee> paths_;
};

void append_nodes(const JobGraph& graph, const ExecutionPlan& plan, std::string& out) {
  out += "nodes\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const NodeSpec& node = graph.nodes[i];
    out += "  " + node.name + "  " + std::string(role_name(node.role)) + " " + node.type;
    if (!node.inputs.empty()) {
      out += "  from";
      for (const InputRef& input : node.inputs) {
        out += " " + output_name(graph, input.node, input.output);
      }
    }
    if (plan.parallelism[i] > 1) out += "  x" + std::to_string(plan.parallelism[i]);
    out += "\n";
    if (node.role != Role::kSink) out += "      " + schema_text(*node.outputs[0].schema) + "\n";
    if (plan.parallelism[i] != node.parallelism && node.role == Role::kTransform) {
      out += "      runs with parallelism " + std::to_string(plan.parallelism[i]) +
             " so that the order of its input is kept\n";
    }
  }
}

void append_plan(const JobGraph& graph, const ExecutionPlan& plan, std::string& out) {
  out += "\ntasks (" + std::to_string(plan.slots) + (plan.slots == 1 ? " slot)\n" : " slots)\n");
  for (const PlanVertex& vertex : plan.vertices) {
    out += "  [";
    for (std::size_t i = 0; i < vertex.nodes.size(); ++i) {
      if (i > 0) out += ", ";
      out += graph.nodes[vertex.nodes[i]].name;
    }
    out += "] x" + std::to_string(vertex.parallelism) + "\n";
  }
  for (const PlanEdge& edge : plan.edges) {
    if (plan.vertex_of[edge.from] == plan.vertex_of[edge.to]) continue;
    out += "  " + output_name(graph, edge.from, edge.output) + " -> " + graph.nodes[edge.to].name +
           ": " + std::string(exchange_name(edge.exchange)) +
           (edge.ordered ? ", in order\n" : "\n");
  }
}

void append_json_strings(const std::vector<std::string>& texts, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    base::append_json_string(out, texts[i]);
  }
  out += ']';
}

std::vector<std::string> names_of(const JobGraph& graph, const std::vector<std::size_t>& nodes) {
  std::vector<std::string> names;
  for (const std::size_t node : nodes) names.push_back(graph.nodes[node].name);
  return names;
}

void append_node_json(const JobGraph& graph, const ExecutionPlan& plan, std::size_t index,
                      std::string& out) {
  const NodeSpec& node = graph.nodes[index];
  out += "{\"name\":";
  base::append_json_string(out, node.name);
  out += ",\"role\":\"" + std::string(role_name(node.role)) + "\",\"type\":";
  base::append_json_string(out, node.type);
  out += ",\"parallelism\":" + std::to_string(plan.parallelism[index]) + ",\"inputs\":";
  std::vector<std::string> inputs;
  for (const InputRef& input : node.inputs) {
    inputs.push_back(output_name(graph, input.node, input.output));
  }
  append_json_strings(inputs, out);
  out += ",\"fields\":{";
  if (node.role != Role::kSink) {
    bool first = true;
    for (const data::Field& field : node.outputs[0].schema->fields()) {
      if (!first) out += ',';
      first = false;
      base::append_json_string(out, field.name);
      out += ":\"" + data::to_string(field.type) + "\"";
    }
  }
  out += "}}";
}

}  // namespace

std::string_view to_string(Guarantee guarantee) {
  switch (guarantee) {
    case Guarantee::kAtMostOnce:
      return "at_most_once";
    case Guarantee::kAtLeastOnce:
      return "at_least_once";
    case Guarantee::kExactlyOnce:
      return "exactly_once";
  }
  return "unknown";
}

std::vector<PathGuarantee> path_guarantees(const JobGraph& graph) {
  return PathFinder(graph).find();
}

std::string explain_text(const JobGraph& graph, const ExecutionPlan& plan) {
  std::string out = "job " + graph.name + "\n\n";
  append_nodes(graph, plan, out);
  append_plan(graph, plan, out);
  out += "\ndelivery\n";
  for (const PathGuarantee& path : path_guarantees(graph)) {
    out += "  " + joined(graph, path.nodes) + ": " + std::string(to_string(path.guarantee)) + "\n";
    for (const std::string& reason : path.reasons) out += "      " + reason + "\n";
  }
  if (!graph.unbuilt.empty()) {
    out += "\nnot built yet: `leat run` refuses this job\n";
    for (const Unbuilt& unbuilt : graph.unbuilt) {
      out += "  line " + std::to_string(unbuilt.line) + ": " + unbuilt.what + "\n";
    }
  }
  return out;
}

std::string explain_json(const JobGraph& graph, const ExecutionPlan& plan) {
  std::string out = "{\"name\":";
  base::append_json_string(out, graph.name);
  out += ",\"slots\":" + std::to_string(plan.slots) + ",\"nodes\":[";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (i > 0) out += ',';
    append_node_json(graph, plan, i, out);
  }
  out += "],\"tasks\":[";
  for (std::size_t i = 0; i < plan.vertices.size(); ++i) {
    if (i > 0) out += ',';
    out += "{\"parallelism\":" + std::to_string(plan.vertices[i].parallelism) + ",\"nodes\":";
    append_json_strings(names_of(graph, plan.vertices[i].nodes), out);
    out += '}';
  }
  out += "],\"paths\":[";
  bool first = true;
  for (const PathGuarantee& path : path_guarantees(graph)) {
    if (!first) out += ',';
    first = false;
    out += "{\"nodes\":";
    append_json_strings(names_of(graph, path.nodes), out);
    out += ",\"delivery\":\"" + std::string(to_string(path.guarantee)) + "\",\"reasons\":";
    append_json_strings(path.reasons, out);
    out += '}';
  }
  out += "],\"unbuilt\":";
  std::vector<std::string> unbuilt;
  for (const Unbuilt& entry : graph.unbuilt) unbuilt.push_back(entry.what);
  append_json_strings(unbuilt, out);
  out += "}\n";
  return out;
}

}  // namespace leat::job
