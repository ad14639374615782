#include "core/windows/window_operator.h"

#include "core/windows/sliced_windows.h"

namespace leat::windows {

std::unique_ptr<operators::Operator> make_window_operator(const WindowConfig& config,
                                                          const data::SchemaPtr& input,
                                                          std::vector<data::SchemaPtr> outputs) {
  return std::make_unique<SlicedWindows>(config, *input, std::move(outputs));
}

}  // namespace leat::windows
