#include "core/windows/window_operator.h"

#include "core/windows/count_windows.h"
#include "core/windows/global_windows.h"
#include "core/windows/session_windows.h"
#include "core/windows/sliced_windows.h"

namespace leat::windows {

std::unique_ptr<operators::Operator> make_window_operator(const WindowConfig& config,
                                                          const data::SchemaPtr& input,
                                                          std::vector<data::SchemaPtr> outputs) {
  switch (config.shape) {
    case WindowShape::kTumbling:
    case WindowShape::kSliding:
      return std::make_unique<SlicedWindows>(config, *input, std::move(outputs));
    case WindowShape::kSession:
      return std::make_unique<SessionWindows>(config, *input, std::move(outputs));
    case WindowShape::kCount:
      return std::make_unique<CountWindows>(config, *input, std::move(outputs));
    case WindowShape::kGlobal:
      break;
  }
  return std::make_unique<GlobalWindows>(config, *input, std::move(outputs));
}

}  // namespace leat::windows
