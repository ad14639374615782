// The `fields` and `event_time` of a source.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/job/graph.h"
#include "core/job/graph_builder.h"

namespace leat::job {

// The fields as the source's format gives them; nothing after it has reported why.
std::optional<std::vector<SourceField>> read_source_fields(NodeContext& context,
                                                           const NodeDraft& draft);

// The index of the event time field. False after it has reported why.
bool read_event_time(NodeContext& context, const NodeDraft& draft, std::vector<SourceField>& fields,
                     std::optional<std::size_t>& index);

}  // namespace leat::job
