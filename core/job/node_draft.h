// A node of the job file on its way to a NodeSpec.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/job/declarations.h"
#include "core/job/graph.h"
#include "core/job/option_reader.h"
#include "core/job/yaml_node.h"

namespace leat::job {

struct NodeDraft {
  struct Input {
    const YamlNode* node = nullptr;  // where it is written
    std::size_t draft = 0;           // whose output
    std::string output;              // "" for the main one
  };

  std::string name;
  Role role = Role::kTransform;
  const YamlNode* node = nullptr;         // its map; the key is the name
  const TypeDeclaration* type = nullptr;  // null: unknown, reported
  Section section;
  std::vector<Input> inputs;
  // Something about it was reported: nobody who reads it is blamed for what follows from that.
  bool broken = false;
  // After compiling. Of a node that is not built the schemas, or even the names, may be unknown.
  bool outputs_known = false;
  std::vector<OutputSpec> outputs;  // schema null: unknown
  std::int64_t parallelism = 1;
  NodeConfig config;

  std::string what() const {
    switch (role) {
      case Role::kSource:
        return "source " + name;
      case Role::kSink:
        return "sink " + name;
      default:
        return "transform " + name;
    }
  }
  bool is_type(std::string_view type_name) const {
    return type != nullptr && type->name == type_name;
  }
};

}  // namespace leat::job
