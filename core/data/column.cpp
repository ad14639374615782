#include "core/data/column.h"

#include <limits>

namespace leat::data {

Column::Column(Type type) : type_(type) {
  if (type_.is_textual() || type_.is_list()) offsets_.push_back(0);
  if (type_.is_list()) elements_.emplace_back(type_.element_type());
}

void Column::reserve(std::size_t rows) {
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: ints_.reserve(rows); break;
    case Kind::kDouble: doubles_.reserve(rows); break;
    case Kind::kBoolean: booleans_.reserve(rows); break;
    default: offsets_.reserve(rows + 1); break;
  }
}

void Column::clear() {
  size_ = 0;
  nulls_.clear();
  ints_.clear();
  doubles_.clear();
  booleans_.clear();
  heap_.clear();
  if (!offsets_.empty()) offsets_.resize(1);
  if (!elements_.empty()) elements_.front().clear();
  drop_codes();
}

void Column::append_null() {
  if (nulls_.empty()) nulls_.assign(size_, 0);
  nulls_.push_back(1);
  ++size_;
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: ints_.push_back(0); break;
    case Kind::kDouble: doubles_.push_back(0); break;
    case Kind::kBoolean: booleans_.push_back(0); break;
    default: offsets_.push_back(offsets_.back()); break;
  }
  drop_codes();
}

void Column::close_text() {
  LEAT_ASSERT(heap_.size() <= std::numeric_limits<std::uint32_t>::max());
  offsets_.push_back(static_cast<std::uint32_t>(heap_.size()));
  grow();
}

void Column::append_text(std::string_view value) {
  heap_.append(value);
  close_text();
  drop_codes();
}

void Column::append_text(std::string_view value, std::uint64_t dictionary_id, std::uint32_t code) {
  const bool keeps = size_ == 0 || (codes_.size() == size_ && dictionary_id == dictionary_id_);
  heap_.append(value);
  close_text();
  if (!keeps) {
    drop_codes();
    return;
  }
  dictionary_id_ = dictionary_id;
  codes_.push_back(code);
}

void Column::close_list() {
  offsets_.push_back(static_cast<std::uint32_t>(elements_.front().size()));
  grow();
}

void Column::abandon_list() {
  while (elements_.front().size() > offsets_.back()) elements_.front().pop_back();
}

void Column::pop_back() {
  LEAT_ASSERT(size_ > 0);
  --size_;
  if (!nulls_.empty()) nulls_.pop_back();
  if (codes_.size() > size_) codes_.pop_back();
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: ints_.pop_back(); return;
    case Kind::kDouble: doubles_.pop_back(); return;
    case Kind::kBoolean: booleans_.pop_back(); return;
    default: break;
  }
  offsets_.pop_back();
  if (type_.is_list()) {
    abandon_list();
  } else {
    heap_.resize(offsets_.back());
  }
}

void Column::append_from(const Column& other, std::size_t row) {
  LEAT_ASSERT(other.type_ == type_);
  if (other.is_null(row)) {
    append_null();
    return;
  }
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: append_int64(other.ints_[row]); return;
    case Kind::kDouble: append_double(other.doubles_[row]); return;
    case Kind::kBoolean: append_boolean(other.booleans_[row] != 0); return;
    case Kind::kList:
      elements_.front().append_range(other.elements(), other.list_begin(row), other.list_end(row));
      close_list();
      return;
    default: break;
  }
  if (other.codes_.empty()) {
    append_text(other.text(row));
  } else {
    append_text(other.text(row), other.dictionary_id_, other.codes_[row]);
  }
}

void Column::append_range(const Column& other, std::size_t begin, std::size_t end) {
  LEAT_ASSERT(other.type_ == type_ && begin <= end && end <= other.size_);
  const bool plain = nulls_.empty() && other.nulls_.empty();
  const auto from = static_cast<std::ptrdiff_t>(begin);
  const auto to = static_cast<std::ptrdiff_t>(end);
  if (plain && type_.is_integral()) {
    ints_.insert(ints_.end(), other.ints_.begin() + from, other.ints_.begin() + to);
    size_ += end - begin;
  } else if (plain && type_.kind == Kind::kDouble) {
    doubles_.insert(doubles_.end(), other.doubles_.begin() + from, other.doubles_.begin() + to);
    size_ += end - begin;
  } else {
    for (std::size_t row = begin; row < end; ++row) append_from(other, row);
  }
}

void Column::append_rows(const Column& other, std::span<const std::uint32_t> rows) {
  LEAT_ASSERT(other.type_ == type_);
  const bool plain = nulls_.empty() && other.nulls_.empty();
  if (plain && type_.is_integral()) {
    ints_.reserve(size_ + rows.size());
    for (const std::uint32_t row : rows) ints_.push_back(other.ints_[row]);
    size_ += rows.size();
  } else if (plain && type_.kind == Kind::kDouble) {
    doubles_.reserve(size_ + rows.size());
    for (const std::uint32_t row : rows) doubles_.push_back(other.doubles_[row]);
    size_ += rows.size();
  } else {
    for (const std::uint32_t row : rows) append_from(other, row);
  }
}

Value Column::value(std::size_t row) const {
  if (is_null(row)) return Value();
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: return ints_[row];
    case Kind::kDouble: return doubles_[row];
    case Kind::kBoolean: return booleans_[row] != 0;
    case Kind::kList: {
      Value::List list;
      for (std::size_t i = list_begin(row); i < list_end(row); ++i) {
        list.push_back(elements().value(i));
      }
      return list;
    }
    default: return text(row);
  }
}

void Column::append_value(const Value& value) {
  if (value.is_null()) {
    append_null();
    return;
  }
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp: append_int64(std::get<std::int64_t>(value.held)); return;
    case Kind::kDouble:
      if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
        append_double(static_cast<double>(*integer));
      } else {
        append_double(std::get<double>(value.held));
      }
      return;
    case Kind::kBoolean: append_boolean(std::get<bool>(value.held)); return;
    case Kind::kList:
      for (const Value& element : std::get<Value::List>(value.held)) {
        elements_.front().append_value(element);
      }
      close_list();
      return;
    default: append_text(std::get<std::string>(value.held)); return;
  }
}

}  // namespace leat::data
