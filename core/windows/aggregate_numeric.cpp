#include "core/windows/aggregate_numeric.h"

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace leat::windows {
namespace {

// What a kernel reads. `values` and `nulls` start at the first row.
struct KernelRows {
  const void* values = nullptr;
  const std::uint8_t* nulls = nullptr;
  std::byte** cells = nullptr;
  std::size_t count = 0;
  std::size_t begin = 0;
  std::size_t first = 0;           // where the first of the parts lies in the cell
  std::uint64_t header_step = 0;   // added
  std::uint64_t header_flags = 0;  // or-ed
};
using Kernel = void (*)(const KernelRows& rows, expression::RowErrors& errors);

constexpr unsigned kHeaderBit = 8;
constexpr unsigned kNullsBit = 16;
constexpr unsigned kKernels = 32;

// Without a branch on the order of the two: a cell that is new gets new extremes too often to
// guess. The comparisons have the form that the processor's own minimum and maximum take; NaN,
// which those do not treat as we do, is a branch of its own that is always guessed right.
template <class T>
T smaller(T held, T value) {
  const T least = value < held ? value : held;
  // NaN is the initial value too: anything replaces it, it replaces nothing.
  if constexpr (std::is_same_v<T, double>) {
    if (held != held) return value;
  }
  return least;
}

template <class T>
T larger(T held, T value) {
  const T most = value > held ? value : held;
  if constexpr (std::is_same_v<T, double>) {
    if (value != value) return value;
  }
  return most;
}

// T: as it lies in the column; Slot: as it lies in the cell, where the parts of a group follow each
// other. The parts are template arguments so that each combination is one loop without a branch
// that does not belong to the data.
template <class T, class Slot, unsigned kParts>
void run(const KernelRows& rows, expression::RowErrors& errors) {
  constexpr std::size_t kMinAt = (kParts & NumericGroup::kSum) != 0 ? 8 : 0;
  constexpr std::size_t kMaxAt = kMinAt + ((kParts & NumericGroup::kMin) != 0 ? 8 : 0);
  // A copy: for all the compiler knows, a store into a cell changes what a reference names.
  const KernelRows in = rows;
  const T* const values = static_cast<const T*>(in.values);
  for (std::size_t i = 0; i < in.count; ++i) {
    std::byte* const cell = in.cells[i];
    if (cell == nullptr) continue;
    const auto value = static_cast<Slot>(values[i]);
    bool present = true;
    if constexpr ((kParts & kNullsBit) != 0) present = in.nulls[i] == 0;
    std::byte* const slots = cell + in.first;
    if constexpr ((kParts & NumericGroup::kSum) != 0) {
      if (present) {
        Slot sum = load_at<Slot>(slots);
        if constexpr (std::is_same_v<Slot, double>) {
          sum += value;
        } else if (__builtin_add_overflow(sum, value, &sum)) {
          errors.set(in.begin + i, expression::EvalError::kOverflow);
          in.cells[i] = nullptr;
          continue;
        }
        store_at(slots, sum);
      }
    }
    if constexpr ((kParts & kHeaderBit) != 0) {
      const auto header = load_at<std::uint64_t>(cell);
      store_at(cell, (header + in.header_step) | in.header_flags);
    }
    if (!present) continue;
    if constexpr ((kParts & NumericGroup::kMin) != 0) {
      store_at(slots + kMinAt, smaller(load_at<Slot>(slots + kMinAt), value));
    }
    if constexpr ((kParts & NumericGroup::kMax) != 0) {
      store_at(slots + kMaxAt, larger(load_at<Slot>(slots + kMaxAt), value));
    }
  }
}

template <class T, class Slot, std::size_t... kParts>
constexpr std::array<Kernel, kKernels> kernels_of(std::index_sequence<kParts...>) {
  return {&run<T, Slot, static_cast<unsigned>(kParts)>...};
}

Kernel kernel_of(data::Kind kind, unsigned parts) {
  constexpr auto kAll = std::make_index_sequence<kKernels>();
  static constexpr auto kDoubles = kernels_of<double, double>(kAll);
  static constexpr auto kIntegers = kernels_of<std::int64_t, std::int64_t>(kAll);
  static constexpr auto kBooleans = kernels_of<std::uint8_t, std::int64_t>(kAll);
  if (kind == data::Kind::kDouble) return kDoubles[parts];
  if (kind == data::Kind::kBoolean) return kBooleans[parts];
  return kIntegers[parts];
}

const void* values_of(const data::Column& column, std::size_t begin) {
  if (column.type().kind == data::Kind::kDouble) return column.doubles().data() + begin;
  if (column.type().kind == data::Kind::kBoolean) return column.booleans().data() + begin;
  return column.int64s().data() + begin;
}

void append_integer(data::Kind kind, std::int64_t value, data::Column& out) {
  if (kind == data::Kind::kBoolean) {
    out.append_boolean(value != 0);
  } else {
    out.append_int64(value);
  }
}

}  // namespace

void add_headers(const AddRows& rows, std::uint64_t flags) {
  for (std::byte* const cell : rows.cells) {
    if (cell != nullptr) store_at(cell, (load_at<std::uint64_t>(cell) + kRowStep) | flags);
  }
}

std::size_t NumericGroup::size() const {
  std::size_t size = 0;
  for (const Part part : {kSum, kMin, kMax}) size += (parts_ & part) != 0 ? 8 : 0;
  return size;
}

void NumericGroup::place(std::size_t offset) {
  for (const auto& [part, place] :
       {std::pair{kSum, &sum_}, std::pair{kMin, &min_}, std::pair{kMax, &max_}}) {
    if ((parts_ & part) == 0) continue;
    *place = offset;
    offset += 8;
  }
}

void NumericGroup::init(std::byte* cell) const {
  const bool real = kind_ == data::Kind::kDouble;
  if ((parts_ & kSum) != 0) store_at<std::uint64_t>(cell + sum_, 0);  // 0.0 too
  if ((parts_ & kMin) != 0) {
    real ? store_at(cell + min_, std::numeric_limits<double>::quiet_NaN())
         : store_at(cell + min_, std::numeric_limits<std::int64_t>::max());
  }
  if ((parts_ & kMax) != 0) {
    real ? store_at(cell + max_, -std::numeric_limits<double>::infinity())
         : store_at(cell + max_, std::numeric_limits<std::int64_t>::min());
  }
}

void NumericGroup::add(const data::Column& column, const AddRows& rows, Header header,
                       bool with_sum, expression::RowErrors& errors) const {
  unsigned parts = with_sum ? parts_ : parts_ & ~static_cast<unsigned>(kSum);
  if (header.present) parts |= kHeaderBit;
  if (parts == 0) return;
  KernelRows kernel_rows;
  kernel_rows.values = values_of(column, rows.begin);
  if (column.has_nulls()) {
    parts |= kNullsBit;
    kernel_rows.nulls = column.nulls().data() + rows.begin;
  }
  kernel_rows.cells = rows.cells.data();
  kernel_rows.count = rows.cells.size();
  kernel_rows.begin = rows.begin;
  kernel_rows.first = (parts & kSum) != 0 ? sum_ : (parts & kMin) != 0 ? min_ : max_;
  kernel_rows.header_step = kRowStep;
  kernel_rows.header_flags = header.flags;
  kernel_of(kind_, parts)(kernel_rows, errors);
}

bool NumericGroup::add_sums(const data::Column& column, const AddRows& rows) const {
  bool overflowed = false;
  for_each_value(
      column, rows,
      [&, values = column.int64s().data()](std::byte* cell, std::size_t row, std::uint64_t) {
        std::int64_t sum = 0;
        overflowed |= __builtin_add_overflow(load_at<std::int64_t>(cell + sum_), values[row], &sum);
        store_at(cell + sum_, sum);
      });
  return overflowed;
}

void NumericGroup::remove_sums(const data::Column& column, const AddRows& rows) const {
  for_each_value(
      column, rows,
      [this, values = column.int64s().data()](std::byte* cell, std::size_t row, std::uint64_t) {
        store_at(cell + sum_,
                 load_at<std::uint64_t>(cell + sum_) - static_cast<std::uint64_t>(values[row]));
      });
}

bool NumericGroup::sum_fits(const data::Column& column, std::size_t row,
                            const std::byte* cell) const {
  std::int64_t sum = 0;  // the value of a null row is zero
  return !__builtin_add_overflow(load_at<std::int64_t>(cell + sum_), column.int64s()[row], &sum);
}

void NumericGroup::add_sum(const data::Column& column, std::size_t row, std::byte* cell) const {
  store_at(cell + sum_, load_at<std::int64_t>(cell + sum_) + column.int64s()[row]);
}

bool NumericGroup::merge(std::byte* into, const std::byte* from) const {
  bool fits = true;
  const auto merge_parts = [&](auto zero) {
    using Slot = decltype(zero);
    if ((parts_ & kSum) != 0) {
      Slot sum = load_at<Slot>(into + sum_);
      if constexpr (std::is_same_v<Slot, double>) {
        sum += load_at<double>(from + sum_);
      } else {
        fits = !__builtin_add_overflow(sum, load_at<Slot>(from + sum_), &sum);
      }
      store_at(into + sum_, sum);
    }
    if ((parts_ & kMin) != 0) {
      store_at(into + min_, smaller(load_at<Slot>(into + min_), load_at<Slot>(from + min_)));
    }
    if ((parts_ & kMax) != 0) {
      store_at(into + max_, larger(load_at<Slot>(into + max_), load_at<Slot>(from + max_)));
    }
  };
  if (kind_ == data::Kind::kDouble) {
    merge_parts(double{});
  } else {
    merge_parts(std::int64_t{});
  }
  return fits;
}

void NumericGroup::append(Part part, const std::byte* cell, data::Column& out) const {
  const std::size_t place = part == kSum ? sum_ : part == kMin ? min_ : max_;
  if (kind_ == data::Kind::kDouble) {
    out.append_double(load_at<double>(cell + place) + 0.0);  // -0.0 + 0.0 is 0.0
  } else {
    append_integer(kind_, load_at<std::int64_t>(cell + place), out);
  }
}

double NumericGroup::sum_as_double(const std::byte* cell) const {
  return load_at<double>(cell + sum_);
}

void NumericGroup::save(const std::byte* cell, base::ByteWriter& out) const {
  for (const auto& [part, place] :
       {std::pair{kSum, sum_}, std::pair{kMin, min_}, std::pair{kMax, max_}}) {
    if ((parts_ & part) != 0) out.u64(load_at<std::uint64_t>(cell + place));
  }
}

void NumericGroup::load(std::byte* cell, base::ByteReader& in) const {
  for (const auto& [part, place] :
       {std::pair{kSum, sum_}, std::pair{kMin, min_}, std::pair{kMax, max_}}) {
    if ((parts_ & part) != 0) store_at(cell + place, in.u64());
  }
}

}  // namespace leat::windows
