// HyperLogLog: how many different values, in a few kilobytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"

namespace leat::windows {

// Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (AofA 2007) with 64-bit hashes and the estimator
// of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (arXiv:1702.01284,
// algorithm 6), which needs no correction tables.
//
// 4096 registers of a byte: the standard error is 1.04 / sqrt(4096) = 1.63 %. Up to 256 different
// hashes are kept as they are and counted exactly (2 KiB at most; 16 bytes for two).
//
// The state, and so the estimate, depends on the set of the hashes alone: not on their order,
// repeats or the way sketches were merged. Hashes must be uniform over 64 bits and the same
// everywhere.
class HyperLogLog {
 public:
  static constexpr unsigned kPrecision = 12;
  static constexpr std::size_t kRegisters = std::size_t{1} << kPrecision;
  static constexpr std::size_t kMaxExact = 256;
  static constexpr double kStandardError = 0.01625;

  void add(std::uint64_t hash);
  void merge(const HyperLogLog& other);
  std::int64_t estimate() const;

  std::size_t owned_bytes() const;
  void save(base::ByteWriter& out) const;
  // Into an empty sketch. Fails the reader on bytes that save() does not write.
  void load(base::ByteReader& in);

 private:
  void add_exact(std::uint64_t hash);
  void raise(std::uint64_t hash);
  void spread();

  std::vector<std::uint64_t> exact_;     // ascending; empty once there are registers
  std::vector<std::uint8_t> registers_;  // none, or kRegisters
};

}  // namespace leat::windows
