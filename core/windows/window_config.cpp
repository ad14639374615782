#include "core/windows/window_config.h"

#include <utility>

namespace leat::windows {

data::SchemaPtr window_schema(const WindowConfig& config) {
  std::vector<data::Field> fields;
  for (const expression::KeyPart& part : config.key) {
    fields.push_back({part.name, part.expression.type()});
  }
  if (config.shape != WindowShape::kCount && config.shape != WindowShape::kGlobal) {
    fields.push_back({"window_start", data::kTimestamp});
    fields.push_back({"window_end", data::kTimestamp});
  }
  for (const AggregateSpec& spec : config.aggregates) {
    fields.push_back({spec.name, spec.result_type});
  }
  return data::make_schema(std::move(fields));
}

}  // namespace leat::windows
