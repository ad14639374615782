// list[i], CARDINALITY, ARRAY_CONTAINS. Private to this folder.
#pragma once

#include "core/expression/node.h"

namespace leat::expression {

// The element at a 1-based position; null out of range.
class IndexNode final : public Node {
 public:
  IndexNode(NodePtr list, NodePtr position)
      : Node(list->type().element_type(), list->can_fail() || position->can_fail()),
        list_(std::move(list)),
        position_(std::move(position)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr list_;
  NodePtr position_;
};

class CardinalityNode final : public Node {
 public:
  explicit CardinalityNode(NodePtr list)
      : Node(data::kBigint, list->can_fail()), list_(std::move(list)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr list_;
};

// Whether the list holds the value; of a null value: whether it holds a null (as in Flink). Null
// only for a null list.
class ContainsNode final : public Node {
 public:
  ContainsNode(NodePtr list, NodePtr value)
      : Node(data::kBoolean, list->can_fail() || value->can_fail()),
        list_(std::move(list)),
        value_(std::move(value)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  NodePtr list_;
  NodePtr value_;
};

}  // namespace leat::expression
