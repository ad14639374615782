// The tree of a job file's YAML, with the place of everything in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leat::job {

// A scalar keeps its text as it is: what type it has is the business of whoever asks for it.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  bool plain = true;        // a scalar without quotes and not a block scalar
  bool flow = false;        // [...] or {...}
  bool broken = false;      // a defect in it has been reported: nobody complains about it again
  bool incomplete = false;  // of a map: an entry was reported and left out
  std::size_t offset = 0;   // of its first byte in SourceText::text()
  std::string text;         // a scalar's value; a null as written: "~", "null", ""
  std::string key;          // of an entry of a map
  std::size_t key_offset = 0;
  std::vector<YamlNode> children;  // items of a sequence, entries of a map

  bool is_map() const { return kind == Kind::kMap; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_null() const { return kind == Kind::kNull; }
  const YamlNode* find(std::string_view name) const {
    for (const YamlNode& child : children) {
      if (child.key == name) return &child;
    }
    return nullptr;
  }
};

}  // namespace leat::job
