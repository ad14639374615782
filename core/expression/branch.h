// CASE, COALESCE, NULLIF, GREATEST, LEAST: choices between values. Private to this folder.
#pragma once

#include <optional>
#include <vector>

#include "core/expression/node.h"

namespace leat::expression {

// CASE and IF. A condition is evaluated for the rows that no earlier one took, a result only for
// the rows that take it. With an operand (CASE x WHEN ...) the conditions are what it is compared
// with, and it is evaluated once. Results have the type of the node.
class CaseNode final : public Node {
 public:
  struct Branch {
    NodePtr condition;
    NodePtr result;
  };
  CaseNode(data::Type type, bool can_fail, NodePtr operand, std::vector<Branch> branches,
           NodePtr otherwise);
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr operand_;  // or null
  std::vector<Branch> branches_;
  NodePtr otherwise_;  // or null
};

// The first that is not null; each is evaluated only where those before it were null.
class CoalesceNode final : public Node {
 public:
  CoalesceNode(data::Type type, std::vector<NodePtr> choices)
      : Node(type, any_can_fail(choices)), choices_(std::move(choices)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  std::vector<NodePtr> choices_;
};

// Null where both are equal, otherwise the first.
class NullIfNode final : public Node {
 public:
  NullIfNode(NodePtr a, NodePtr b)
      : Node(a->type(), a->can_fail() || b->can_fail()), a_(std::move(a)), b_(std::move(b)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr a_;
  NodePtr b_;
};

// Null where any is null. A NaN counts as the greatest.
class ExtremeNode final : public Node {
 public:
  ExtremeNode(bool greatest, std::vector<NodePtr> choices)
      : Node(choices.front()->type(), any_can_fail(choices)),
        greatest_(greatest),
        choices_(std::move(choices)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  bool greatest_;
  std::vector<NodePtr> choices_;
};

}  // namespace leat::expression
