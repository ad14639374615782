// The paths of a source's fields as a tree of object keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "transports/formats/decoder.h"

namespace leat::formats {

// A key on the path of at least one field; the root stands for the reading itself. Immutable.
struct FieldNode {
  struct Child {
    std::string key;
    std::unique_ptr<FieldNode> node;
  };
  std::vector<Child> children;
  std::vector<std::uint32_t> leaves;  // fields whose path ends here
  std::vector<std::uint32_t> all;     // fields whose path ends here or below
  int depth = 0;                      // the root's is 0

  const FieldNode* find(std::string_view key) const {
    for (const Child& child : children) {
      if (child.key == key) return child.node.get();
    }
    return nullptr;
  }
};

struct FieldTree {
  static constexpr int kAnywhere = -1;

  FieldNode root;
  // By field: a list crosses one array, at the node of this depth (where its path says `name[]`),
  // or at the first array met (kAnywhere).
  std::vector<int> crossings;
};

// kInvalidArgument for a path that cannot be followed: `[]` in the path of a field that is no list,
// or twice; bytes (decoded in place) of the same place as another field.
Result<FieldTree> make_field_tree(const DecoderConfig& config);

}  // namespace leat::formats
