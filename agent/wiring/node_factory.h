// The one list of what a name in a job file builds.
#pragma once

#include <memory>
#include <string>
#include <uv.h>
#include <vector>

#include "core/env/log.h"
#include "core/runtime/node_factory.h"

namespace leat::wiring {

// What the things behind the nodes share.
struct WiringContext {
  uv_loop_t* loop = nullptr;  // of the main thread; sources with sockets live on it
  env::Log log;
  std::string job;    // the job's name
  std::string owner;  // part of client ids: two owners never share a session
};

// Used on the main thread, before and after the job runs, not while the loop does.
class WiredNodeFactory final : public runtime::NodeFactory {
 public:
  explicit WiredNodeFactory(WiringContext context) : context_(std::move(context)) {}

  Result<std::unique_ptr<ports::Source>> make_source(const job::NodeSpec& node,
                                                     std::int64_t subtask) override;
  Result<std::unique_ptr<operators::Operator>> make_operator(
      const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) override;
  Result<std::unique_ptr<ports::Sink>> make_sink(const job::NodeSpec& node,
                                                 const data::SchemaPtr& input) override;

 private:
  WiringContext context_;
};

}  // namespace leat::wiring
