// Reads YAML strictly: one document, block and flow maps and sequences, scalars; nothing else.
#pragma once

#include <optional>

#include "core/job/report.h"
#include "core/job/source_text.h"
#include "core/job/yaml_node.h"

namespace leat::job {

inline constexpr std::size_t kMaxYamlDepth = 64;
inline constexpr std::size_t kMaxYamlNodes = 200'000;

// The tree, or nothing when the text is not YAML at all (the report says why). Duplicate keys,
// anchors, aliases, tags, merge keys, a second document or a tail that belongs to nothing are
// reported. The children of every map have distinct keys. No exception of the YAML library escapes.
std::optional<YamlNode> read_yaml(const SourceText& source, Report& report);

}  // namespace leat::job
