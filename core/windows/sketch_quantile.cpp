#include "core/windows/sketch_quantile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/windows/aggregate_interpolate.h"
#include "core/windows/aggregate_state.h"

namespace leat::windows {
namespace {

constexpr unsigned kDroppedBits = 46;  // 52 of the mantissa less 6: 64 buckets an octave
constexpr unsigned kMaxJoins = 6;      // then a bucket is an octave, and all octaves fit
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// Ascends with the value: the bits of a positive double do, those of a negative one descend.
std::uint64_t ascending_bits(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double from_ascending_bits(std::uint64_t bits) {
  return std::bit_cast<double>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
}

bool is_zero(double value) { return std::fabs(value) < std::numeric_limits<double>::min(); }

}  // namespace

void QuantileSketch::add_many(double value, std::uint64_t times) {
  count_ += times;
  if (std::isnan(value)) {
    nans_ += times;
  } else if (std::isinf(value)) {
    (value > 0 ? infinities_ : minus_infinities_) += times;
  } else {
    value += 0.0;  // -0.0 + 0.0 is 0.0
    least_ = finite_ ? std::min(least_, value) : value;
    most_ = finite_ ? std::max(most_, value) : value;
    finite_ = true;
    const double kept = is_zero(value) ? 0.0 : value;
    add_bucket(static_cast<std::uint32_t>(ascending_bits(kept) >> kDroppedBits) >> joins_, times);
  }
}

void QuantileSketch::add_bucket(std::uint32_t key, std::uint64_t times) {
  const auto place = std::lower_bound(keys_.begin(), keys_.end(), key);
  const auto index = place - keys_.begin();
  if (place != keys_.end() && *place == key) {
    counts_[static_cast<std::size_t>(index)] += times;
    return;
  }
  keys_.insert(place, key);
  counts_.insert(counts_.begin() + index, times);
  while (keys_.size() > kMaxBuckets && joins_ < kMaxJoins) join();
}

void QuantileSketch::join() {
  ++joins_;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::uint32_t key = keys_[i] >> 1;
    if (kept > 0 && keys_[kept - 1] == key) {
      counts_[kept - 1] += counts_[i];
    } else {
      keys_[kept] = key;
      counts_[kept] = counts_[i];
      ++kept;
    }
  }
  keys_.resize(kept);
  counts_.resize(kept);
}

void QuantileSketch::merge(const QuantileSketch& other) {
  count_ += other.count_;
  minus_infinities_ += other.minus_infinities_;
  infinities_ += other.infinities_;
  nans_ += other.nans_;
  if (!other.finite_) return;
  least_ = finite_ ? std::min(least_, other.least_) : other.least_;
  most_ = finite_ ? std::max(most_, other.most_) : other.most_;
  finite_ = true;
  while (joins_ < other.joins_) join();
  for (std::size_t i = 0; i < other.keys_.size(); ++i) {
    add_bucket(other.keys_[i] >> (joins_ - other.joins_), other.counts_[i]);
  }
}

double QuantileSketch::middle(std::uint32_t key) const {
  const unsigned shift = kDroppedBits + joins_;
  const std::uint64_t low_bits = static_cast<std::uint64_t>(key) << shift;
  const std::uint64_t high_bits = low_bits + ((std::uint64_t{1} << shift) - 1);
  if (low_bits <= kSign && kSign <= high_bits) return 0.0;  // the bucket of the zeros
  const double low = std::max(from_ascending_bits(low_bits), least_);
  const double high = std::min(from_ascending_bits(high_bits), most_);
  return low + (high - low) / 2;
}

double QuantileSketch::value_at(std::uint64_t rank) const {
  if (rank < minus_infinities_) return -std::numeric_limits<double>::infinity();
  if (rank >= count_ - nans_) return std::numeric_limits<double>::quiet_NaN();
  if (rank >= count_ - nans_ - infinities_) return std::numeric_limits<double>::infinity();
  rank -= minus_infinities_;
  const std::uint64_t finite = count_ - nans_ - infinities_ - minus_infinities_;
  if (rank == 0) return least_;
  if (rank == finite - 1) return most_;
  std::size_t i = 0;
  while (rank >= counts_[i]) rank -= counts_[i++];
  return middle(keys_[i]);
}

double QuantileSketch::percentile(double p) const {
  const Position position = position_of(p, count_);
  const double low = value_at(position.rank);
  if (position.fraction == 0) return low;
  return interpolate(low, value_at(position.rank + 1), position.fraction);
}

std::size_t QuantileSketch::owned_bytes() const {
  return keys_.capacity() * sizeof(std::uint32_t) + counts_.capacity() * sizeof(std::uint64_t);
}

void QuantileSketch::save(base::ByteWriter& out) const {
  out.varint(minus_infinities_);
  out.varint(infinities_);
  out.varint(nans_);
  out.boolean(finite_);
  if (!finite_) return;
  out.f64(least_);
  out.f64(most_);
  out.u8(joins_);
  out.varint(keys_.size());
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    out.varint(keys_[i] - previous);
    out.varint(counts_[i]);
    previous = keys_[i];
  }
}

void QuantileSketch::load(base::ByteReader& in) {
  minus_infinities_ = in.varint();
  infinities_ = in.varint();
  nans_ = in.varint();
  constexpr std::uint64_t kMany = std::uint64_t{1} << 48;  // no sum of these overflows
  if (std::max({minus_infinities_, infinities_, nans_}) > kMany) fail(in);
  count_ = minus_infinities_ + infinities_ + nans_;
  finite_ = in.boolean();
  if (!finite_ || !in.ok()) return;
  least_ = in.f64();
  most_ = in.f64();
  joins_ = in.u8();
  const std::size_t buckets = in.count();
  if (!std::isfinite(least_) || !std::isfinite(most_) || least_ > most_ || joins_ > kMaxJoins ||
      buckets == 0 || buckets > kMaxBuckets) {
    fail(in);
  }
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < buckets && in.ok(); ++i) {
    const std::uint64_t step = in.varint();
    const std::uint64_t times = in.varint();
    key += std::min<std::uint64_t>(step, std::uint64_t{1} << 32);
    if ((i > 0 && step == 0) || key >= (std::uint64_t{1} << (64 - kDroppedBits - joins_)) ||
        times == 0 || times > kMany) {
      fail(in);
    }
    if (!in.ok()) return;
    keys_.push_back(static_cast<std::uint32_t>(key));
    counts_.push_back(times);
    count_ += times;
  }
}

}  // namespace leat::windows
