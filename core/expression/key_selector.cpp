#include "core/expression/key_selector.h"

namespace leat::expression {

KeySelector::KeySelector(std::vector<KeyPart> parts) : parts_(std::move(parts)) {
  computed_.reserve(parts_.size());
  for (const KeyPart& part : parts_) computed_.emplace_back(part.expression.type());
  selected_.resize(parts_.size());
}

std::vector<data::Field> KeySelector::fields() const {
  std::vector<data::Field> fields;
  fields.reserve(parts_.size());
  for (const KeyPart& part : parts_) fields.push_back({part.name, part.expression.type()});
  return fields;
}

std::span<const data::Column* const> KeySelector::select(const data::Batch& batch,
                                                         RowErrors& errors) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (const auto field = parts_[i].expression.field()) {
      selected_[i] = &batch.columns[*field];
      continue;
    }
    computed_[i].clear();
    parts_[i].expression.evaluate(batch, computed_[i], errors);
    selected_[i] = &computed_[i];
  }
  return selected_;
}

}  // namespace leat::expression
