// How the state of every shape of window begins.
#pragma once

#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// What a state must have in common with the operator that takes it over. Tumbling windows are
// sliding ones that do not overlap.
struct SnapshotHeader {
  WindowShape shape = WindowShape::kTumbling;
  std::int64_t first = 0;  // the shape's own numbers: size, slide, offset, gap
  std::int64_t second = 0;
  std::int64_t third = 0;
};

Error corrupt_state(std::string_view what);
void write_header(base::ByteWriter& out, const SnapshotHeader& header);
Result<void> read_header(base::ByteReader& in, const SnapshotHeader& expected);

}  // namespace leat::windows
