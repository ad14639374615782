#include "core/windows/sketch_hll.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/windows/aggregate_state.h"

namespace leat::windows {
namespace {

constexpr unsigned kRankBits = 64 - HyperLogLog::kPrecision;
constexpr std::uint8_t kMaxRank = kRankBits + 1;

double sigma(double x) {
  if (x == 1) return INFINITY;
  double y = 1;
  double z = x;
  double before = 0;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  double before = 0;
  do {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (z != before);
  return z / 3;
}

}  // namespace

void HyperLogLog::add(std::uint64_t hash) {
  if (registers_.empty()) {
    add_exact(hash);
  } else {
    raise(hash);
  }
}

void HyperLogLog::add_exact(std::uint64_t hash) {
  const auto place = std::lower_bound(exact_.begin(), exact_.end(), hash);
  if (place != exact_.end() && *place == hash) return;
  exact_.insert(place, hash);
  if (exact_.size() > kMaxExact) spread();
}

void HyperLogLog::raise(std::uint64_t hash) {
  const auto index = static_cast<std::size_t>(hash >> kRankBits);
  // The bit below the rest stops the count at kMaxRank.
  const std::uint64_t rest = (hash << kPrecision) | (std::uint64_t{1} << (kPrecision - 1));
  const auto rank = static_cast<std::uint8_t>(__builtin_clzll(rest) + 1);
  registers_[index] = std::max(registers_[index], rank);
}

void HyperLogLog::spread() {
  registers_.assign(kRegisters, 0);
  for (const std::uint64_t hash : exact_) raise(hash);
  exact_ = std::vector<std::uint64_t>();  // gives the memory back
}

void HyperLogLog::merge(const HyperLogLog& other) {
  if (other.registers_.empty()) {
    for (const std::uint64_t hash : other.exact_) add(hash);
    return;
  }
  if (registers_.empty()) spread();
  for (std::size_t i = 0; i < kRegisters; ++i) {
    registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
}

std::int64_t HyperLogLog::estimate() const {
  if (registers_.empty()) return static_cast<std::int64_t>(exact_.size());
  std::array<std::uint32_t, kMaxRank + 1> counts{};
  for (const std::uint8_t rank : registers_) ++counts[rank];
  const auto m = static_cast<double>(kRegisters);
  double z = m * tau(1 - counts[kMaxRank] / m);
  for (unsigned rank = kRankBits; rank >= 1; --rank) z = 0.5 * (z + counts[rank]);
  z += m * sigma(counts[0] / m);
  const double alpha = 0.5 / std::log(2.0);
  const double estimate = alpha * m * m / z;
  // Only registers that no hashes make go beyond.
  return estimate < 9e18 ? static_cast<std::int64_t>(std::llround(estimate)) : INT64_MAX;
}

std::size_t HyperLogLog::owned_bytes() const {
  return exact_.capacity() * sizeof(std::uint64_t) + registers_.capacity();
}

void HyperLogLog::save(base::ByteWriter& out) const {
  out.boolean(!registers_.empty());
  if (!registers_.empty()) {
    out.raw(registers_.data(), registers_.size());
    return;
  }
  out.varint(exact_.size());
  for (const std::uint64_t hash : exact_) out.u64(hash);
}

void HyperLogLog::load(base::ByteReader& in) {
  if (in.boolean()) {
    const std::string_view bytes = in.raw(kRegisters);
    if (!in.ok()) return;
    registers_.assign(bytes.begin(), bytes.end());
    if (*std::max_element(registers_.begin(), registers_.end()) > kMaxRank) fail(in);
    return;
  }
  const std::uint64_t count = in.varint();
  if (count > kMaxExact) fail(in);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t hash = in.u64();
    if (!exact_.empty() && hash <= exact_.back()) fail(in);
    if (in.ok()) exact_.push_back(hash);
  }
}

}  // namespace leat::windows
