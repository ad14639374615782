// Functions of single values made into functions of vectors. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/expression/node.h"

namespace leat::expression {

// A timestamp as an argument or result, apart from a bigint.
struct Time {
  std::int64_t ms = 0;
};

// What a function may ask for beyond its arguments.
class Call {
 public:
  Call(Context& context, const Selection& selection) : context_(context), selection_(selection) {}
  void at(std::size_t i) { i_ = i; }
  // For `return call.fail(...)`: the row gets the error and the value null.
  bool fail(EvalError error) {
    context_.fail(selection_.row(i_), error);
    return false;
  }
  // Room for a string, or null after failing.
  char* text(std::size_t size) {
    char* const place = context_.text(size);
    if (place == nullptr) fail(EvalError::kInvalidArgument);
    return place;
  }

 private:
  Context& context_;
  const Selection& selection_;
  std::size_t i_ = 0;
};

inline constexpr std::size_t kMaxArguments = 4;
using Kernel = Vec (*)(Context& context, const Selection& selection, const Vec* arguments);

// A function and the types it takes. NULL in, NULL out, unless it is variadic.
struct Overload {
  std::string_view name;  // in capitals; those that start with '$' are not for users
  data::Type result;
  std::array<data::Type, kMaxArguments> arguments;
  std::size_t count = 0;
  bool can_fail = false;
  Kernel kernel = nullptr;
};

namespace detail {

template <class T>
struct Held {
  using Type = T;
  static T load(const T& held) { return held; }
};
template <>
struct Held<bool> {
  using Type = std::uint8_t;
  static bool load(std::uint8_t held) { return held != 0; }
};
template <>
struct Held<Time> {
  using Type = std::int64_t;
  static Time load(std::int64_t held) { return {held}; }
};
inline std::uint8_t store(bool value) { return value ? 1 : 0; }
inline std::int64_t store(Time value) { return value.ms; }
template <class T>
T store(T value) {
  return value;
}

template <class T>
constexpr data::Type type_of() {
  if constexpr (std::is_same_v<T, bool>) return data::kBoolean;
  if constexpr (std::is_same_v<T, std::int64_t>) return data::kBigint;
  if constexpr (std::is_same_v<T, double>) return data::kDouble;
  if constexpr (std::is_same_v<T, Time>) return data::kTimestamp;
  return data::kString;
}

// R fn(A...): has a value for every argument.
template <auto Fn, class R, class... A, std::size_t... I>
Vec total(Context& context, const Selection& selection, const Vec* arguments,
          std::index_sequence<I...>) {
  if ((arguments[I].all_null() || ...)) return null_vec();
  const std::size_t rows = selection.size;
  const std::uint8_t* const nulls = combine_nulls(context, rows, arguments, sizeof...(A));
  const std::tuple<Input<typename Held<A>::Type>...> inputs{
      Input<typename Held<A>::Type>(arguments[I])...};
  auto* const values = context.arena().array<typename Held<R>::Type>(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    values[i] = store(Fn(Held<A>::load(std::get<I>(inputs)[i])...));
  }
  return {values, nulls, false};
}

// bool fn(Call&, A..., R&): false for null, after call.fail() or without.
template <auto Fn, class R, class... A, std::size_t... I>
Vec partial(Context& context, const Selection& selection, const Vec* arguments,
            std::index_sequence<I...>) {
  if ((arguments[I].all_null() || ...)) return null_vec();
  const std::size_t rows = selection.size;
  const std::uint8_t* nulls = combine_nulls(context, rows, arguments, sizeof...(A));
  std::uint8_t* own_nulls = nullptr;
  const std::tuple<Input<typename Held<A>::Type>...> inputs{
      Input<typename Held<A>::Type>(arguments[I])...};
  auto* const values = context.arena().array<typename Held<R>::Type>(rows);
  Call call(context, selection);
  for (std::size_t i = 0; i < rows; ++i) {
    R result{};
    if (nulls == nullptr || nulls[i] == 0) {
      call.at(i);
      if (!Fn(call, Held<A>::load(std::get<I>(inputs)[i])..., result)) {
        result = R{};
        if (own_nulls == nullptr) {
          own_nulls = context.arena().array<std::uint8_t>(rows);
          for (std::size_t n = 0; n < rows; ++n) own_nulls[n] = nulls != nullptr ? nulls[n] : 0;
          nulls = own_nulls;
        }
        own_nulls[i] = 1;
      }
    }
    values[i] = store(result);
  }
  return {values, nulls, false};
}

template <class F>
struct Signature;
template <class R, class... A>
struct Signature<R (*)(A...)> {
  static constexpr std::size_t kCount = sizeof...(A);
  static constexpr data::Type kResult = type_of<R>();
  static constexpr std::array<data::Type, kMaxArguments> kArguments{type_of<A>()...};
  template <auto Fn>
  static Vec run(Context& context, const Selection& selection, const Vec* arguments) {
    return total<Fn, R, A...>(context, selection, arguments, std::make_index_sequence<kCount>());
  }
};

template <class... T>
struct Types {};
// The arguments of a partial function without its result, which comes last.
template <class Done, class... T>
struct Split;
template <class... Done, class Last>
struct Split<Types<Done...>, Last> {
  using Arguments = Types<Done...>;
  using Result = std::remove_reference_t<Last>;
};
template <class... Done, class Next, class... Rest>
requires(sizeof...(Rest) > 0) struct Split<Types<Done...>, Next, Rest...>
    : Split<Types<Done..., Next>, Rest...> {
};

template <class Arguments, class R>
struct PartialRun;
template <class... A, class R>
struct PartialRun<Types<A...>, R> {
  static constexpr std::size_t kCount = sizeof...(A);
  static constexpr data::Type kResult = type_of<R>();
  static constexpr std::array<data::Type, kMaxArguments> kArguments{type_of<A>()...};
  template <auto Fn>
  static Vec run(Context& context, const Selection& selection, const Vec* arguments) {
    return partial<Fn, R, A...>(context, selection, arguments, std::make_index_sequence<kCount>());
  }
};
template <class... A>
struct Signature<bool (*)(Call&, A...)>
    : PartialRun<typename Split<Types<>, A...>::Arguments, typename Split<Types<>, A...>::Result> {
  static constexpr bool kPartial = true;
};

template <class F, class = void>
inline constexpr bool kIsPartial = false;
template <class F>
inline constexpr bool kIsPartial<F, std::void_t<decltype(Signature<F>::kPartial)>> = true;

}  // namespace detail

// The Overload of a plain function; its types are those of its parameters. A function that takes a
// Call first may fail or give null.
template <auto Fn>
constexpr Overload overload(std::string_view name) {
  using S = detail::Signature<decltype(Fn)>;
  return {name,
          S::kResult,
          S::kArguments,
          S::kCount,
          detail::kIsPartial<decltype(Fn)>,
          &S::template run<Fn>};
}

class FunctionNode final : public Node {
 public:
  FunctionNode(const Overload& function, std::vector<NodePtr> arguments)
      : Node(function.result, function.can_fail || any_can_fail(arguments)),
        kernel_(function.kernel),
        arguments_(std::move(arguments)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  Kernel kernel_;
  std::vector<NodePtr> arguments_;
};

// || and CONCAT (null where any is) and CONCAT_WS (the first is the separator; nulls are left out).
class ConcatNode final : public Node {
 public:
  ConcatNode(bool with_separator, std::vector<NodePtr> parts)
      : Node(data::kString, true), with_separator_(with_separator), parts_(std::move(parts)) {}
  Vec evaluate(Context& context, const Selection& selection) const override;

 private:
  bool with_separator_;
  std::vector<NodePtr> parts_;
};

// The functions, by folder of interest; each table is immutable.
std::span<const Overload> arithmetic_functions();
std::span<const Overload> numeric_functions();
std::span<const Overload> string_functions();
std::span<const Overload> time_functions();
std::span<const Overload> cast_functions();

}  // namespace leat::expression
