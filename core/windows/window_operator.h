// The `window` node.
#pragma once

#include <memory>
#include <vector>

#include "core/operators/operator.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// Windows as Apache Flink defines them; core/windows/README.md has the rules where they leave a
// choice. `outputs` are the schemas of the results (window_schema), of `errors` (the row's fields,
// then a string for the reason) and of `late` (the row's). restore() is for an operator that has
// seen no row.
std::unique_ptr<operators::Operator> make_window_operator(const WindowConfig& config,
                                                          const data::SchemaPtr& input,
                                                          std::vector<data::SchemaPtr> outputs);

}  // namespace leat::windows
