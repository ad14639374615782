#include <algorithm>
#include <cstring>

#include "core/expression/compare.h"

namespace leat::expression {

InNode::InNode(bool negated, NodePtr value, std::vector<NodePtr> items)
    : Node(data::kBoolean, value->can_fail() || any_can_fail(items)),
      negated_(negated),
      value_(std::move(value)),
      items_(std::move(items)) {
  const data::Type type = value_->type();
  constant_ = (type.is_integral() || type.is_textual()) &&
              std::all_of(items_.begin(), items_.end(), [&](const NodePtr& item) {
                return item->constant() != nullptr && item->type() == type;
              });
  if (!constant_) return;
  for (const NodePtr& item : items_) {
    const data::Value& constant = *item->constant();
    if (constant.is_null()) {
      constant_null_ = true;
    } else if (type.is_integral()) {
      integers_.push_back(std::get<std::int64_t>(constant.held));
    } else {
      texts_.push_back(std::get<std::string>(constant.held));
    }
  }
  std::sort(integers_.begin(), integers_.end());
  std::sort(texts_.begin(), texts_.end());
}

template <class T>
void InNode::lookup(Context&, const Selection& selection, const Vec& value, std::uint8_t* values,
                    std::uint8_t* nulls, const std::vector<T>& sorted) const {
  using View = std::conditional_t<std::is_same_v<T, std::string>, std::string_view, std::int64_t>;
  const Input<View> input(value);
  for (std::size_t i = 0; i < selection.size; ++i) {
    const View wanted = input[i];
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), wanted,
                                     [](const T& a, const View& b) { return View(a) < b; });
    const bool found = at != sorted.end() && View(*at) == wanted;
    const bool is_null = value.is_null(i) || (!found && constant_null_);
    nulls[i] = is_null ? 1 : 0;
    values[i] = !is_null && found != negated_ ? 1 : 0;
  }
}

Vec InNode::evaluate(Context& context, const Selection& selection) const {
  const Vec value = value_->evaluate(context, selection);
  if (!constant_) return one_by_one(context, selection, value);
  if (value.all_null()) return null_vec();
  auto* const values = context.arena().array<std::uint8_t>(selection.size);
  auto* const nulls = context.arena().array<std::uint8_t>(selection.size);
  if (value_->type().is_integral()) {
    lookup(context, selection, value, values, nulls, integers_);
  } else {
    lookup(context, selection, value, values, nulls, texts_);
  }
  return {values, nulls, false};
}

Vec InNode::one_by_one(Context& context, const Selection& selection, const Vec& value) const {
  const std::size_t rows = selection.size;
  auto* const found = context.arena().array<std::uint8_t>(rows);
  auto* const unknown = context.arena().array<std::uint8_t>(rows);
  std::memset(found, 0, rows);
  std::memset(unknown, 0, rows);
  for (const NodePtr& item : items_) {
    const Part part = narrow(context, selection, [&](std::size_t i) { return found[i] == 0; });
    const std::size_t count = part.selection.size;
    if (count == 0) break;
    const Vec of = gather(context, value_->type(), value, part.positions, count);
    const Vec candidate = item->evaluate(context, part.selection);
    const Vec equal =
        compare(context, count, CompareOp::kEqual, value_->type(), of, item->type(), candidate);
    const Input<std::uint8_t> same(equal);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t at = part.positions[i];
      if (equal.is_null(i)) {
        unknown[at] = 1;
      } else if (same[i] != 0) {
        found[at] = 1;
      }
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    if (found[i] != 0) unknown[i] = 0;
    found[i] = unknown[i] == 0 && (found[i] != 0) != negated_ ? 1 : 0;
  }
  return {found, unknown, false};
}

}  // namespace leat::expression
