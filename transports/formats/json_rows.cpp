#include "transports/formats/json_rows.h"

namespace leat::formats {

using ports::BadReason;
using State = Scalar::State;

namespace {

void convert(data::Kind kind, TimeUnit unit, const JsonScalar& value, Scalar& scalar) {
  switch (value.kind) {
    case Found::kNull:
      scalar.set_null();
      return;
    case Found::kBoolean:
      if (kind == data::Kind::kBoolean) {
        scalar.set_integer(value.boolean ? 1 : 0);
      } else {
        scalar.set_wrong(Found::kBoolean);
      }
      return;
    case Found::kNumber:
      set_number(scalar, kind, unit, value.number);
      return;
    default:
      set_string(scalar, kind, unit, value.text, value.size);
      return;
  }
}

}  // namespace

void JsonRows::not_an_object(std::string_view text, Found found) {
  bad_->add(BadReason::kWrongType, text, [&] {
    return "the reading is " + std::string(describe(found)) + ", expected an object";
  });
}

void JsonRows::take_scalar(const FieldNode& node, const JsonScalar& value) {
  for (const std::uint32_t index : node.leaves) put(index, value);
  // Where a path goes on below: null all the way is null, anything else should have been an object.
  for (const FieldNode::Child& child : node.children) {
    for (const std::uint32_t index : child.node->all) {
      if (value.kind == Found::kNull) {
        put(index, value);
      } else {
        builder_.scalar(index).set_wrong(value.kind);
      }
    }
  }
}

void JsonRows::take_object(const FieldNode& node) {
  for (const std::uint32_t index : node.leaves) builder_.scalar(index).set_wrong(Found::kObject);
}

void JsonRows::put(std::uint32_t index, const JsonScalar& value) {
  const FieldInfo& field = builder_.field(index);
  Scalar& scalar = builder_.scalar(index);
  if (!field.type.is_list()) {
    // Within an array it is bad already.
    if (!in_array_) convert(field.type.kind, field.unit, value, scalar);
  } else if (in_array_) {
    put_element(index, value);
  } else if (value.kind == Found::kNull) {
    scalar.set_null();
  } else {
    scalar.set_wrong(value.kind);
  }
}

void JsonRows::put_element(std::uint32_t index, const JsonScalar& value) {
  const FieldInfo& field = builder_.field(index);
  Scalar& list = builder_.scalar(index);
  if (list.state != State::kValue) return;
  Scalar element;
  convert(field.type.element, field.unit, value, element);
  if (element.state == State::kBad) {
    list.set_bad(element.reason, element.found);
  } else {
    append_scalar(builder_.list_builder(index), field.type.element, element);
  }
}

bool JsonRows::enter_array(const FieldNode& node) {
  bool wanted = false;
  for (const std::uint32_t index : node.all) {
    const int crossing = tree_->crossings[index];
    const bool crosses = builder_.field(index).type.is_list() && !in_array_ &&
                         (crossing == FieldTree::kAnywhere || crossing == node.depth);
    if (crosses) {
      builder_.scalar(index).state = State::kValue;
      wanted = true;
    } else {
      builder_.scalar(index).set_wrong(Found::kArray);
    }
  }
  in_array_ = in_array_ || wanted;
  return wanted;
}

void JsonRows::begin_element(const FieldNode& node) {
  for (const std::uint32_t index : node.all) {
    if (builder_.field(index).type.is_list()) {
      element_counts_[index] = builder_.list_builder(index).size();
    }
  }
}

void JsonRows::end_element(const FieldNode& node) {
  for (const std::uint32_t index : node.all) {
    const FieldInfo& field = builder_.field(index);
    Scalar& list = builder_.scalar(index);
    if (!field.type.is_list() || list.state != State::kValue) continue;
    if (builder_.list_builder(index).size() != element_counts_[index]) continue;
    if (field.required) {
      list.set_bad(BadReason::kMissingField, Found::kNothing);
    } else {
      builder_.list_builder(index).append_null();
    }
  }
}

}  // namespace leat::formats
