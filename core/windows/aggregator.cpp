#include "core/windows/aggregator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/windows/aggregate_layout.h"
#include "core/windows/aggregate_numeric.h"
#include "core/windows/aggregate_state.h"

namespace leat::windows {

struct Aggregator::Impl {
  std::vector<AggregateSpec> specs;
  AggregateLayout layout;
  std::vector<std::byte> initial;  // what init() copies
  std::size_t checked_sums = 0;
  std::uint64_t next_arrival = 1;  // of the first row of the next batch
  std::uint64_t batch_arrival = 1;
  std::vector<const data::Column*> columns;  // of the prepared batch, by input

  explicit Impl(std::vector<AggregateSpec> given)
      : specs(std::move(given)), layout(make_layout(specs)), initial(layout.cell_size) {
    store_at<std::uint64_t>(initial.data(), 0);
    for (const AggregateInput& input : layout.inputs) {
      if (input.counted) store_at<std::uint64_t>(initial.data() + input.nulls, 0);
    }
    for (const NumericGroup& group : layout.groups) {
      group.init(initial.data());
      checked_sums += group.checked() ? 1 : 0;
    }
    for (const auto& state : layout.states) state->init(initial.data());
    columns.resize(layout.inputs.size());
  }

  std::uint64_t values_of(const std::byte* cell, const AggregateInput& input) const {
    return rows_of(cell) - load_at<std::uint64_t>(cell + input.nulls);
  }
  bool has_value(const std::byte* cell, const AggregateInput& input) const {
    if (input.counted) return values_of(cell, input) != 0;
    return (load_at<std::uint64_t>(cell) & input.flag) != 0;
  }
  void add_checked_sums(const AddRows& rows, expression::RowErrors& errors);
  void add_nulls(const AddRows& rows) const;
  void append(const AggregateSpec& spec, const AggregateSource& source, const std::byte* cell,
              data::Column& out) const;
};

// Several sums that can overflow, and a row must go into all of them or none. Overflow is rare: add
// without looking, and if there was one take everything back and go row by row.
void Aggregator::Impl::add_checked_sums(const AddRows& rows, expression::RowErrors& errors) {
  bool overflowed = false;
  for (const NumericGroup& group : layout.groups) {
    if (group.checked()) overflowed |= group.add_sums(*columns[group.input()], rows);
  }
  if (!overflowed) return;
  for (const NumericGroup& group : layout.groups) {
    if (group.checked()) group.remove_sums(*columns[group.input()], rows);
  }
  for (std::size_t i = 0; i < rows.cells.size(); ++i) {
    std::byte* const cell = rows.cells[i];
    if (cell == nullptr) continue;
    const std::size_t row = rows.begin + i;
    const bool fits =
        std::all_of(layout.groups.begin(), layout.groups.end(), [&](const NumericGroup& group) {
          return !group.checked() || group.sum_fits(*columns[group.input()], row, cell);
        });
    if (!fits) {
      errors.set(row, expression::EvalError::kOverflow);
      rows.cells[i] = nullptr;
      continue;
    }
    for (const NumericGroup& group : layout.groups) {
      if (group.checked()) group.add_sum(*columns[group.input()], row, cell);
    }
  }
}

// What the kernels leave out of the header for inputs that have nulls in this batch.
void Aggregator::Impl::add_nulls(const AddRows& rows) const {
  for (std::size_t i = 0; i < layout.inputs.size(); ++i) {
    const AggregateInput& input = layout.inputs[i];
    const data::Column& column = *columns[i];
    if (!column.has_nulls()) continue;
    if (!input.counted) {
      for_each_value(column, rows,
                     [flag = input.flag](std::byte* cell, std::size_t, std::uint64_t) {
                       store_at(cell, load_at<std::uint64_t>(cell) | flag);
                     });
      continue;
    }
    for (std::size_t k = 0; k < rows.cells.size(); ++k) {
      std::byte* const cell = rows.cells[k];
      if (cell == nullptr || !column.is_null(rows.begin + k)) continue;
      store_at(cell + input.nulls, load_at<std::uint64_t>(cell + input.nulls) + 1);
    }
  }
}

void Aggregator::Impl::append(const AggregateSpec& spec, const AggregateSource& source,
                              const std::byte* cell, data::Column& out) const {
  if (source.state != nullptr) {
    source.state->result(spec, cell, out);
    return;
  }
  if (spec.function == AggregateFunction::kCountAll) {
    out.append_int64(static_cast<std::int64_t>(rows_of(cell)));
    return;
  }
  const AggregateInput& input = layout.inputs[source.input];
  if (spec.function == AggregateFunction::kCount) {
    out.append_int64(static_cast<std::int64_t>(values_of(cell, input)));
    return;
  }
  if (!has_value(cell, input)) {
    out.append_null();
    return;
  }
  const NumericGroup& group = layout.groups[source.group];
  switch (spec.function) {
    case AggregateFunction::kSum:
      group.append(NumericGroup::kSum, cell, out);
      return;
    case AggregateFunction::kMin:
      group.append(NumericGroup::kMin, cell, out);
      return;
    case AggregateFunction::kMax:
      group.append(NumericGroup::kMax, cell, out);
      return;
    default:
      break;
  }
  LEAT_ASSERT(spec.function == AggregateFunction::kAvg);
  out.append_double(group.sum_as_double(cell) / static_cast<double>(values_of(cell, input)));
}

Aggregator::Aggregator(std::vector<AggregateSpec> specs)
    : impl_(std::make_unique<Impl>(std::move(specs))) {}
Aggregator::~Aggregator() = default;

const std::vector<AggregateSpec>& Aggregator::specs() const { return impl_->specs; }
std::size_t Aggregator::cell_size() const { return impl_->layout.cell_size; }
bool Aggregator::trivial() const { return impl_->layout.trivial; }

void Aggregator::init(std::byte* cell) const {
  std::memcpy(cell, impl_->initial.data(), impl_->initial.size());
}

void Aggregator::destroy(std::byte* cell) const {
  if (impl_->layout.trivial) return;
  for (const auto& state : impl_->layout.states) state->destroy(cell);
}

std::size_t Aggregator::owned_bytes(const std::byte* cell) const {
  if (impl_->layout.trivial) return 0;
  std::size_t bytes = 0;
  for (const auto& state : impl_->layout.states) bytes += state->owned_bytes(cell);
  return bytes;
}

void Aggregator::prepare(const data::Batch& batch, expression::RowErrors& errors) {
  for (std::size_t i = 0; i < impl_->columns.size(); ++i) {
    AggregateInput& input = impl_->layout.inputs[i];
    if (const auto field = input.expression.field()) {
      impl_->columns[i] = &batch.columns[*field];
      continue;
    }
    input.computed.clear();
    input.expression.evaluate(batch, input.computed, errors);
    impl_->columns[i] = &input.computed;
  }
  impl_->batch_arrival = impl_->next_arrival;
  impl_->next_arrival += batch.rows();
}

void Aggregator::add(std::size_t begin, std::size_t end, std::span<std::byte*> cells,
                     expression::RowErrors& errors) {
  LEAT_ASSERT(begin <= end && end - begin <= cells.size());
  Impl& impl = *impl_;
  const AddRows rows{begin, cells.first(end - begin), impl.batch_arrival + begin};
  NumericGroup::Header header{true, 0};
  bool nulls = false;
  for (std::size_t i = 0; i < impl.columns.size(); ++i) {
    if (impl.columns[i]->has_nulls()) {
      nulls = true;
    } else {
      header.flags |= impl.layout.inputs[i].flag;
    }
  }
  const bool sums_apart = impl.checked_sums > 1;
  if (sums_apart) impl.add_checked_sums(rows, errors);
  // A single checked sum is in the first group: it sets the cells of overflowing rows to null
  // before anything else sees them.
  for (const NumericGroup& group : impl.layout.groups) {
    group.add(*impl.columns[group.input()], rows, header, !(sums_apart && group.checked()), errors);
    header.present = false;
  }
  if (header.present) add_headers(rows, header.flags);
  if (nulls) impl.add_nulls(rows);
  for (const auto& state : impl.layout.states) state->add(impl.columns, rows);
}

void Aggregator::merge(std::byte* into, const std::byte* from) const {
  const Impl& impl = *impl_;
  const auto ours = load_at<std::uint64_t>(into);
  const auto theirs = load_at<std::uint64_t>(from);
  std::uint64_t merged = (ours + (theirs & ~kFlagMask)) | (theirs & kFlagMask);
  for (const AggregateInput& input : impl.layout.inputs) {
    if (!input.counted) continue;
    store_at(into + input.nulls, load_at<std::uint64_t>(into + input.nulls) +
                                     load_at<std::uint64_t>(from + input.nulls));
  }
  for (const NumericGroup& group : impl.layout.groups) {
    if (!group.merge(into, from)) merged |= kOverflowFlag;
  }
  store_at(into, merged);
  for (const auto& state : impl.layout.states) state->merge(into, from);
}

expression::EvalError Aggregator::append_results(const std::byte* cell,
                                                 std::span<data::Column> out) const {
  const Impl& impl = *impl_;
  LEAT_ASSERT(out.size() >= impl.specs.size());
  if ((load_at<std::uint64_t>(cell) & kOverflowFlag) != 0) return expression::EvalError::kOverflow;
  for (std::size_t i = 0; i < impl.specs.size(); ++i) {
    impl.append(impl.specs[i], impl.layout.sources[i], cell, out[i]);
  }
  return expression::EvalError::kNone;
}

void Aggregator::save(const std::byte* cell, base::ByteWriter& out) const {
  const auto header = load_at<std::uint64_t>(cell);
  out.varint(header / kRowStep);
  out.varint(header & kFlagMask);
  for (const AggregateInput& input : impl_->layout.inputs) {
    if (input.counted) out.varint(load_at<std::uint64_t>(cell + input.nulls));
  }
  for (const NumericGroup& group : impl_->layout.groups) group.save(cell, out);
  for (const auto& state : impl_->layout.states) state->save(cell, out);
}

void Aggregator::load(std::byte* cell, base::ByteReader& in) const {
  const std::uint64_t rows = in.varint();
  const std::uint64_t flags = in.varint();
  if (rows > ~std::uint64_t{0} / kRowStep || flags > kFlagMask) fail(in);
  if (in.ok()) store_at(cell, rows * kRowStep | flags);
  for (const AggregateInput& input : impl_->layout.inputs) {
    if (!input.counted) continue;
    const std::uint64_t nulls = in.varint();
    if (nulls > rows) fail(in);
    if (in.ok()) store_at(cell + input.nulls, nulls);
  }
  for (const NumericGroup& group : impl_->layout.groups) group.load(cell, in);
  for (const auto& state : impl_->layout.states) {
    if (in.ok()) state->load(cell, in);
  }
}

void Aggregator::save_arrivals(base::ByteWriter& out) const {
  out.u64(impl_->layout.signature);
  out.u64(impl_->next_arrival);
}

void Aggregator::load_arrivals(base::ByteReader& in) {
  const std::uint64_t signature = in.u64();
  const std::uint64_t arrival = in.u64();
  // The cells that follow are of other aggregates: nothing in them can be trusted.
  if (signature != impl_->layout.signature || arrival == 0) fail(in);
  // State of several subtasks may come together: the largest counter is behind all of them.
  if (in.ok()) impl_->next_arrival = std::max(impl_->next_arrival, arrival);
}

}  // namespace leat::windows
