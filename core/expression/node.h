// A node of the typed tree, and its leaves. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/expression/vector.h"

namespace leat::expression {

// Immutable after binding, and so safe to evaluate on several threads. A node is visited once for a
// block of rows, never once a row.
class Node {
 public:
  Node(data::Type type, bool can_fail) : type_(type), can_fail_(can_fail) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  data::Type type() const { return type_; }
  // Whether a row can get an EvalError here or below.
  bool can_fail() const { return can_fail_; }

  virtual Vec evaluate(Context& context, const Selection& selection) const = 0;
  // Of a boolean: writes the rows for which it is TRUE to `rows` (room for selection.size; it may
  // be the selection's own array) and returns how many.
  virtual std::size_t select(Context& context, const Selection& selection,
                             std::uint32_t* rows) const;
  virtual std::optional<std::size_t> field() const { return std::nullopt; }
  // The value of a constant, evaluated for no batch.
  virtual const data::Value* constant() const { return nullptr; }

 private:
  data::Type type_;
  bool can_fail_;
};

using NodePtr = std::unique_ptr<const Node>;

bool any_can_fail(const std::vector<NodePtr>& nodes);
bool all_constant(const std::vector<NodePtr>& nodes);

class FieldNode final : public Node {
 public:
  FieldNode(data::Type type, std::size_t index) : Node(type, false), index_(index) {}
  Vec evaluate(Context& context, const Selection& selection) const override;
  std::optional<std::size_t> field() const override { return index_; }

 private:
  std::size_t index_;
};

class ConstantNode final : public Node {
 public:
  ConstantNode(data::Type type, data::Value value);
  Vec evaluate(Context& context, const Selection& selection) const override;
  const data::Value* constant() const override { return &value_; }

 private:
  data::Value value_;
  std::string_view text_;
  ListRef list_;
  std::uint8_t boolean_ = 0;
  std::int64_t integer_ = 0;
  double number_ = 0;
};

// The value of one position, off the hot path.
data::Value value_at(data::Type type, const Vec& vec, std::size_t i);

}  // namespace leat::expression
