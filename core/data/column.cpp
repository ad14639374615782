#include "core/data/column.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace leat::data {
namespace {

constexpr std::uint64_t kMaxExtent = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Column::Column(Type type) : type_(type) {
  if (type_.is_textual() || type_.is_list()) offsets_.push_back(0);
  if (type_.is_list()) elements_.emplace_back(type_.element_type());
}

void Column::reserve(std::size_t rows) {
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp:
      ints_.reserve(rows);
      break;
    case Kind::kDouble:
      doubles_.reserve(rows);
      break;
    case Kind::kBoolean:
      booleans_.reserve(rows);
      break;
    default:
      offsets_.reserve(rows + 1);
      break;
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
    case Kind::kTimestamp:
      ints_.push_back(0);
      break;
    case Kind::kDouble:
      doubles_.push_back(0);
      break;
    case Kind::kBoolean:
      booleans_.push_back(0);
      break;
    default:
      offsets_.push_back(offsets_.back());
      break;
  }
  drop_codes();
}

void Column::close_text() {
  LEAT_ASSERT(heap_.size() <= kMaxExtent);
  offsets_.push_back(static_cast<std::uint32_t>(heap_.size()));
  grow();
}

void Column::append_text(std::string_view value) {
  heap_.append(value);
  close_text();
  drop_codes();
}

void Column::append_text(std::string_view value, std::uint64_t dictionary_id, std::uint32_t code) {
  const bool keeps = keeps_codes(dictionary_id);
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
  LEAT_ASSERT(elements_.front().size() <= kMaxExtent);
  offsets_.push_back(static_cast<std::uint32_t>(elements_.front().size()));
  grow();
}

void Column::abandon_list() { elements_.front().truncate(offsets_.back()); }

void Column::pop_back() {
  LEAT_ASSERT(size_ > 0);
  truncate(size_ - 1);
}

void Column::truncate(std::size_t rows) {
  LEAT_ASSERT(rows <= size_);
  size_ = rows;
  if (codes_.size() > rows) codes_.resize(rows);
  if (!nulls_.empty()) {
    nulls_.resize(rows);
    // What went may have been the only null rows.
    if (std::find(nulls_.begin(), nulls_.end(), 1) == nulls_.end()) nulls_.clear();
  }
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp:
      ints_.resize(rows);
      return;
    case Kind::kDouble:
      doubles_.resize(rows);
      return;
    case Kind::kBoolean:
      booleans_.resize(rows);
      return;
    default:
      break;
  }
  offsets_.resize(rows + 1);
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
    case Kind::kTimestamp:
      append_int64(other.ints_[row]);
      return;
    case Kind::kDouble:
      append_double(other.doubles_[row]);
      return;
    case Kind::kBoolean:
      append_boolean(other.booleans_[row] != 0);
      return;
    case Kind::kList:
      elements_.front().append_range(other.elements(), other.list_begin(row), other.list_end(row));
      close_list();
      return;
    default:
      break;
  }
  if (other.codes_.empty()) {
    append_text(other.text(row));
  } else {
    append_text(other.text(row), other.dictionary_id_, other.codes_[row]);
  }
}

// Null rows hold a zero or an empty extent, so values are copied without looking at the nulls.
void Column::append_range(const Column& other, std::size_t begin, std::size_t end) {
  LEAT_ASSERT(other.type_ == type_ && begin <= end && end <= other.size_);
  if (begin == end) return;
  const auto append = [&](auto& to, const auto& from) {
    to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin),
              from.begin() + static_cast<std::ptrdiff_t>(end));
  };
  if (grow_nulls(other, end - begin)) append(nulls_, other.nulls_);
  if (grow_codes(other)) append(codes_, other.codes_);
  if (type_.is_integral()) {
    append(ints_, other.ints_);
  } else if (type_.kind == Kind::kDouble) {
    append(doubles_, other.doubles_);
  } else if (type_.kind == Kind::kBoolean) {
    append(booleans_, other.booleans_);
  } else {
    // The texts, or elements, lie side by side: one copy, and the offsets shifted. Elements
    // appended and not closed yet belong to the first row.
    const std::uint32_t from = other.offsets_[begin];
    const std::uint32_t count = other.offsets_[end] - from;
    const std::uint64_t base = type_.is_list() ? elements_.front().size() : heap_.size();
    LEAT_ASSERT(base + count <= kMaxExtent);
    if (type_.is_list()) {
      elements_.front().append_range(other.elements(), from, other.offsets_[end]);
    } else {
      heap_.append(other.heap_, from, count);
    }
    offsets_.resize(size_ + 1 + (end - begin));
    for (std::size_t row = begin; row < end; ++row) {
      offsets_[size_ + 1 + (row - begin)] =
          static_cast<std::uint32_t>(base + (other.offsets_[row + 1] - from));
    }
  }
  size_ += end - begin;
}

void Column::append_rows(const Column& other, std::span<const std::uint32_t> rows) {
  LEAT_ASSERT(other.type_ == type_);
  if (rows.empty()) return;
  const auto append = [&](auto& to, const auto& from) {
    // resize() grows by doubling, reserve() would not; appending stays linear.
    const std::size_t at = to.size();
    to.resize(at + rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) to[at + i] = from[rows[i]];
  };
  if (grow_nulls(other, rows.size())) append(nulls_, other.nulls_);
  if (grow_codes(other)) append(codes_, other.codes_);
  if (type_.is_integral()) {
    append(ints_, other.ints_);
  } else if (type_.kind == Kind::kDouble) {
    append(doubles_, other.doubles_);
  } else if (type_.kind == Kind::kBoolean) {
    append(booleans_, other.booleans_);
  } else if (type_.is_list()) {
    for (const std::uint32_t row : rows) {
      elements_.front().append_range(other.elements(), other.list_begin(row), other.list_end(row));
      LEAT_ASSERT(elements_.front().size() <= kMaxExtent);
      offsets_.push_back(static_cast<std::uint32_t>(elements_.front().size()));
    }
  } else {
    append_texts(other, rows);
  }
  size_ += rows.size();
}

void Column::append_texts(const Column& other, std::span<const std::uint32_t> rows) {
  std::uint64_t end = offsets_.back();
  offsets_.resize(size_ + 1 + rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    end += other.offsets_[rows[i] + 1] - other.offsets_[rows[i]];
    offsets_[size_ + 1 + i] = static_cast<std::uint32_t>(end);
  }
  LEAT_ASSERT(end <= kMaxExtent);
  std::size_t at = heap_.size();
  heap_.resize(static_cast<std::size_t>(end));
  for (const std::uint32_t row : rows) {
    const std::string_view text = other.text(row);
    std::memcpy(heap_.data() + at, text.data(), text.size());
    at += text.size();
  }
}

bool Column::grow_nulls(const Column& other, std::size_t rows) {
  if (nulls_.empty() && other.nulls_.empty()) return false;
  if (nulls_.empty()) nulls_.assign(size_, 0);
  if (!other.nulls_.empty()) return true;
  nulls_.resize(size_ + rows, 0);
  return false;
}

bool Column::grow_codes(const Column& other) {
  if (other.codes_.empty() || !keeps_codes(other.dictionary_id_)) {
    drop_codes();
    return false;
  }
  dictionary_id_ = other.dictionary_id_;
  return true;
}

Value Column::value(std::size_t row) const {
  if (is_null(row)) return Value();
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp:
      return ints_[row];
    case Kind::kDouble:
      return doubles_[row];
    case Kind::kBoolean:
      return booleans_[row] != 0;
    case Kind::kList: {
      Value::List list;
      for (std::size_t i = list_begin(row); i < list_end(row); ++i) {
        list.push_back(elements().value(i));
      }
      return list;
    }
    default:
      return text(row);
  }
}

void Column::append_value(const Value& value) {
  if (value.is_null()) {
    append_null();
    return;
  }
  switch (type_.kind) {
    case Kind::kBigint:
    case Kind::kTimestamp:
      append_int64(std::get<std::int64_t>(value.held));
      return;
    case Kind::kDouble:
      if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
        append_double(static_cast<double>(*integer));
      } else {
        append_double(std::get<double>(value.held));
      }
      return;
    case Kind::kBoolean:
      append_boolean(std::get<bool>(value.held));
      return;
    case Kind::kList:
      for (const Value& element : std::get<Value::List>(value.held)) {
        elements_.front().append_value(element);
      }
      close_list();
      return;
    default:
      append_text(std::get<std::string>(value.held));
      return;
  }
}

}  // namespace leat::data
