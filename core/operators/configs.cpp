#include "core/operators/configs.h"

namespace leat::operators {

data::SchemaPtr errors_schema(const data::Schema& row) {
  std::vector<data::Field> fields = row.fields();
  std::string reason = "reason";
  while (row.find(reason)) reason += '_';
  fields.push_back({std::move(reason), data::kString});
  return data::make_schema(std::move(fields));
}

data::SchemaPtr source_errors_schema() {
  return data::make_schema({{"payload", data::kBytes},
                            {"topic", data::kString},
                            {"reason", data::kString},
                            {"received", data::kTimestamp}});
}

}  // namespace leat::operators
