// percentile(x, p) and approx_percentile(x, p).
#include <algorithm>
#include <vector>

#include "core/windows/aggregate_collect.h"
#include "core/windows/aggregate_interpolate.h"
#include "core/windows/aggregate_value.h"
#include "core/windows/sketch_quantile.h"

namespace leat::windows {
namespace {

// All values, as they came.
class ValueBag {
 public:
  void add(double value) { values_.push_back(value); }
  std::uint64_t count() const { return values_.size(); }

  void merge(const ValueBag& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  }

  double percentile(double p) const {
    std::vector<double> values = values_;
    const Position position = position_of(p, values.size());
    // As the other aggregates order them: NaN last. -0.0 is 0.0.
    const auto less = [](double a, double b) { return sortable_double(a) < sortable_double(b); };
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(position.rank);
    std::nth_element(values.begin(), nth, values.end(), less);
    const double low = *nth + 0.0;
    if (position.fraction == 0) return low;
    return interpolate(low, *std::min_element(nth + 1, values.end(), less), position.fraction);
  }

  std::size_t owned_bytes() const { return values_.capacity() * sizeof(double); }
  void save(base::ByteWriter& out) const {
    out.varint(values_.size());
    for (const double value : values_) out.f64(value);
  }
  void load(base::ByteReader& in) {
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
      const double value = in.f64();
      if (in.ok()) values_.push_back(value);
    }
  }

 private:
  std::vector<double> values_;
};

// T: ValueBag or QuantileSketch.
template <class T>
class Percentiles final : public OwningState<T> {
 public:
  Percentiles(std::size_t input, data::Kind kind) : input_(input), kind_(kind) {}

  void add(Inputs inputs, const AddRows& rows) override {
    const data::Column& column = *inputs[input_];
    const auto add_all = [&](auto values) {
      for_each_value(column, rows, [&](std::byte* cell, std::size_t row, std::uint64_t) {
        this->obtain(cell).add(static_cast<double>(values[row]));
      });
    };
    if (kind_ == data::Kind::kDouble) {
      add_all(column.doubles().data());
    } else {
      add_all(column.int64s().data());
    }
  }
  void result(const AggregateSpec& spec, const std::byte* cell, data::Column& out) const override {
    const T* held = this->get(cell);
    if (held == nullptr || held->count() == 0) {
      out.append_null();
    } else {
      out.append_double(held->percentile(spec.fraction));
    }
  }

 private:
  std::unique_ptr<T> make() const override { return std::make_unique<T>(); }
  std::size_t input_;
  data::Kind kind_;
};

}  // namespace

std::unique_ptr<AggregateState> make_percentiles(std::size_t input, data::Kind kind) {
  return std::make_unique<Percentiles<ValueBag>>(input, kind);
}

std::unique_ptr<AggregateState> make_approximate_percentiles(std::size_t input, data::Kind kind) {
  return std::make_unique<Percentiles<QuantileSketch>>(input, kind);
}

}  // namespace leat::windows
