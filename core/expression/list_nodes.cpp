#include "core/expression/list_nodes.h"

namespace leat::expression {
namespace {

template <class T>
T element(const data::Column& column, std::size_t at) {
  if constexpr (std::is_same_v<T, std::int64_t>) return column.int64s()[at];
  if constexpr (std::is_same_v<T, double>) return column.doubles()[at];
  if constexpr (std::is_same_v<T, std::uint8_t>) return column.booleans()[at];
  if constexpr (std::is_same_v<T, std::string_view>) return column.text(at);
  return T{};
}

}  // namespace

Vec IndexNode::evaluate(Context& context, const Selection& selection) const {
  const Vec list = list_->evaluate(context, selection);
  const Vec position = position_->evaluate(context, selection);
  if (list.all_null() || position.all_null()) return null_vec();
  const std::size_t rows = selection.size;
  const Input<ListRef> lists(list);
  const Input<std::int64_t> positions(position);
  auto* const nulls = context.arena().array<std::uint8_t>(rows);
  const void* const data = with_physical(type().kind, [&](auto zero) -> const void* {
    using T = decltype(zero);
    T* const values = context.arena().array<T>(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      values[i] = T{};
      nulls[i] = 1;
      if (list.is_null(i) || position.is_null(i)) continue;
      const ListRef of = lists[i];
      const std::int64_t at = positions[i];
      if (at < 1 || at > static_cast<std::int64_t>(of.end - of.begin)) continue;
      const std::size_t index = of.begin + static_cast<std::size_t>(at - 1);
      if (of.elements->is_null(index)) continue;
      nulls[i] = 0;
      values[i] = element<T>(*of.elements, index);
    }
    return values;
  });
  return {data, nulls, false};
}

Vec CardinalityNode::evaluate(Context& context, const Selection& selection) const {
  const Vec list = list_->evaluate(context, selection);
  if (list.all_null()) return null_vec();
  const Input<ListRef> lists(list);
  auto* const values = context.arena().array<std::int64_t>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) {
    values[i] = static_cast<std::int64_t>(lists[i].end - lists[i].begin);
  }
  return {values, combine_nulls(context, selection.size, &list, 1), false};
}

Vec ContainsNode::evaluate(Context& context, const Selection& selection) const {
  const Vec list = list_->evaluate(context, selection);
  const Vec value = value_->evaluate(context, selection);
  if (list.all_null()) return null_vec();
  const Input<ListRef> lists(list);
  auto* const found = context.arena().array<std::uint8_t>(selection.size);
  with_physical(value_->type().kind, [&](auto zero) {
    using T = decltype(zero);
    const Input<T> values(value);
    for (std::size_t i = 0; i < selection.size; ++i) {
      found[i] = 0;
      if (list.is_null(i)) continue;
      const ListRef of = lists[i];
      const bool wants_null = value.is_null(i);
      for (std::size_t at = of.begin; at < of.end && found[i] == 0; ++at) {
        const bool is_null = of.elements->is_null(at);
        if (is_null || wants_null) {
          found[i] = is_null && wants_null ? 1 : 0;
          continue;
        }
        if constexpr (!std::is_same_v<T, ListRef>) {
          found[i] = element<T>(*of.elements, at) == values[i] ? 1 : 0;
        }
      }
    }
  });
  return {found, combine_nulls(context, selection.size, &list, 1), false};
}

}  // namespace leat::expression
