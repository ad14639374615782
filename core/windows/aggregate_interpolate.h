// PERCENTILE_CONT between two neighbours. Private to this folder.
#pragma once

#include <cmath>
#include <cstdint>

namespace leat::windows {

struct Position {
  std::uint64_t rank = 0;  // of the lower neighbour, from 0
  double fraction = 0;     // of the way to the next one; 0 when there is none
};

// p of 0 to 1 among count > 0 values.
inline Position position_of(double p, std::uint64_t count) {
  const double place = p * static_cast<double>(count - 1);
  Position position;
  position.rank = static_cast<std::uint64_t>(place);
  if (position.rank >= count - 1) return {count - 1, 0};
  position.fraction = place - std::floor(place);
  return position;
}

inline double interpolate(double low, double high, double fraction) {
  if (low == high) return low;
  const double width = high - low;
  if (std::isfinite(width)) return low + width * fraction;
  return low * (1 - fraction) + high * fraction;  // an infinity, or a width beyond the doubles
}

}  // namespace leat::windows
