// One window for each key over the whole input.
#pragma once

#include <vector>

#include "core/operators/operator.h"
#include "core/windows/cell_table.h"
#include "core/windows/final_watermark.h"
#include "core/windows/window_intake.h"
#include "core/windows/window_output.h"

namespace leat::windows {

// Fires at the end of the input only. No row is late.
class GlobalWindows final : public operators::Operator {
 public:
  GlobalWindows(const WindowConfig& config, const data::Schema& input,
                std::vector<data::SchemaPtr> outputs);

  Result<void> process(std::size_t input, data::Batch&& batch, operators::Output& out) override;
  Result<void> end_input(operators::Output& out) override;
  void snapshot(base::ByteWriter& out) const override;
  Result<void> restore(base::ByteReader& in) override;

 private:
  WindowIntake intake_;
  WindowOutput output_;
  CellTable cells_;
  FinalWatermark time_;
};

}  // namespace leat::windows
