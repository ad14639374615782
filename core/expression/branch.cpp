#include "core/expression/branch.h"

#include <cmath>
#include <cstring>

#include "core/expression/compare.h"

namespace leat::expression {
namespace {

// Splits the rows still open by a condition: those for which it is TRUE, and the others.
struct Split {
  Part taken;
  Part open;
};
Split split(Context& context, const Part& of, const Vec& condition) {
  const std::size_t count = of.selection.size;
  const Input<std::uint8_t> holds(condition);
  std::uint32_t* positions[2];
  std::uint32_t* rows[2];
  std::size_t sizes[2] = {0, 0};
  for (int side = 0; side < 2; ++side) {
    positions[side] = context.arena().array<std::uint32_t>(count);
    rows[side] = context.arena().array<std::uint32_t>(count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const int side = holds[i] != 0 && !condition.is_null(i) ? 1 : 0;
    positions[side][sizes[side]] =
        of.positions != nullptr ? of.positions[i] : static_cast<std::uint32_t>(i);
    rows[side][sizes[side]++] = of.selection.row(i);
  }
  return {{positions[1], Selection{rows[1], 0, sizes[1]}},
          {positions[0], Selection{rows[0], 0, sizes[0]}}};
}

void fill(Context& context, const Part& part, const Node& from, Assembly& into) {
  if (part.selection.size == 0) return;
  into.put(part.positions, part.selection.size, from.evaluate(context, part.selection));
}

}  // namespace

CaseNode::CaseNode(data::Type type, bool can_fail, NodePtr operand, std::vector<Branch> branches,
                   NodePtr otherwise)
    : Node(type, can_fail),
      operand_(std::move(operand)),
      branches_(std::move(branches)),
      otherwise_(std::move(otherwise)) {}

Vec CaseNode::evaluate(Context& context, const Selection& selection) const {
  Assembly assembly(context, type(), selection.size);
  Vec operand;
  if (operand_ != nullptr) operand = operand_->evaluate(context, selection);
  Part open{nullptr, selection};
  for (const Branch& branch : branches_) {
    if (open.selection.size == 0) break;
    Vec condition = branch.condition->evaluate(context, open.selection);
    if (operand_ != nullptr) {
      const std::size_t count = open.selection.size;
      const Vec of = open.positions == nullptr
                         ? operand
                         : gather(context, operand_->type(), operand, open.positions, count);
      condition = compare(context, count, CompareOp::kEqual, operand_->type(), of,
                          branch.condition->type(), condition);
    }
    const Split parts = split(context, open, condition);
    fill(context, parts.taken, *branch.result, assembly);
    open = parts.open;
  }
  if (otherwise_ != nullptr) fill(context, open, *otherwise_, assembly);
  return assembly.finish();
}

Vec CoalesceNode::evaluate(Context& context, const Selection& selection) const {
  Vec vec = choices_.front()->evaluate(context, selection);
  if (vec.nulls == nullptr) return vec;
  Assembly assembly(context, type(), selection.size);
  Part open{nullptr, selection};
  for (std::size_t c = 0;; ++c) {
    const std::size_t count = open.selection.size;
    assembly.put(open.positions, count, vec);
    if (c + 1 == choices_.size()) break;
    auto* const positions = context.arena().array<std::uint32_t>(count);
    auto* const rows = context.arena().array<std::uint32_t>(count);
    std::size_t left = 0;
    for (std::size_t i = 0; i < count; ++i) {
      positions[left] =
          open.positions != nullptr ? open.positions[i] : static_cast<std::uint32_t>(i);
      rows[left] = open.selection.row(i);
      left += vec.is_null(i) ? 1 : 0;
    }
    if (left == 0) break;
    open = {positions, Selection{rows, 0, left}};
    vec = choices_[c + 1]->evaluate(context, open.selection);
  }
  return assembly.finish();
}

Vec NullIfNode::evaluate(Context& context, const Selection& selection) const {
  const std::size_t rows = selection.size;
  const Vec a = a_->evaluate(context, selection);
  const Vec b = b_->evaluate(context, selection);
  const Vec equal = compare(context, rows, CompareOp::kEqual, a_->type(), a, b_->type(), b);
  const Part kept = narrow(context, selection, [&](std::size_t i) {
    return equal.is_null(i) || Input<std::uint8_t>(equal)[i] == 0;
  });
  Assembly assembly(context, type(), rows);
  assembly.put(kept.positions, kept.selection.size,
               gather(context, type(), a, kept.positions, kept.selection.size));
  return assembly.finish();
}

Vec ExtremeNode::evaluate(Context& context, const Selection& selection) const {
  const std::size_t rows = selection.size;
  std::vector<Vec> vecs;
  vecs.reserve(choices_.size());
  for (const NodePtr& choice : choices_) vecs.push_back(choice->evaluate(context, selection));
  for (const Vec& vec : vecs) {
    if (vec.all_null()) return null_vec();
  }
  Vec out;
  out.nulls = combine_nulls(context, rows, vecs.data(), vecs.size());
  with_physical(type().kind, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (!std::is_same_v<T, ListRef>) {
      T* const values = context.arena().array<T>(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        T best = Input<T>(vecs.front())[i];
        for (std::size_t c = 1; c < vecs.size(); ++c) {
          const T next = Input<T>(vecs[c])[i];
          Order o = order(next, best);
          if constexpr (std::is_same_v<T, double>) {
            if (o == Order::kUnordered) o = std::isnan(next) ? Order::kGreater : Order::kLess;
          }
          if (o == (greatest_ ? Order::kGreater : Order::kLess)) best = next;
        }
        values[i] = best;
      }
      out.data = values;
    }
  });
  return out;
}

}  // namespace leat::expression
