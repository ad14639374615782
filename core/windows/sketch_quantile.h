// Percentiles of many values in a few hundred bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"

namespace leat::windows {

// A histogram with relative error, as DDSketch (Masson, Rim, Lee, VLDB 2019) and HdrHistogram:
// every octave of the doubles is cut into 64 buckets of equal width, so a bucket's number is the
// leading bits of the double. That needs no logarithm, whose last bit differs between machines.
//
// A value is answered by the middle of its bucket, at most 1/128 (0.8 %) of it away; the smallest
// and largest value, zeros, infinities and NaN (the largest of all) are exact; numbers
// below 2.3e-308 count as zero. Where the values fall in more than kMaxBuckets buckets (64 octaves
// of one sign, filled), neighbouring buckets are joined and the error doubles, as often as that is
// needed.
//
// The state depends on the values alone, not on their order or on how sketches were merged. A batch
// of sensor readings touches a few dozen buckets of 12 bytes. (t-digest is smaller on wild data,
// but depends on the order and has no bound; KLL bounds the rank and draws random bits.)
class QuantileSketch {
 public:
  static constexpr std::size_t kMaxBuckets = 4200;  // more than 2 x 2046 octaves
  static constexpr double kRelativeError = 1.0 / 128;

  void add(double value) { add_many(value, 1); }
  void merge(const QuantileSketch& other);
  std::uint64_t count() const { return count_; }
  // PERCENTILE_CONT: between the values of the two ranks next to p * (count - 1). count() > 0.
  double percentile(double p) const;
  // How many times neighbouring buckets have been joined: the error is kRelativeError * 2^joins().
  unsigned joins() const { return joins_; }

  std::size_t owned_bytes() const;
  void save(base::ByteWriter& out) const;
  // Into an empty sketch. Fails the reader on bytes that save() does not write.
  void load(base::ByteReader& in);

 private:
  void add_many(double value, std::uint64_t times);
  void add_bucket(std::uint32_t key, std::uint64_t times);
  void join();
  double value_at(std::uint64_t rank) const;
  double middle(std::uint32_t key) const;

  std::uint64_t count_ = 0;  // all of them
  std::uint64_t minus_infinities_ = 0;
  std::uint64_t infinities_ = 0;
  std::uint64_t nans_ = 0;
  double least_ = 0;  // of the finite values, if any
  double most_ = 0;
  bool finite_ = false;
  std::uint8_t joins_ = 0;
  std::vector<std::uint32_t> keys_;  // ascending, as the values
  std::vector<std::uint64_t> counts_;
};

}  // namespace leat::windows
