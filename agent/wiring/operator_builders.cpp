#include "agent/wiring/builders.h"
#include "core/operators/filter.h"
#include "core/operators/flat_map.h"
#include "core/operators/map.h"
#include "core/operators/reduce.h"
#include "core/operators/route.h"
#include "core/operators/union.h"
#include "core/windows/window_operator.h"

namespace leat::wiring {

using operators::Operator;

OperatorResult build_filter(const job::NodeSpec& node, const Schemas& /*inputs*/, Schemas outputs) {
  return std::unique_ptr<Operator>(std::make_unique<operators::Filter>(
      std::get<operators::FilterConfig>(node.config), std::move(outputs), node.on_error));
}

OperatorResult build_map(const job::NodeSpec& node, const Schemas& /*inputs*/, Schemas outputs) {
  return std::unique_ptr<Operator>(std::make_unique<operators::Map>(
      std::get<operators::MapConfig>(node.config), std::move(outputs), node.on_error));
}

OperatorResult build_flat_map(const job::NodeSpec& node, const Schemas& /*inputs*/,
                              Schemas outputs) {
  return std::unique_ptr<Operator>(std::make_unique<operators::FlatMap>(
      std::get<operators::FlatMapConfig>(node.config), std::move(outputs)));
}

OperatorResult build_route(const job::NodeSpec& node, const Schemas& /*inputs*/, Schemas outputs) {
  return std::unique_ptr<Operator>(std::make_unique<operators::Route>(
      std::get<operators::RouteConfig>(node.config), std::move(outputs), node.on_error));
}

OperatorResult build_union(const job::NodeSpec& node, const Schemas& /*inputs*/, Schemas outputs) {
  return std::unique_ptr<Operator>(std::make_unique<operators::Union>(
      std::get<operators::UnionConfig>(node.config), std::move(outputs)));
}

OperatorResult build_reduce(const job::NodeSpec& node, const Schemas& inputs, Schemas outputs) {
  return std::unique_ptr<Operator>(
      std::make_unique<operators::Reduce>(std::get<operators::ReduceConfig>(node.config),
                                          inputs.front(), std::move(outputs), node.on_error));
}

OperatorResult build_window(const job::NodeSpec& node, const Schemas& inputs, Schemas outputs) {
  return windows::make_window_operator(std::get<windows::WindowConfig>(node.config), inputs.front(),
                                       std::move(outputs));
}

}  // namespace leat::wiring
