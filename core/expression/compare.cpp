#include "core/expression/compare.h"

#include <cstring>

namespace leat::expression {
namespace {

using data::Kind;

struct Equal {
  static bool holds(Order o) { return o == Order::kEqual; }
};
struct NotEqual {
  static bool holds(Order o) { return o != Order::kEqual; }
};
struct Less {
  static bool holds(Order o) { return o == Order::kLess; }
};
struct LessEqual {
  static bool holds(Order o) { return o == Order::kLess || o == Order::kEqual; }
};
struct Greater {
  static bool holds(Order o) { return o == Order::kGreater; }
};
struct GreaterEqual {
  static bool holds(Order o) { return o == Order::kGreater || o == Order::kEqual; }
};

template <class Op, class A, class B>
bool holds(const A& a, const B& b) {
  if constexpr (std::is_same_v<A, B> && !std::is_same_v<A, std::string_view>) {
    // The plain operators agree with order() for NaN and are a single instruction.
    if constexpr (std::is_same_v<Op, Equal>) return a == b;
    if constexpr (std::is_same_v<Op, NotEqual>) return a != b;
    if constexpr (std::is_same_v<Op, Less>) return a < b;
    if constexpr (std::is_same_v<Op, LessEqual>) return a <= b;
    if constexpr (std::is_same_v<Op, Greater>) return a > b;
    if constexpr (std::is_same_v<Op, GreaterEqual>) return a >= b;
  } else if constexpr (std::is_same_v<Op, Equal> && std::is_same_v<A, std::string_view>) {
    return a == b;
  } else {
    return Op::holds(order(a, b));
  }
}

template <class F>
decltype(auto) with_op(CompareOp op, F&& f) {
  switch (op) {
    case CompareOp::kEqual:
      return f(Equal{});
    case CompareOp::kNotEqual:
      return f(NotEqual{});
    case CompareOp::kLess:
      return f(Less{});
    case CompareOp::kLessEqual:
      return f(LessEqual{});
    case CompareOp::kGreater:
      return f(Greater{});
    case CompareOp::kGreaterEqual:
      break;
  }
  return f(GreaterEqual{});
}

// The pairs of C++ types that compare; anything else was refused by comparable().
template <class F>
decltype(auto) with_pair(Kind a, Kind b, F&& f) {
  if (a == Kind::kDouble && b == Kind::kDouble) return f(double{}, double{});
  if (a == Kind::kBigint && b == Kind::kDouble) return f(std::int64_t{}, double{});
  if (a == Kind::kDouble && b == Kind::kBigint) return f(double{}, std::int64_t{});
  if (a == Kind::kBoolean) return f(std::uint8_t{}, std::uint8_t{});
  if (a == Kind::kString || a == Kind::kBytes) return f(std::string_view{}, std::string_view{});
  return f(std::int64_t{}, std::int64_t{});
}

// A single pass: rows whose value of `column` compares to `value`.
template <class Op, class T, class V>
std::size_t filter(const T* column, const std::uint8_t* nulls, const V& value,
                   const Selection& selection, std::uint32_t* rows) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < selection.size; ++i) {
    const std::uint32_t row = selection.row(i);
    rows[count] = row;
    const bool kept = holds<Op>(column[row], value) && (nulls == nullptr || nulls[row] == 0);
    count += kept ? 1 : 0;
  }
  return count;
}

template <class Op>
std::size_t filter_texts(const data::Column& column, std::string_view value,
                         const Selection& selection, std::uint32_t* rows) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < selection.size; ++i) {
    const std::uint32_t row = selection.row(i);
    rows[count] = row;
    const bool kept = holds<Op>(column.text(row), value) && !column.is_null(row);
    count += kept ? 1 : 0;
  }
  return count;
}

const std::uint8_t* null_bytes(const data::Column& column) {
  return column.has_nulls() ? column.nulls().data() : nullptr;
}

}  // namespace

std::optional<CompareOp> compare_op(std::string_view symbol) {
  if (symbol == "=") return CompareOp::kEqual;
  if (symbol == "<>") return CompareOp::kNotEqual;
  if (symbol == "<") return CompareOp::kLess;
  if (symbol == "<=") return CompareOp::kLessEqual;
  if (symbol == ">") return CompareOp::kGreater;
  if (symbol == ">=") return CompareOp::kGreaterEqual;
  return std::nullopt;
}

CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEqual:
      return CompareOp::kGreaterEqual;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLessEqual;
    default:
      return op;
  }
}

Order order(std::int64_t a, double b) {
  if (std::isnan(b)) return Order::kUnordered;
  constexpr double kTwo63 = 9223372036854775808.0;
  if (b >= kTwo63) return Order::kLess;
  if (b < -kTwo63) return Order::kGreater;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return a < whole ? Order::kLess : Order::kGreater;
  const double fraction = b - static_cast<double>(whole);
  if (fraction == 0) return Order::kEqual;
  return fraction > 0 ? Order::kLess : Order::kGreater;
}

bool comparable(data::Type a, data::Type b) {
  if (a.is_list() || b.is_list()) return false;
  return a == b || (a.is_numeric() && b.is_numeric());
}

Vec compare(Context& context, std::size_t rows, CompareOp op, data::Type a_type, const Vec& a,
            data::Type b_type, const Vec& b) {
  LEAT_ASSERT(comparable(a_type, b_type));
  if (a.all_null() || b.all_null()) return null_vec();
  const Vec both[] = {a, b};
  Vec out;
  out.nulls = combine_nulls(context, rows, both, 2);
  auto* const values = context.arena().array<std::uint8_t>(rows);
  out.data = values;
  with_pair(a_type.kind, b_type.kind, [&](auto a_zero, auto b_zero) {
    with_op(op, [&](auto operation) {
      using A = decltype(a_zero);
      using B = decltype(b_zero);
      using Op = decltype(operation);
      const Input<A> left(a);
      const Input<B> right(b);
      for (std::size_t i = 0; i < rows; ++i) {
        values[i] = holds<Op>(left[i], right[i]) ? 1 : 0;
      }
    });
  });
  return out;
}

Vec CompareNode::evaluate(Context& context, const Selection& selection) const {
  const Vec a = a_->evaluate(context, selection);
  const Vec b = b_->evaluate(context, selection);
  return compare(context, selection.size, op_, a_->type(), a, b_->type(), b);
}

std::size_t CompareNode::select(Context& context, const Selection& selection,
                                std::uint32_t* rows) const {
  const auto field = a_->field();
  const data::Value* const constant = b_->constant();
  if (!field || constant == nullptr) return Node::select(context, selection, rows);
  if (constant->is_null()) return 0;
  const data::Column& column = context.batch().columns[*field];
  const std::uint8_t* const nulls = null_bytes(column);
  const Vec value = b_->evaluate(context, selection);
  return with_op(op_, [&](auto operation) -> std::size_t {
    using Op = decltype(operation);
    const auto run = [&](const auto* values) -> std::size_t {
      if (b_->type().kind == Kind::kDouble) {
        return filter<Op>(values, nulls, *value.values<double>(), selection, rows);
      }
      return filter<Op>(values, nulls, *value.values<std::int64_t>(), selection, rows);
    };
    switch (column.type().kind) {
      case Kind::kBigint:
      case Kind::kTimestamp:
        return run(column.int64s().data());
      case Kind::kDouble:
        return run(column.doubles().data());
      case Kind::kBoolean:
        return filter<Op>(column.booleans().data(), nulls, *value.values<std::uint8_t>(), selection,
                          rows);
      default:
        return filter_texts<Op>(column, *value.values<std::string_view>(), selection, rows);
    }
  });
}

Vec DistinctNode::evaluate(Context& context, const Selection& selection) const {
  const Vec a = a_->evaluate(context, selection);
  const Vec b = b_->evaluate(context, selection);
  const Vec equal =
      compare(context, selection.size, CompareOp::kEqual, a_->type(), a, b_->type(), b);
  const Input<std::uint8_t> same(equal);
  auto* const values = context.arena().array<std::uint8_t>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) {
    const bool a_null = a.is_null(i);
    const bool b_null = b.is_null(i);
    const bool distinct = a_null || b_null ? a_null != b_null : same[i] == 0;
    values[i] = distinct != negated_ ? 1 : 0;
  }
  return {values, nullptr, false};
}

BetweenNode::BetweenNode(bool negated, NodePtr value, NodePtr low, NodePtr high)
    : Node(data::kBoolean, value->can_fail() || low->can_fail() || high->can_fail()),
      negated_(negated),
      value_(std::move(value)),
      low_(std::move(low)),
      high_(std::move(high)) {
  fast_ = !negated_ && value_->field() && low_->constant() != nullptr &&
          high_->constant() != nullptr && low_->type() == value_->type() &&
          high_->type() == value_->type() &&
          (value_->type().is_integral() || value_->type().kind == Kind::kDouble);
}

Vec BetweenNode::evaluate(Context& context, const Selection& selection) const {
  const std::size_t rows = selection.size;
  const Vec value = value_->evaluate(context, selection);
  const Vec low = low_->evaluate(context, selection);
  const Vec above =
      compare(context, rows, CompareOp::kGreaterEqual, value_->type(), value, low_->type(), low);
  const Input<std::uint8_t> is_above(above);
  // As in AND, the upper bound counts only where the lower one does not already say FALSE.
  const Part part = narrow(context, selection,
                           [&](std::size_t i) { return above.is_null(i) || is_above[i] != 0; });
  const std::size_t count = part.selection.size;
  const Vec high = high_->evaluate(context, part.selection);
  const Vec of = gather(context, value_->type(), value, part.positions, count);
  const Vec below =
      compare(context, count, CompareOp::kLessEqual, value_->type(), of, high_->type(), high);
  const Input<std::uint8_t> is_below(below);

  auto* const values = context.arena().array<std::uint8_t>(rows);
  auto* const nulls = context.arena().array<std::uint8_t>(rows);
  std::memset(values, negated_ ? 1 : 0, rows);
  std::memset(nulls, 0, rows);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t at = part.positions[i];
    const bool is_false = !below.is_null(i) && is_below[i] == 0;
    if (is_false) continue;
    const bool is_null = above.is_null(at) || below.is_null(i);
    nulls[at] = is_null ? 1 : 0;
    values[at] = !is_null && !negated_ ? 1 : 0;
  }
  return {values, nulls, false};
}

std::size_t BetweenNode::select(Context& context, const Selection& selection,
                                std::uint32_t* rows) const {
  if (!fast_) return Node::select(context, selection, rows);
  const Vec low = low_->evaluate(context, selection);
  const Vec high = high_->evaluate(context, selection);
  if (low.all_null() || high.all_null()) return 0;
  const data::Column& column = context.batch().columns[*value_->field()];
  const std::uint8_t* const nulls = null_bytes(column);
  const auto run = [&](const auto* values, auto from, auto to) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < selection.size; ++i) {
      const std::uint32_t row = selection.row(i);
      rows[count] = row;
      const auto value = values[row];
      const bool kept = value >= from && value <= to && (nulls == nullptr || nulls[row] == 0);
      count += kept ? 1 : 0;
    }
    return count;
  };
  if (value_->type().kind == Kind::kDouble) {
    return run(column.doubles().data(), *low.values<double>(), *high.values<double>());
  }
  return run(column.int64s().data(), *low.values<std::int64_t>(), *high.values<std::int64_t>());
}

}  // namespace leat::expression
