#pragma once

namespace leat::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace leat::cli
