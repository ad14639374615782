// One function for each type of node: from its checked options to the thing itself.
#pragma once

#include <memory>
#include <vector>

#include "agent/wiring/node_factory.h"

namespace leat::wiring {

using SourceResult = Result<std::unique_ptr<ports::Source>>;
using SourceBuilder = SourceResult (*)(const WiringContext&, const job::NodeSpec&,
                                       const job::SourceConfig&, std::int64_t subtask);
SourceResult build_generator_source(const WiringContext&, const job::NodeSpec&,
                                    const job::SourceConfig&, std::int64_t subtask);
SourceResult build_file_source(const WiringContext&, const job::NodeSpec&, const job::SourceConfig&,
                               std::int64_t subtask);
SourceResult build_socket_source(const WiringContext&, const job::NodeSpec&,
                                 const job::SourceConfig&, std::int64_t subtask);
SourceResult build_mqtt_source(const WiringContext&, const job::NodeSpec&, const job::SourceConfig&,
                               std::int64_t subtask);

using SinkResult = Result<std::unique_ptr<ports::Sink>>;
using SinkBuilder = SinkResult (*)(const WiringContext&, const job::NodeSpec&,
                                   const job::SinkConfig&, const data::SchemaPtr& input);
SinkResult build_stdout_sink(const WiringContext&, const job::NodeSpec&, const job::SinkConfig&,
                             const data::SchemaPtr& input);
SinkResult build_file_sink(const WiringContext&, const job::NodeSpec&, const job::SinkConfig&,
                           const data::SchemaPtr& input);
SinkResult build_sqlite_sink(const WiringContext&, const job::NodeSpec&, const job::SinkConfig&,
                             const data::SchemaPtr& input);
SinkResult build_mqtt_sink(const WiringContext&, const job::NodeSpec&, const job::SinkConfig&,
                           const data::SchemaPtr& input);

using OperatorResult = Result<std::unique_ptr<operators::Operator>>;
using Schemas = std::vector<data::SchemaPtr>;
using OperatorBuilder = OperatorResult (*)(const job::NodeSpec&, const Schemas& inputs,
                                           Schemas outputs);
OperatorResult build_filter(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_map(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_flat_map(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_route(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_union(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_reduce(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);
OperatorResult build_window(const job::NodeSpec&, const Schemas& inputs, Schemas outputs);

}  // namespace leat::wiring
