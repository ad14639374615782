#include "core/windows/window_snapshot.h"

namespace leat::windows {
namespace {
constexpr std::uint8_t kVersion = 1;
}  // namespace

Error corrupt_state(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "window state: " + std::string(what));
}

void write_header(base::ByteWriter& out, const SnapshotHeader& header) {
  out.u8(kVersion);
  out.u8(static_cast<std::uint8_t>(header.shape));
  out.i64(header.first);
  out.i64(header.second);
  out.i64(header.third);
}

Result<void> read_header(base::ByteReader& in, const SnapshotHeader& expected) {
  if (in.u8() != kVersion) return corrupt_state("of an unknown version");
  const bool same = in.u8() == static_cast<std::uint8_t>(expected.shape) &&
                    in.i64() == expected.first && in.i64() == expected.second &&
                    in.i64() == expected.third;
  if (!same) return corrupt_state("of windows of another kind or size");
  return in.finish("window state");
}

}  // namespace leat::windows
