#include "core/expression/logic.h"

#include <algorithm>
#include <cstring>

namespace leat::expression {

Vec LogicNode::evaluate(Context& context, const Selection& selection) const {
  const std::size_t rows = selection.size;
  const std::uint8_t decisive = is_and_ ? 0 : 1;
  auto* const values = context.arena().array<std::uint8_t>(rows);
  auto* const nulls = context.arena().array<std::uint8_t>(rows);
  std::memset(values, is_and_ ? 1 : 0, rows);
  std::memset(nulls, 0, rows);

  // The rows still open; a null leaves a row open, for a decisive value wins over it.
  Part open{nullptr, selection};
  for (const NodePtr& term : terms_) {
    const Vec vec = term->evaluate(context, open.selection);
    const Input<std::uint8_t> input(vec);
    const std::size_t count = open.selection.size;
    auto* const positions = context.arena().array<std::uint32_t>(count);
    auto* const open_rows = context.arena().array<std::uint32_t>(count);
    std::size_t left = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t at =
          open.positions != nullptr ? open.positions[i] : static_cast<std::uint32_t>(i);
      positions[left] = at;
      open_rows[left] = open.selection.row(i);
      if (vec.is_null(i)) {
        nulls[at] = 1;
        ++left;
      } else if (input[i] == decisive) {
        values[at] = decisive;
        nulls[at] = 0;
      } else {
        ++left;
      }
    }
    if (left == 0) break;
    open = {positions, Selection{open_rows, 0, left}};
  }
  for (std::size_t i = 0; i < rows; ++i) values[i] = nulls[i] != 0 ? 0 : values[i];
  return {values, nulls, false};
}

std::size_t LogicNode::select(Context& context, const Selection& selection,
                              std::uint32_t* rows) const {
  const bool chained =
      is_and_ && std::none_of(terms_.begin() + 1, terms_.end(),
                              [](const NodePtr& term) { return term->can_fail(); });
  if (!chained) return Node::select(context, selection, rows);
  std::size_t count = terms_.front()->select(context, selection, rows);
  for (std::size_t t = 1; t < terms_.size() && count > 0; ++t) {
    count = terms_[t]->select(context, Selection{rows, 0, count}, rows);
  }
  return count;
}

Vec NotNode::evaluate(Context& context, const Selection& selection) const {
  const Vec a = a_->evaluate(context, selection);
  if (a.all_null()) return a;
  const Input<std::uint8_t> input(a);
  auto* const values = context.arena().array<std::uint8_t>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) values[i] = input[i] == 0 ? 1 : 0;
  return {values, combine_nulls(context, selection.size, &a, 1), false};
}

Vec IsNullNode::evaluate(Context& context, const Selection& selection) const {
  const Vec a = a_->evaluate(context, selection);
  auto* const values = context.arena().array<std::uint8_t>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) values[i] = a.is_null(i) != negated_ ? 1 : 0;
  return {values, nullptr, false};
}

Vec IsTruthNode::evaluate(Context& context, const Selection& selection) const {
  const Vec a = a_->evaluate(context, selection);
  const Input<std::uint8_t> input(a);
  auto* const values = context.arena().array<std::uint8_t>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) {
    const bool is = !a.is_null(i) && (input[i] != 0) == wanted_;
    values[i] = is != negated_ ? 1 : 0;
  }
  return {values, nullptr, false};
}

}  // namespace leat::expression
