// What the aggregates of one node need, shared where it can be, and where it lies in the cell.
// Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/data/column.h"
#include "core/expression/expression.h"
#include "core/windows/aggregate_numeric.h"
#include "core/windows/aggregate_state.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// One distinct argument. Whether a cell has had a value of it is a flag in the cell's header, or
// follows from the number of nulls where an aggregate needs to count (rows less nulls: a batch
// without nulls then costs nothing).
struct AggregateInput {
  explicit AggregateInput(expression::Expression argument)
      : expression(std::move(argument)), computed(expression.type()) {}
  expression::Expression expression;
  data::Column computed;  // when it is not just a field
  bool counted = false;
  std::size_t nulls = 0;   // offset of their number, when counted
  std::uint64_t flag = 0;  // otherwise
};

// Where an aggregate reads its result: a state, or a numeric group, or the counts.
struct AggregateSource {
  const AggregateState* state = nullptr;
  std::size_t group = 0;
  std::size_t input = 0;
};

struct AggregateLayout {
  std::vector<AggregateInput> inputs;
  std::vector<NumericGroup> groups;  // those with a checked sum first
  std::vector<std::unique_ptr<AggregateState>> states;
  std::vector<AggregateSource> sources;  // one for each aggregate
  std::size_t cell_size = 0;
  bool trivial = true;
  std::uint64_t signature = 0;  // differs when a saved cell cannot be read back
};

AggregateLayout make_layout(const std::vector<AggregateSpec>& specs);

}  // namespace leat::windows
