// Comparisons of two vectors. Private to this folder.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/expression/node.h"

namespace leat::expression {

enum class CompareOp : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

std::optional<CompareOp> compare_op(std::string_view symbol);
// a OP b as b OP' a.
CompareOp mirrored(CompareOp op);

// bigint with double compares exactly: 2^53 + 1 is not equal to 2^53 as a double. A NaN is neither
// less, equal nor greater than anything (IEEE 754), so only <> is TRUE for it.
enum class Order : std::int8_t { kLess, kEqual, kGreater, kUnordered };
inline Order order(std::int64_t a, std::int64_t b) {
  return a < b ? Order::kLess : (a > b ? Order::kGreater : Order::kEqual);
}
inline Order order(double a, double b) {
  if (a < b) return Order::kLess;
  if (a > b) return Order::kGreater;
  return a == b ? Order::kEqual : Order::kUnordered;
}
Order order(std::int64_t a, double b);
inline Order order(double a, std::int64_t b) {
  const Order mirror = order(b, a);
  if (mirror == Order::kLess) return Order::kGreater;
  return mirror == Order::kGreater ? Order::kLess : mirror;
}
inline Order order(std::string_view a, std::string_view b) {
  const int sign = a.compare(b);
  return sign < 0 ? Order::kLess : (sign > 0 ? Order::kGreater : Order::kEqual);
}
inline Order order(std::uint8_t a, std::uint8_t b) {
  return a < b ? Order::kLess : (a > b ? Order::kGreater : Order::kEqual);
}

// Whether values of the two types compare (bigint with double does; lists never).
bool comparable(data::Type a, data::Type b);

// TRUE, FALSE or null for each of `rows` positions. The types are comparable().
Vec compare(Context& context, std::size_t rows, CompareOp op, data::Type a_type, const Vec& a,
            data::Type b_type, const Vec& b);

class CompareNode final : public Node {
 public:
  CompareNode(CompareOp op, NodePtr a, NodePtr b)
      : Node(data::kBoolean, a->can_fail() || b->can_fail()),
        op_(op),
        a_(std::move(a)),
        b_(std::move(b)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;
  // One pass over the column when it is a field with a constant on the right.
  std::size_t select(Context& context, const Selection& selection,
                     std::uint32_t* rows) const override;

 private:
  CompareOp op_;
  NodePtr a_;
  NodePtr b_;
};

// IS [NOT] DISTINCT FROM: null equals null, and nothing else; never null.
class DistinctNode final : public Node {
 public:
  DistinctNode(bool negated, NodePtr a, NodePtr b)
      : Node(data::kBoolean, a->can_fail() || b->can_fail()),
        negated_(negated),
        a_(std::move(a)),
        b_(std::move(b)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  bool negated_;
  NodePtr a_;
  NodePtr b_;
};

// value BETWEEN low AND high, as value >= low AND value <= high with the value evaluated once.
class BetweenNode final : public Node {
 public:
  BetweenNode(bool negated, NodePtr value, NodePtr low, NodePtr high);
  Vec evaluate(Context& context, const Selection& selection) const override;
  std::size_t select(Context& context, const Selection& selection,
                     std::uint32_t* rows) const override;

 private:
  bool negated_;
  bool fast_;  // a field between constants of its own type
  NodePtr value_;
  NodePtr low_;
  NodePtr high_;
};

// value IN (a, b, ...), as value = a OR value = b ... with the value evaluated once; what comes
// after the item that equals is not evaluated.
class InNode final : public Node {
 public:
  InNode(bool negated, NodePtr value, std::vector<NodePtr> items);
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  template <class T>
  void lookup(Context& context, const Selection& selection, const Vec& value, std::uint8_t* values,
              std::uint8_t* nulls, const std::vector<T>& sorted) const;
  Vec one_by_one(Context& context, const Selection& selection, const Vec& value) const;

  bool negated_;
  NodePtr value_;
  std::vector<NodePtr> items_;
  // All items constant and of the value's type: sorted, for a binary search.
  bool constant_ = false;
  bool constant_null_ = false;  // one of them is null
  std::vector<std::int64_t> integers_;
  std::vector<std::string> texts_;
};

}  // namespace leat::expression
