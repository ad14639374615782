#include "core/expression/node.h"

#include <algorithm>

namespace leat::expression {

std::size_t Node::select(Context& context, const Selection& selection, std::uint32_t* rows) const {
  const Vec vec = evaluate(context, selection);
  const Input<std::uint8_t> values(vec);
  std::size_t count = 0;
  for (std::size_t i = 0; i < selection.size; ++i) {
    const std::uint32_t row = selection.row(i);
    rows[count] = row;
    count += values[i] != 0 && !vec.is_null(i) ? 1 : 0;
  }
  return count;
}

bool any_can_fail(const std::vector<NodePtr>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const NodePtr& n) { return n->can_fail(); });
}

bool all_constant(const std::vector<NodePtr>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const NodePtr& n) { return n->constant() != nullptr; });
}

namespace {

template <class T>
const void* view(Context& context, const Selection& selection, const T* column) {
  if (selection.rows == nullptr) return column + selection.first;
  T* const values = context.arena().array<T>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) values[i] = column[selection.rows[i]];
  return values;
}

}  // namespace

Vec FieldNode::evaluate(Context& context, const Selection& selection) const {
  const data::Column& column = context.batch().columns[index_];
  Vec out;
  if (column.has_nulls()) {
    out.nulls = static_cast<const std::uint8_t*>(view(context, selection, column.nulls().data()));
  }
  switch (type().kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      out.data = view(context, selection, column.int64s().data());
      return out;
    case data::Kind::kDouble:
      out.data = view(context, selection, column.doubles().data());
      return out;
    case data::Kind::kBoolean:
      out.data = view(context, selection, column.booleans().data());
      return out;
    case data::Kind::kList: {
      auto* lists = context.arena().array<ListRef>(selection.size);
      for (std::size_t i = 0; i < selection.size; ++i) {
        const std::uint32_t row = selection.row(i);
        lists[i] = {&column.elements(), static_cast<std::uint32_t>(column.list_begin(row)),
                    static_cast<std::uint32_t>(column.list_end(row))};
      }
      out.data = lists;
      return out;
    }
    case data::Kind::kString:
    case data::Kind::kBytes:
      break;
  }
  auto* texts = context.arena().array<std::string_view>(selection.size);
  for (std::size_t i = 0; i < selection.size; ++i) texts[i] = column.text(selection.row(i));
  out.data = texts;
  return out;
}

ConstantNode::ConstantNode(data::Type type, data::Value value)
    : Node(type, false), value_(std::move(value)) {
  if (const auto* boolean = std::get_if<bool>(&value_.held)) boolean_ = *boolean ? 1 : 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value_.held)) integer_ = *integer;
  if (const auto* number = std::get_if<double>(&value_.held)) number_ = *number;
  if (const auto* text = std::get_if<std::string>(&value_.held)) text_ = *text;
}

Vec ConstantNode::evaluate(Context&, const Selection&) const {
  if (value_.is_null()) return null_vec();
  switch (type().kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      return {&integer_, nullptr, true};
    case data::Kind::kDouble:
      return {&number_, nullptr, true};
    case data::Kind::kBoolean:
      return {&boolean_, nullptr, true};
    case data::Kind::kList:
      return {&list_, nullptr, true};
    case data::Kind::kString:
    case data::Kind::kBytes:
      break;
  }
  return {&text_, nullptr, true};
}

data::Value value_at(data::Type type, const Vec& vec, std::size_t i) {
  if (vec.is_null(i)) return {};
  switch (type.kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      return Input<std::int64_t>(vec)[i];
    case data::Kind::kDouble:
      return Input<double>(vec)[i];
    case data::Kind::kBoolean:
      return Input<std::uint8_t>(vec)[i] != 0;
    case data::Kind::kList: {
      const ListRef list = Input<ListRef>(vec)[i];
      data::Value::List values;
      for (std::uint32_t at = list.begin; at < list.end; ++at) {
        values.push_back(list.elements->value(at));
      }
      return values;
    }
    case data::Kind::kString:
    case data::Kind::kBytes:
      break;
  }
  return Input<std::string_view>(vec)[i];
}

}  // namespace leat::expression
