// `filter`: keeps the rows for which `where` is TRUE.
#pragma once

#include <vector>

#include "core/expression/expression.h"
#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"

namespace leat::operators {

// Rows for which `where` is FALSE or NULL are counted as filtered; rows for which it fails go to
// output 1 with the reason. A batch of which every row stays is passed on as it is. No state.
class Filter final : public Operator {
 public:
  Filter(FilterConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error);

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& /*out*/) const override {}
  Result<void> restore(base::ByteReader& /*in*/) override { return {}; }

 private:
  FilterConfig config_;
  Emitter emitter_;
  OnError on_error_;
  expression::RowErrors errors_;
  std::vector<std::uint32_t> kept_;
};

}  // namespace leat::operators
