// The types a field can have, and single values of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.h"

namespace leat::data {

enum class Kind : std::uint8_t {
  kBoolean,
  kBigint,  // int64
  kDouble,
  kString,  // UTF-8
  kBytes,
  kTimestamp,  // int64 milliseconds since the epoch, UTC
  kList,       // of one of the others; lists do not nest
};

struct Type {
  Kind kind = Kind::kString;
  Kind element = Kind::kString;  // meaningful for kList only

  static constexpr Type of(Kind kind) { return Type{kind, Kind::kString}; }
  static constexpr Type list_of(Kind element) { return Type{Kind::kList, element}; }
  constexpr bool is_list() const { return kind == Kind::kList; }
  constexpr bool is_numeric() const { return kind == Kind::kBigint || kind == Kind::kDouble; }
  // Held as int64.
  constexpr bool is_integral() const { return kind == Kind::kBigint || kind == Kind::kTimestamp; }
  // Held as bytes with offsets.
  constexpr bool is_textual() const { return kind == Kind::kString || kind == Kind::kBytes; }
  constexpr Type element_type() const { return of(element); }
  friend constexpr bool operator==(const Type& a, const Type& b) {
    return a.kind == b.kind && (a.kind != Kind::kList || a.element == b.element);
  }
};

inline constexpr Type kBoolean = Type::of(Kind::kBoolean);
inline constexpr Type kBigint = Type::of(Kind::kBigint);
inline constexpr Type kDouble = Type::of(Kind::kDouble);
inline constexpr Type kString = Type::of(Kind::kString);
inline constexpr Type kBytes = Type::of(Kind::kBytes);
inline constexpr Type kTimestamp = Type::of(Kind::kTimestamp);

// As the job file spells it: "bigint", "list<double>".
std::string to_string(Type type);
std::optional<Type> parse_type(std::string_view text);

// One value off the hot path: literals, tests, keys shown to people. std::monostate is null; a
// timestamp is an int64; bytes are a string.
struct Value {
  using List = std::vector<Value>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List> held;

  Value() = default;
  // Not inline: GCC 12 warns of members of the variant that it believes are read uninitialised.
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(bool v) : held(v) {}                            // NOLINT: implicit on purpose
  Value(std::int64_t v) : held(v) {}                    // NOLINT
  Value(int v) : held(static_cast<std::int64_t>(v)) {}  // NOLINT
  Value(double v) : held(v) {}                          // NOLINT
  Value(std::string v) : held(std::move(v)) {}          // NOLINT
  Value(std::string_view v) : held(std::string(v)) {}   // NOLINT
  Value(const char* v) : held(std::string(v)) {}        // NOLINT
  Value(List v) : held(std::move(v)) {}                 // NOLINT

  bool is_null() const { return std::holds_alternative<std::monostate>(held); }
  friend bool operator==(const Value& a, const Value& b) { return a.held == b.held; }
};

// JSON text of a value, as the outputs spell it (doubles with a '.' or an exponent, bytes as
// base64, NaN and the infinities as null).
std::string to_json(const Value& value, Type type);

}  // namespace leat::data
