// `route`: splits rows into named outputs, each by the first condition that holds.
#pragma once

#include <cstdint>
#include <vector>

#include "core/expression/expression.h"
#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"

namespace leat::operators {

// Outputs 2, 3, ...: the routes in order, last `unmatched`. Output 0 gets watermarks only. A row
// goes to output 1 when a condition fails for it before another has taken it. No state.
class Route final : public Operator {
 public:
  Route(RouteConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error);

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& /*out*/) const override {}
  Result<void> restore(base::ByteReader& /*in*/) override { return {}; }

 private:
  void assign(const data::Batch& batch);

  RouteConfig config_;
  Emitter emitter_;
  OnError on_error_;
  expression::RowErrors errors_;        // of rows that go to output 1
  expression::RowErrors route_errors_;  // of the condition at hand
  std::vector<std::uint32_t> holds_;
  std::vector<std::uint32_t> target_;                // by row: an output, or kOpen
  std::vector<std::vector<std::uint32_t>> rows_of_;  // by output
};

}  // namespace leat::operators
