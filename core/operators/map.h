// `map`: computes the fields of a new row.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/expression/expression.h"
#include "core/operators/configs.h"
#include "core/operators/emitter.h"
#include "core/operators/operator.h"

namespace leat::operators {

// A field kept as it is costs nothing: its column is moved (copied only when several output fields
// are the same input field). Every expression sees the row as it came in. A row for which any
// expression fails goes to output 1, as it came in, with the first reason. No state.
class Map final : public Operator {
 public:
  Map(MapConfig config, std::vector<data::SchemaPtr> outputs, OnError on_error);

  Result<void> process(std::size_t input, data::Batch&& batch, Output& out) override;
  void snapshot(base::ByteWriter& /*out*/) const override {}
  Result<void> restore(base::ByteReader& /*in*/) override { return {}; }

 private:
  // Where an output column comes from.
  struct Origin {
    std::optional<std::size_t> field;  // an input field as it is
    bool last_use = false;             // of that field: it may be moved
  };

  MapConfig config_;
  std::vector<Origin> origins_;
  Emitter emitter_;
  OnError on_error_;
  expression::RowErrors errors_;
};

}  // namespace leat::operators
