#include "agent/wiring/node_factory.h"

#include "agent/wiring/builders.h"

namespace leat::wiring {
namespace {

template <class Build>
struct Entry {
  std::string_view type;
  Build build;
};

constexpr Entry<SourceBuilder> kSources[] = {
    {"generator", build_generator_source},
    {"file", build_file_source},
    {"socket", build_socket_source},
    {"mqtt", build_mqtt_source},
};
constexpr Entry<SinkBuilder> kSinks[] = {
    {"stdout", build_stdout_sink},
    {"file", build_file_sink},
    {"sqlite", build_sqlite_sink},
    {"mqtt", build_mqtt_sink},
};
constexpr Entry<OperatorBuilder> kOperators[] = {
    {"filter", build_filter}, {"map", build_map},     {"flat_map", build_flat_map},
    {"route", build_route},   {"union", build_union}, {"reduce", build_reduce},
    {"window", build_window},
};

template <class Build, std::size_t N>
Result<Build> find(const Entry<Build> (&entries)[N], const job::NodeSpec& node,
                   std::string_view role) {
  for (const Entry<Build>& entry : entries) {
    if (entry.type == node.type) return entry.build;
  }
  return Error(ErrorCode::kUnsupported,
               std::string(role) + " type \"" + node.type + "\" is not built yet");
}

}  // namespace

Result<std::unique_ptr<ports::Source>> WiredNodeFactory::make_source(const job::NodeSpec& node,
                                                                     std::int64_t subtask) {
  LEAT_TRY_ASSIGN(const SourceBuilder build, find(kSources, node, "source"));
  return build(context_, node, std::get<job::SourceConfig>(node.config), subtask);
}

Result<std::unique_ptr<operators::Operator>> WiredNodeFactory::make_operator(
    const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) {
  LEAT_TRY_ASSIGN(const OperatorBuilder build, find(kOperators, node, "transform"));
  std::vector<data::SchemaPtr> outputs;
  for (const job::OutputSpec& output : node.outputs) outputs.push_back(output.schema);
  return build(node, inputs, std::move(outputs));
}

Result<std::unique_ptr<ports::Sink>> WiredNodeFactory::make_sink(const job::NodeSpec& node,
                                                                 const data::SchemaPtr& input) {
  LEAT_TRY_ASSIGN(const SinkBuilder build, find(kSinks, node, "sink"));
  return build(context_, node, std::get<job::SinkConfig>(node.config), input);
}

}  // namespace leat::wiring
