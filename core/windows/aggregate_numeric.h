// Sum, minimum and maximum of one numeric input, and the header of the cell: the kernels that most
// jobs live on. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/data/column.h"
#include "core/expression/expression.h"
#include "core/windows/aggregate_state.h"

namespace leat::windows {

// The first eight bytes of every cell: the number of rows, above 16 bits of flags. Flag 0 marks an
// overflow found by a merge; each other one says that some input has had a value. 48 bits count
// nine years at a million rows a second.
inline constexpr std::uint64_t kRowStep = std::uint64_t{1} << 16;
inline constexpr std::uint64_t kFlagMask = kRowStep - 1;
inline constexpr std::uint64_t kOverflowFlag = 1;
inline constexpr std::size_t kHeaderBytes = 8;

inline std::uint64_t rows_of(const std::byte* cell) {
  return load_at<std::uint64_t>(cell) / kRowStep;
}

// Counts the rows and sets `flags`, for cells that no NumericGroup does it for.
void add_headers(const AddRows& rows, std::uint64_t flags);

// Doubles are summed one after the other, uncompensated, as most SQL engines do. Minimum and
// maximum take -0.0 for 0.0 and NaN for the largest value of all.
class NumericGroup {
 public:
  enum Part : unsigned { kSum = 1, kMin = 2, kMax = 4 };

  // bigint, timestamp, double or boolean; sums of bigint and double only.
  NumericGroup(std::size_t input, data::Kind kind) : input_(input), kind_(kind) {}

  std::size_t input() const { return input_; }
  data::Kind kind() const { return kind_; }
  void need(Part part) { parts_ |= part; }
  // Sums that can overflow.
  bool checked() const { return kind_ == data::Kind::kBigint && (parts_ & kSum) != 0; }
  std::size_t size() const;
  void place(std::size_t offset);

  void init(std::byte* cell) const;
  // One pass over the rows. With `header` it counts the rows too and sets `flags`. A row whose sum
  // overflows changes nothing: it is noted and its cell becomes null. `with_sum` false leaves the
  // sums alone.
  struct Header {
    bool present = false;
    std::uint64_t flags = 0;
  };
  void add(const data::Column& column, const AddRows& rows, Header header, bool with_sum,
           expression::RowErrors& errors) const;
  // For several checked sums at once: adds wrapping around, and says whether any did. remove_sums()
  // takes it back exactly.
  bool add_sums(const data::Column& column, const AddRows& rows) const;
  void remove_sums(const data::Column& column, const AddRows& rows) const;
  // One row of a checked sum.
  bool sum_fits(const data::Column& column, std::size_t row, const std::byte* cell) const;
  void add_sum(const data::Column& column, std::size_t row, std::byte* cell) const;

  // False when a bigint sum overflowed (it wrapped around).
  bool merge(std::byte* into, const std::byte* from) const;
  void append(Part part, const std::byte* cell, data::Column& out) const;  // of a cell with a value
  double sum_as_double(const std::byte* cell) const;
  void save(const std::byte* cell, base::ByteWriter& out) const;
  void load(std::byte* cell, base::ByteReader& in) const;

 private:
  std::size_t input_;
  data::Kind kind_;
  unsigned parts_ = 0;
  std::size_t sum_ = 0;  // offsets in the cell
  std::size_t min_ = 0;
  std::size_t max_ = 0;
};

}  // namespace leat::windows
