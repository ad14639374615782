#include "transports/formats/field_tree.h"

namespace leat::formats {
namespace {

constexpr std::string_view kEach = "[]";

FieldNode& child_of(FieldNode& node, std::string_view key) {
  for (FieldNode::Child& child : node.children) {
    if (child.key == key) return *child.node;
  }
  node.children.push_back({std::string(key), std::make_unique<FieldNode>()});
  node.children.back().node->depth = node.depth + 1;
  return *node.children.back().node;
}

bool is_bytes(data::Type type) {
  return (type.is_list() ? type.element : type.kind) == data::Kind::kBytes;
}

Result<void> add_path(const DecoderConfig& config, std::uint32_t index, FieldTree& tree) {
  const job::SourceField& field = config.fields[index];
  const std::vector<std::string> name_alone = {field.name};
  FieldNode* node = &tree.root;
  node->all.push_back(index);
  for (const std::string& segment : field.path.empty() ? name_alone : field.path) {
    std::string_view key = segment;
    const bool crosses = key.ends_with(kEach) && key.size() > kEach.size();
    if (crosses) key.remove_suffix(kEach.size());
    node = &child_of(*node, key);
    node->all.push_back(index);
    if (!crosses) continue;
    if (!field.type.is_list()) {
      return base::invalid("field " + field.name + ": the path crosses an array (\"" + segment +
                           "\"), so its type must be a list");
    }
    if (tree.crossings[index] != FieldTree::kAnywhere) {
      return base::invalid("field " + field.name + ": the path crosses more than one array");
    }
    tree.crossings[index] = node->depth;
  }
  node->leaves.push_back(index);
  for (const std::uint32_t other : node->leaves) {
    if (other != index && (is_bytes(field.type) || is_bytes(config.fields[other].type))) {
      return base::invalid("fields " + config.fields[other].name + " and " + field.name +
                           " have one path; bytes cannot share theirs");
    }
  }
  return {};
}

}  // namespace

Result<FieldTree> make_field_tree(const DecoderConfig& config) {
  FieldTree tree;
  tree.crossings.assign(config.fields.size(), FieldTree::kAnywhere);
  for (std::size_t i = 0; i < config.fields.size(); ++i) {
    LEAT_TRY(add_path(config, static_cast<std::uint32_t>(i), tree));
  }
  return tree;
}

}  // namespace leat::formats
