// Expressions where they stand in the YAML: compiled against a schema, defects reported at their
// byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/schema.h"
#include "core/expression/expression.h"
#include "core/expression/key_selector.h"
#include "core/job/report.h"
#include "core/job/yaml_node.h"
#include "core/windows/window_config.h"

namespace leat::job {

class Expressions {
 public:
  explicit Expressions(Report& report) : report_(report) {}

  // Each returns nothing after it has reported why.
  std::optional<expression::Expression> compile(const YamlNode& node, const data::Schema& schema);
  std::optional<expression::Expression> compile_condition(const YamlNode& node,
                                                          const data::Schema& schema);
  std::optional<windows::AggregateSpec> compile_aggregate(const YamlNode& node,
                                                          const data::Schema& schema);
  // `key_by`, both forms.
  std::optional<std::vector<expression::KeyPart>> compile_keys(const YamlNode& node,
                                                               const data::Schema& schema);
  // The field that the text of `node` names.
  std::optional<std::size_t> find_field(const YamlNode& node, const data::Schema& schema);
  bool check_field_name(const YamlNode& named);  // by its key

  // An expression that is nothing but that field, whatever it is called.
  static expression::Expression field(const data::Schema& schema, std::size_t index);

 private:
  bool check_text(const YamlNode& node);

  Report& report_;
};

// Finds what YAML has cut at a comma, a colon or a hash: keys that hold a parenthesis, items whose
// brackets or quotes are open. Reports "quote this expression" and marks what was cut as broken.
void check_cut_expressions(YamlNode& node, Report& report);

}  // namespace leat::job
