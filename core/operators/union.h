// `union`: several inputs of one schema as one stream.
#pragma once

#include <vector>

#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"

namespace leat::operators {

// Passes batches on as they are, in the order of the calls. The watermark that comes with a batch
// is the operator's own already, the minimum over its inputs. Output 1 gets watermarks only. No
// state.
class Union final : public Operator {
 public:
  Union(UnionConfig /*config*/, std::vector<data::SchemaPtr> outputs)
      : emitter_(std::move(outputs)) {}

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& /*out*/) const override {}
  Result<void> restore(base::ByteReader& /*in*/) override { return {}; }

 private:
  Emitter emitter_;
};

}  // namespace leat::operators
