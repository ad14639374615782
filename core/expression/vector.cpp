#include "core/expression/vector.h"

#include <algorithm>
#include <cstring>

namespace leat::expression {
namespace {

constexpr std::uint8_t kOneNull = 1;
// What a null reads as: the zero of every type is zero bytes.
alignas(16) constexpr std::byte kZero[32] = {};
static_assert(sizeof(kZero) >= sizeof(std::string_view) && sizeof(kZero) >= sizeof(ListRef));

}  // namespace

void Arena::grow(std::size_t bytes) {
  std::size_t size = std::max(bytes, kFirstChunk);
  if (!chunks_.empty()) size = std::max(size, std::min(chunks_.back().size * 2, kKept));
  chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  next_ = chunks_.back().bytes.get();
  end_ = next_ + size;
}

void Arena::reset() {
  used_ = 0;
  const auto largest =
      std::max_element(chunks_.begin(), chunks_.end(),
                       [](const Chunk& a, const Chunk& b) { return a.size < b.size; });
  if (largest == chunks_.end() || largest->size > kKept) {
    chunks_.clear();
    next_ = inline_;
    end_ = inline_ + kInline;
    return;
  }
  Chunk kept = std::move(*largest);
  chunks_.clear();
  next_ = kept.bytes.get();
  end_ = next_ + kept.size;
  chunks_.push_back(std::move(kept));
}

const std::uint8_t* combine_nulls(Context& context, std::size_t rows, const Vec* vecs,
                                  std::size_t count) {
  const std::uint8_t* first = nullptr;
  std::uint8_t* merged = nullptr;
  for (std::size_t v = 0; v < count; ++v) {
    const Vec& vec = vecs[v];
    if (vec.nulls == nullptr || (vec.constant && vec.nulls[0] == 0)) continue;
    if (first == nullptr && !vec.constant) {
      first = vec.nulls;
      continue;
    }
    if (merged == nullptr) {
      merged = context.arena().array<std::uint8_t>(rows);
      if (first != nullptr) {
        std::memcpy(merged, first, rows);
      } else {
        std::memset(merged, 0, rows);
      }
      first = merged;
    }
    const Input<std::uint8_t> nulls(Vec{vec.nulls, nullptr, vec.constant});
    for (std::size_t i = 0; i < rows; ++i) {
      merged[i] = static_cast<std::uint8_t>(merged[i] | nulls[i]);
    }
  }
  return first;
}

Vec null_vec() { return {kZero, &kOneNull, true}; }

Vec gather(Context& context, data::Type type, const Vec& from, const std::uint32_t* positions,
           std::size_t count) {
  if (from.constant) return from;
  Vec out;
  if (from.nulls != nullptr) {
    auto* nulls = context.arena().array<std::uint8_t>(count);
    for (std::size_t i = 0; i < count; ++i) nulls[i] = from.nulls[positions[i]];
    out.nulls = nulls;
  }
  out.data = with_physical(type.kind, [&](auto zero) -> const void* {
    using T = decltype(zero);
    T* const values = context.arena().array<T>(count);
    const T* const source = from.values<T>();
    for (std::size_t i = 0; i < count; ++i) values[i] = source[positions[i]];
    return values;
  });
  return out;
}

Assembly::Assembly(Context& context, data::Type type, std::size_t rows) : type_(type) {
  nulls_ = context.arena().array<std::uint8_t>(rows);
  std::memset(nulls_, 1, rows);
  values_ = with_physical(type.kind, [&](auto zero) -> void* {
    using T = decltype(zero);
    T* const values = context.arena().array<T>(rows);
    std::fill_n(values, rows, T{});
    return values;
  });
}

void Assembly::put(const std::uint32_t* positions, std::size_t count, const Vec& values) {
  with_physical(type_.kind, [&](auto zero) {
    using T = decltype(zero);
    const Input<T> source(values);
    T* const target = static_cast<T*>(values_);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = positions != nullptr ? positions[i] : i;
      if (values.is_null(i)) continue;
      target[at] = source[i];
      nulls_[at] = 0;
    }
  });
}

}  // namespace leat::expression
