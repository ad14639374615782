#include "core/job/graph_builder.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

constexpr std::size_t kMaxNodes = 1'000;

std::string_view role_name(Role role) {
  switch (role) {
    case Role::kSource:
      return "source";
    case Role::kSink:
      return "sink";
    default:
      return "transform";
  }
}

std::string outputs_of(const NodeDraft& draft) {
  std::string list;
  const bool route = draft.is_type("route");
  for (const OutputSpec& output : draft.outputs) {
    if (output.name.empty() && route) continue;
    list += list.empty() ? "" : ", ";
    list += output.name.empty() ? draft.name : draft.name + '.' + output.name;
  }
  return list;
}

std::optional<std::size_t> find_output(const NodeDraft& draft, std::string_view name) {
  for (std::size_t i = 0; i < draft.outputs.size(); ++i) {
    if (draft.outputs[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace

data::SchemaPtr input_schema(const NodeContext& context, const NodeDraft& draft,
                             std::size_t input) {
  const NodeDraft::Input& from = draft.inputs[input];
  const NodeDraft& node = context.drafts[from.draft];
  const auto output = find_output(node, from.output);
  return output ? node.outputs[*output].schema : nullptr;
}

JobGraph GraphBuilder::build(const YamlNode& root) {
  if (!root.is_map()) {
    report_.error(root, describe(root) + "; expected a job: a map with name, sources and sinks");
    return {};
  }
  read_top(root);
  for (NodeDraft& draft : drafts_) resolve_inputs(draft);
  const std::vector<std::size_t> sequence = order();
  for (const std::size_t index : sequence) compile(drafts_[index]);
  check_unread();
  // With errors some nodes may be missing from the order; nobody gets to see that graph.
  if (sequence.size() == drafts_.size()) {
    assemble(sequence);
    const YamlNode* tests = root.find("tests");
    if (tests != nullptr && !tests->broken) {
      graph_.tests = read_tests(*tests, graph_, report_);
    }
  }
  return std::move(graph_);
}

void GraphBuilder::read_top(const YamlNode& root) {
  static const std::vector<std::string> kKeys{"name",       "settings", "sources",
                                              "transforms", "sinks",    "tests"};
  for (const YamlNode& child : root.children) {
    if (std::find(kKeys.begin(), kKeys.end(), child.key) != kKeys.end()) continue;
    report_.error(child.key_offset,
                  "unknown key " + quoted(child.key) + " of a job" + one_of(child.key, kKeys));
  }
  const YamlNode* name = root.find("name");
  if (name == nullptr) {
    if (!root.incomplete) report_.error(root, "the job has no \"name\"; expected name: some-name");
  } else if (!name->broken) {
    if (!name->is_scalar() || !is_name(name->text)) {
      report_.error(*name, describe(*name) +
                               " is no name for a job; expected letters, digits, _ "
                               "and -, at most 64");
    }
    const std::string why = name->plain ? surprise(name->text) : std::string();
    if (!why.empty()) report_.error(*name, why + "; quote it for a text");
    graph_.name = name->text;
  }
  graph_.settings = OptionReader::defaults(declarations_.settings);
  const YamlNode* settings = root.find("settings");
  if (settings != nullptr && !settings->broken) {
    if (settings->is_map()) {
      OptionReader reader(report_, graph_.unbuilt);
      graph_.settings = reader.read(*settings, declarations_.settings, "settings").options;
    } else {
      report_.error(*settings, describe(*settings) + " for \"settings\"; expected a map");
    }
  }
  default_parallelism_ = graph_.settings.integer("parallelism");
  default_delivery_ = graph_.settings.text("delivery");

  const std::size_t start = root.children.empty() ? root.offset : root.children[0].key_offset;
  for (const char* key : {"sources", "sinks"}) {
    if (root.find(key) == nullptr && !root.incomplete) {
      report_.error(start, "the job has no \"" + std::string(key) + "\"; expected at least one " +
                               std::string(key).substr(0, std::string(key).size() - 1));
    }
  }
  read_nodes(root.find("sources"), Role::kSource, declarations_.sources);
  read_nodes(root.find("transforms"), Role::kTransform, declarations_.transforms);
  read_nodes(root.find("sinks"), Role::kSink, declarations_.sinks);
}

void GraphBuilder::read_nodes(const YamlNode* section, Role role,
                              const std::vector<TypeDeclaration>& types) {
  if (section == nullptr) return;
  const bool none = section->is_null() || (section->is_map() && section->children.empty());
  if (none && role == Role::kTransform && !section->incomplete) return;
  nodes_unknown_ = nodes_unknown_ || !section->is_map() || section->broken || section->incomplete;
  if (section->broken || (none && section->incomplete)) return;
  if (none || !section->is_map()) {
    report_.error(*section, describe(*section) + " for " + quoted(section->key) +
                                "; expected a map of names: " + std::string(role_name(role)) +
                                "s, at least one");
    return;
  }
  for (const YamlNode& child : section->children) {
    if (drafts_.size() == kMaxNodes) {
      report_.error(child.key_offset, "more than 1000 nodes; expected fewer");
      nodes_unknown_ = true;
      return;
    }
    read_node(child, role, types);
  }
}

void GraphBuilder::read_node(const YamlNode& node, Role role,
                             const std::vector<TypeDeclaration>& types) {
  NodeDraft draft;
  draft.name = node.key;
  draft.role = role;
  draft.node = &node;
  if (!is_name(node.key)) {
    report_.error(node.key_offset, quoted(node.key) +
                                       " is no name for a node; expected letters, "
                                       "digits, _ and -, at most 64");
  }
  const auto [found, inserted] = by_name_.emplace(node.key, drafts_.size());
  if (!inserted) {
    const NodeDraft& other = drafts_[found->second];
    report_.error(node.key_offset, "there is a " + other.what() + " already (line " +
                                       std::to_string(report_.place(other.node->key_offset).line) +
                                       "); expected names that differ");
  }
  std::vector<std::string> names;
  for (const TypeDeclaration& type : types) names.push_back(type.name);
  const YamlNode* type = node.is_map() ? node.find("type") : nullptr;
  if (node.broken || (type != nullptr && type->broken)) {
    draft.broken = true;
  } else if (!node.is_map()) {
    report_.error(node, describe(node) + " for " + draft.what() + "; expected a map with its type");
    draft.broken = true;
  } else if (type == nullptr) {
    if (!node.incomplete) {
      report_.error(node.key_offset, draft.what() + " has no \"type\"" + one_of("", names));
    }
    draft.broken = true;
  } else {
    const auto known = std::find_if(types.begin(), types.end(), [&](const TypeDeclaration& t) {
      return type->is_scalar() && t.name == type->text;
    });
    if (known == types.end()) {
      report_.error(*type, describe(*type) + " is no type of a " + std::string(role_name(role)) +
                               one_of(type->text, names));
      draft.broken = true;
    } else {
      draft.type = &*known;
      const std::string taken[] = {"type"};
      OptionReader reader(report_, graph_.unbuilt);
      draft.section = reader.read(node, known->options, draft.what(), taken);
      if (!known->is_built) {
        const SourceText::Place place = report_.place(type->offset);
        graph_.unbuilt.push_back(
            {place.line, place.column,
             std::string(role_name(role)) + " type " + quoted(known->name) + " of " + draft.name});
      }
    }
  }
  drafts_.push_back(std::move(draft));
}

void GraphBuilder::resolve_inputs(NodeDraft& draft) {
  const YamlNode* inputs = draft.section.find("inputs");
  if (inputs == nullptr) {
    draft.broken = draft.broken || draft.role != Role::kSource;
    return;
  }
  for (const YamlNode& item : inputs->children) resolve_input(draft, item);
}

void GraphBuilder::resolve_input(NodeDraft& draft, const YamlNode& item) {
  const std::size_t dot = item.text.find('.');
  const std::string name = item.text.substr(0, dot);
  const std::string output = dot == std::string::npos ? "" : item.text.substr(dot + 1);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    std::vector<std::string> names;
    for (const NodeDraft& other : drafts_) {
      if (other.role != Role::kSink && &other != &draft) names.push_back(other.name);
    }
    if (!nodes_unknown_) {
      report_.error(item, "there is no node " + quoted(name) + one_of(name, names));
    }
    draft.broken = true;
    return;
  }
  const NodeDraft& target = drafts_[found->second];
  if (target.role != Role::kSink) {
    draft.inputs.push_back({&item, found->second, output});
    return;
  }
  draft.broken = true;
  if (output == "errors" && draft.role == Role::kSink) {
    const SourceText::Place place = report_.place(item.offset);
    graph_.unbuilt.push_back({place.line, place.column, "reading " + quoted(item.text)});
  } else {
    report_.error(item, quoted(name) +
                            " is a sink, which nothing can read; expected a source or "
                            "a transform");
  }
}

// Kahn's algorithm; the first in the file goes first.
std::vector<std::size_t> GraphBuilder::order() {
  std::vector<std::size_t> open(drafts_.size());
  std::vector<std::vector<std::size_t>> readers(drafts_.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    open[i] = drafts_[i].inputs.size();
    for (const NodeDraft::Input& input : drafts_[i].inputs) readers[input.draft].push_back(i);
    if (open[i] == 0) ready.push_back(i);
  }
  std::make_heap(ready.begin(), ready.end(), std::greater<>());
  std::vector<std::size_t> sequence;
  while (!ready.empty()) {
    std::pop_heap(ready.begin(), ready.end(), std::greater<>());
    const std::size_t next = ready.back();
    ready.pop_back();
    sequence.push_back(next);
    for (const std::size_t reader : readers[next]) {
      if (--open[reader] > 0) continue;
      ready.push_back(reader);
      std::push_heap(ready.begin(), ready.end(), std::greater<>());
    }
  }
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (open[i] > 0) waiting.push_back(i);
  }
  if (!waiting.empty()) report_cycle(std::move(waiting));
  return sequence;
}

// Every waiting node reads a waiting node: walking back from any of them ends in a cycle.
void GraphBuilder::report_cycle(std::vector<std::size_t> waiting) {
  const auto is_waiting = [&](std::size_t node) {
    return std::find(waiting.begin(), waiting.end(), node) != waiting.end();
  };
  while (!waiting.empty()) {
    std::vector<std::size_t> path{waiting.front()};
    std::vector<bool> seen(drafts_.size(), false);
    const NodeDraft::Input* back = nullptr;
    while (!seen[path.back()]) {
      seen[path.back()] = true;
      back = nullptr;
      for (const NodeDraft::Input& input : drafts_[path.back()].inputs) {
        if (is_waiting(input.draft)) back = &input;
      }
      if (back == nullptr) break;  // it only read a cycle that is reported already
      path.push_back(back->draft);
    }
    if (back != nullptr) {
      const auto begin = std::find(path.begin(), path.end(), path.back());
      std::string text;
      for (auto node = path.end() - 1; node > begin; --node) text += drafts_[*node].name + " -> ";
      report_.error(*back->node, "a cycle: " + text + drafts_[path.back()].name +
                                     "; expected a graph without one");
    }
    for (const std::size_t node : path) {
      waiting.erase(std::remove(waiting.begin(), waiting.end(), node), waiting.end());
    }
  }
}

bool GraphBuilder::check_input(const NodeDraft& draft, const NodeDraft::Input& input) {
  NodeDraft& target = drafts_[input.draft];
  const auto output = find_output(target, input.output);
  if (!output && !target.outputs_known) {
    if (target.outputs.empty()) target.outputs.push_back({"", nullptr});
    if (!find_output(target, input.output)) target.outputs.push_back({input.output, nullptr});
    return true;
  }
  if (output && !(input.output.empty() && target.is_type("route"))) return true;
  std::string what = quoted(target.name) + " is a route, whose rows leave by named outputs";
  if (!output) what = target.what() + " has no output " + quoted(input.output);
  report_.error(*input.node, what + "; expected one of " + outputs_of(target));
  static_cast<void>(draft);
  return false;
}

void GraphBuilder::compile(NodeDraft& draft) {
  for (const NodeDraft::Input& input : draft.inputs) {
    if (!check_input(draft, input)) draft.broken = true;
  }
  if (draft.type == nullptr || draft.broken) return;
  check_parallelism(draft);
  NodeContext context{report_, expressions_, graph_.unbuilt, drafts_, default_delivery_};
  switch (draft.role) {
    case Role::kSource:
      return build_source(context, draft);
    case Role::kSink:
      return build_sink(context, draft);
    default:
      return build_transform(context, draft);
  }
}

void GraphBuilder::check_parallelism(NodeDraft& draft) {
  const Options& options = draft.section.options;
  const bool given = options.given("parallelism");
  const bool one_for_all =
      (draft.is_type("window") || draft.is_type("reduce")) && draft.node->find("key_by") == nullptr;
  draft.parallelism = draft.role == Role::kTransform && !one_for_all ? default_parallelism_ : 1;
  if (!given) return;
  draft.parallelism = options.integer("parallelism");
  const YamlNode& node = *draft.section.find("parallelism");
  if (draft.parallelism == 1) return;
  if (one_for_all) {
    report_.error(node, "parallelism " + node.text + " of " + draft.what() +
                            ", which has no key_by: it is one for all; expected 1");
  } else if (draft.role == Role::kSink || (draft.role == Role::kSource && !draft.is_type("mqtt"))) {
    const SourceText::Place place = report_.place(node.offset);
    graph_.unbuilt.push_back(
        {place.line, place.column, "parallelism " + node.text + " of " + draft.what()});
  }
}

void GraphBuilder::check_unread() {
  std::vector<bool> read(drafts_.size(), false);
  for (const NodeDraft& draft : drafts_) {
    for (const NodeDraft::Input& input : draft.inputs) {
      const bool main = input.output.empty() || drafts_[input.draft].is_type("route");
      if (main || !drafts_[input.draft].outputs_known) read[input.draft] = true;
    }
  }
  if (report_.errors() > 0) return;  // a misspelt input would be blamed twice
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (drafts_[i].role == Role::kSink || read[i]) continue;
    report_.warning(drafts_[i].node->key_offset,
                    "nothing reads " + drafts_[i].what() + "; its rows are counted and dropped");
  }
}

void GraphBuilder::assemble(const std::vector<std::size_t>& sequence) {
  std::vector<std::size_t> position(drafts_.size());
  for (const std::size_t index : sequence) {
    NodeDraft& draft = drafts_[index];
    position[index] = graph_.nodes.size();
    NodeSpec spec;
    spec.name = draft.name;
    spec.role = draft.role;
    spec.type = draft.type != nullptr ? draft.type->name : std::string();
    for (const NodeDraft::Input& input : draft.inputs) {
      const auto output = find_output(drafts_[input.draft], input.output);
      spec.inputs.push_back({position[input.draft], output.value_or(0)});
    }
    spec.outputs = draft.outputs;
    spec.parallelism = draft.parallelism;
    if (draft.section.options.text_or("on_error", "skip") == "fail") {
      spec.on_error = operators::OnError::kFail;
    }
    spec.config = std::move(draft.config);
    const SourceText::Place place = report_.place(draft.node->key_offset);
    spec.line = place.line;
    spec.column = place.column;
    graph_.nodes.push_back(std::move(spec));
  }
}

}  // namespace leat::job
