// From the tree of a job file to the JobGraph: nodes, their inputs, their order, then one after the
// other with the schemas of what they read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/declarations.h"
#include "core/job/expressions.h"
#include "core/job/graph.h"
#include "core/job/node_draft.h"
#include "core/job/option_reader.h"
#include "core/job/report.h"

namespace leat::job {

class GraphBuilder {
 public:
  GraphBuilder(const Declarations& declarations, Report& report)
      : declarations_(declarations), report_(report), expressions_(report) {}

  // Everything that is wrong goes to the report; without errors the graph is whole.
  JobGraph build(const YamlNode& root);

 private:
  // Drafts, inputs, order (graph_builder.cpp).
  void read_top(const YamlNode& root);
  void read_nodes(const YamlNode* section, Role role, const std::vector<TypeDeclaration>& types);
  void read_node(const YamlNode& node, Role role, const std::vector<TypeDeclaration>& types);
  void resolve_inputs(NodeDraft& draft);
  void resolve_input(NodeDraft& draft, const YamlNode& item);
  std::vector<std::size_t> order();
  void report_cycle(std::vector<std::size_t> waiting);
  void compile(NodeDraft& draft);
  bool check_input(const NodeDraft& draft, const NodeDraft::Input& input);
  void check_parallelism(NodeDraft& draft);
  void check_unread();
  void assemble(const std::vector<std::size_t>& order);

  const Declarations& declarations_;
  Report& report_;
  Expressions expressions_;
  JobGraph graph_;
  std::int64_t default_parallelism_ = 1;
  std::string default_delivery_ = "exactly_once";
  bool nodes_unknown_ = false;  // a section could not be read: names may be missing
  std::vector<NodeDraft> drafts_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

// What building one node needs of the rest.
struct NodeContext {
  Report& report;
  Expressions& expressions;
  std::vector<Unbuilt>& unbuilt;
  const std::vector<NodeDraft>& drafts;
  std::string default_delivery;
};

// The schema that an input of `draft` carries; null when it is not known.
data::SchemaPtr input_schema(const NodeContext& context, const NodeDraft& draft, std::size_t input);

// Each checks one draft whose section is fine, fills in its outputs and its config, and marks it
// broken after it has reported something.
void build_source(NodeContext& context, NodeDraft& draft);
void build_transform(NodeContext& context, NodeDraft& draft);
void build_window(NodeContext& context, NodeDraft& draft, const data::Schema& input);
void build_sink(NodeContext& context, NodeDraft& draft);

// The `tests` section, against the assembled graph.
std::vector<TestCase> read_tests(const YamlNode& tests, const JobGraph& graph, Report& report);

}  // namespace leat::job
