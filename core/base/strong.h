// Distinct types for numbers that must not be mixed up: ids, epochs, offsets, indexes.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace leat::base {

template <class Tag, class T>
class Strong {
 public:
  using Underlying = T;
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(value) {}
  constexpr T value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

 private:
  T value_{};
};

}  // namespace leat::base

template <class Tag, class T>
struct std::hash<leat::base::Strong<Tag, T>> {
  std::size_t operator()(const leat::base::Strong<Tag, T>& id) const noexcept {
    return std::hash<T>{}(id.value());
  }
};
