// What the runtime asks for when it builds a job: the thing behind each node.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/job/graph.h"
#include "core/operators/operator.h"
#include "core/ports/sink.h"
#include "core/ports/source.h"

namespace leat::runtime {

// Called on the thread that builds the job, before any task runs. Errors say which node.
class NodeFactory {
 public:
  virtual ~NodeFactory() = default;
  virtual Result<std::unique_ptr<ports::Source>> make_source(const job::NodeSpec& node,
                                                             std::int64_t subtask) = 0;
  virtual Result<std::unique_ptr<operators::Operator>> make_operator(
      const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) = 0;
  virtual Result<std::unique_ptr<ports::Sink>> make_sink(const job::NodeSpec& node,
                                                         const data::SchemaPtr& input) = 0;
};

}  // namespace leat::runtime
