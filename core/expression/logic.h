// AND, OR, NOT, IS: three-valued logic. Private to this folder.
#pragma once

#include <vector>

#include "core/expression/node.h"

namespace leat::expression {

// AND, or OR, of two or more. A term is evaluated only for the rows that those before it left open:
// those for which none was FALSE (of OR: TRUE).
class LogicNode final : public Node {
 public:
  LogicNode(bool is_and, std::vector<NodePtr> terms)
      : Node(data::kBoolean, any_can_fail(terms)), is_and_(is_and), terms_(std::move(terms)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;
  // Of AND: each term sees only the rows that the others selected, where none after the first can
  // fail (a row with a NULL before it would have to be looked at for its error).
  std::size_t select(Context& context, const Selection& selection,
                     std::uint32_t* rows) const override;

 private:
  bool is_and_;
  std::vector<NodePtr> terms_;
};

class NotNode final : public Node {
 public:
  explicit NotNode(NodePtr a) : Node(data::kBoolean, a->can_fail()), a_(std::move(a)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr a_;
};

class IsNullNode final : public Node {
 public:
  IsNullNode(bool negated, NodePtr a)
      : Node(data::kBoolean, a->can_fail()), negated_(negated), a_(std::move(a)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  bool negated_;
  NodePtr a_;
};

// IS [NOT] TRUE or FALSE.
class IsTruthNode final : public Node {
 public:
  IsTruthNode(bool wanted, bool negated, NodePtr a)
      : Node(data::kBoolean, a->can_fail()), wanted_(wanted), negated_(negated), a_(std::move(a)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  bool wanted_;
  bool negated_;
  NodePtr a_;
};

}  // namespace leat::expression
