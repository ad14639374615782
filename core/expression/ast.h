// The syntax tree: what was written, without types. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace leat::expression {

enum class AstKind : std::uint8_t {
  kNull,
  kBoolean,  // integer 0 or 1
  kBigint,
  kDouble,
  kString,
  kTimestamp,  // integer: milliseconds
  kInterval,   // text: a unit; integer: how many of it
  kField,      // text: its name
  kNegate,
  kArithmetic,  // text: + - * / %
  kConcat,      // two or more
  kCompare,     // text: = <> < <= > >=
  kDistinct,    // IS [NOT] DISTINCT FROM
  kAnd,         // two or more
  kOr,          // two or more
  kNot,
  kIsNull,
  kIsTruth,  // text: TRUE, FALSE, UNKNOWN
  kBetween,  // value, low, high
  kIn,       // value, then the list
  kLike,     // value, pattern, optional escape
  kCase,     // [operand], then when, then pairs, then the else; see has_operand, has_else
  kCast,     // text: the type
  kTryCast,
  kCall,   // text: the function in capitals; `unit` for EXTRACT and the like
  kIndex,  // list, position
};

struct Ast {
  AstKind kind = AstKind::kNull;
  std::size_t offset = 0;  // of the first byte
  std::size_t end = 0;     // one past the last byte
  std::string text;
  std::string unit;
  std::size_t unit_offset = 0;
  std::int64_t integer = 0;
  double number = 0;
  bool negated = false;  // NOT IN, IS NOT NULL, ...
  bool grouped = false;  // stood in parentheses
  bool has_operand = false;
  bool has_else = false;
  std::uint32_t depth = 1;
  std::vector<std::unique_ptr<Ast>> children;
};

using AstPtr = std::unique_ptr<Ast>;

}  // namespace leat::expression
