#include "core/windows/aggregate_moments.h"

#include <cmath>

namespace leat::windows {
namespace {

// Two's complement over 128 bits in two words: 32-bit machines have no __int128.
struct Wide {
  std::uint64_t low = 0;
  std::int64_t high = 0;
};

inline Wide add(Wide a, Wide b) {
  Wide sum;
  sum.low = a.low + b.low;
  const std::uint64_t carry = sum.low < a.low ? 1 : 0;
  sum.high = static_cast<std::int64_t>(static_cast<std::uint64_t>(a.high) +
                                       static_cast<std::uint64_t>(b.high) + carry);
  return sum;
}

inline Wide widen(std::int64_t value) {
  return {static_cast<std::uint64_t>(value), value < 0 ? std::int64_t{-1} : std::int64_t{0}};
}

// Rounded to the nearest double, once.
double to_double(Wide value) {
  const bool negative = value.high < 0;
  std::uint64_t low = value.low;
  auto high = static_cast<std::uint64_t>(value.high);
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  double magnitude = 0;
  if (high == 0) {
    magnitude = static_cast<double>(low);
  } else {
    // The 64 leading bits, the last of them sticky: it keeps what is cut off from looking like a
    // tie.
    const int shift = 64 - __builtin_clzll(high);
    std::uint64_t top = shift == 64 ? high : (high << (64 - shift)) | (low >> shift);
    const std::uint64_t rest = shift == 64 ? low : low << (64 - shift);
    top |= rest != 0 ? 1 : 0;
    magnitude = std::ldexp(static_cast<double>(top), shift);
  }
  return negative ? -magnitude : magnitude;
}

class WideAverage final : public AggregateState {
 public:
  explicit WideAverage(std::size_t input) : input_(input) {}
  std::size_t size() const override { return 24; }
  void init(std::byte* cell) const override { write(cell, 0, Wide{}); }

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    for_each_value(
        column, rows,
        [this, values = column.int64s().data()](std::byte* cell, std::size_t row, std::uint64_t) {
          write(cell, count(cell) + 1, windows::add(sum(cell), widen(values[row])));
        });
  }

  void merge(std::byte* into, const std::byte* from) const override {
    write(into, count(into) + count(from), windows::add(sum(into), sum(from)));
  }

  void result(const AggregateSpec&, const std::byte* cell, data::Column& out) const override {
    if (count(cell) == 0) {
      out.append_null();
    } else {
      out.append_double(to_double(sum(cell)) / static_cast<double>(count(cell)));
    }
  }

  void save(const std::byte* cell, base::ByteWriter& out) const override {
    out.varint(count(cell));
    out.u64(sum(cell).low);
    out.i64(sum(cell).high);
  }
  void load(std::byte* cell, base::ByteReader& in) const override {
    const std::uint64_t count = in.varint();
    Wide sum;
    sum.low = in.u64();
    sum.high = in.i64();
    if (in.ok()) write(cell, count, sum);
  }

 private:
  std::uint64_t count(const std::byte* cell) const { return load_at<std::uint64_t>(at(cell)); }
  Wide sum(const std::byte* cell) const {
    return {load_at<std::uint64_t>(at(cell, 8)), load_at<std::int64_t>(at(cell, 16))};
  }
  void write(std::byte* cell, std::uint64_t count, Wide sum) const {
    store_at(at(cell), count);
    store_at(at(cell, 8), sum.low);
    store_at(at(cell, 16), sum.high);
  }
  std::size_t input_;
};

class Moments final : public AggregateState {
 public:
  Moments(std::size_t input, data::Kind kind) : input_(input), kind_(kind) {}
  std::size_t size() const override { return 24; }
  void init(std::byte* cell) const override { write(cell, {}); }

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    const auto add_all = [&](auto values) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        State state = read(cell);
        const auto value = static_cast<double>(values[row]);
        ++state.count;
        const double delta = value - state.mean;
        state.mean += delta / static_cast<double>(state.count);
        state.squares += delta * (value - state.mean);
        write(cell, state);
      });
    };
    if (kind_ == data::Kind::kDouble) {
      add_all(column.doubles().data());
    } else {
      add_all(column.int64s().data());
    }
  }

  void merge(std::byte* into, const std::byte* from) const override {
    State a = read(into);
    const State b = read(from);
    if (b.count == 0) return;
    if (a.count == 0) {
      write(into, b);
      return;
    }
    const auto n_a = static_cast<double>(a.count);
    const auto n_b = static_cast<double>(b.count);
    const double delta = b.mean - a.mean;
    a.mean += delta * (n_b / (n_a + n_b));
    a.squares += b.squares + delta * delta * (n_a * n_b / (n_a + n_b));
    a.count += b.count;
    write(into, a);
  }

  void result(const AggregateSpec& spec, const std::byte* cell, data::Column& out) const override {
    const State state = read(cell);
    const bool sample = spec.function == AggregateFunction::kVarSamp ||
                        spec.function == AggregateFunction::kStddevSamp;
    const bool root = spec.function == AggregateFunction::kStddevPop ||
                      spec.function == AggregateFunction::kStddevSamp;
    const std::uint64_t least = sample ? 2 : 1;
    if (state.count < least) {
      out.append_null();
      return;
    }
    const double variance = state.squares / static_cast<double>(state.count - (least - 1));
    out.append_double(root ? std::sqrt(variance) : variance);
  }

  void save(const std::byte* cell, base::ByteWriter& out) const override {
    const State state = read(cell);
    out.varint(state.count);
    out.f64(state.mean);
    out.f64(state.squares);
  }
  void load(std::byte* cell, base::ByteReader& in) const override {
    State state;
    state.count = in.varint();
    state.mean = in.f64();
    state.squares = in.f64();
    if (in.ok()) write(cell, state);
  }

 private:
  struct State {
    std::uint64_t count = 0;
    double mean = 0;
    double squares = 0;  // sum of the squared differences from the mean
  };
  State read(const std::byte* cell) const { return load_at<State>(at(cell)); }
  void write(std::byte* cell, State state) const { store_at(at(cell), state); }

  std::size_t input_;
  data::Kind kind_;
};

}  // namespace

std::unique_ptr<AggregateState> make_wide_average(std::size_t input) {
  return std::make_unique<WideAverage>(input);
}

std::unique_ptr<AggregateState> make_moments(std::size_t input, data::Kind kind) {
  return std::make_unique<Moments>(input, kind);
}

}  // namespace leat::windows
