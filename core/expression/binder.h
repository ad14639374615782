// The syntax tree to the typed tree: names to fields and functions, types checked, constants
// folded. Private to this folder.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/ast.h"
#include "core/expression/compare.h"
#include "core/expression/kernel.h"
#include "core/expression/node.h"

namespace leat::expression {

// A part of the expression with its type. `node` is null when binding failed.
struct Bound {
  NodePtr node;
  std::size_t offset = 0;
  bool untyped = false;   // the literal NULL, which takes the type that its place asks for
  bool foldable = false;  // reads no field and has no part that failed on evaluation

  bool ok() const { return node != nullptr; }
  data::Type type() const { return node->type(); }
};

class Binder {
 public:
  Binder(const data::Schema& schema, CompileError& error) : schema_(schema), error_(error) {}

  // Null, with the error, when the expression has no meaning over the schema.
  NodePtr bind_whole(const Ast& ast);
  // Indexes of the fields seen, ascending, each once.
  std::vector<std::size_t> fields() const;

 private:
  // binder.cpp
  Bound bind(const Ast& ast);
  Bound field(const Ast& ast);
  Bound negate(const Ast& ast);
  Bound arithmetic(const Ast& ast);
  Bound time_arithmetic(const Ast& ast);
  Bound concat(const Ast& ast);
  Bound index(const Ast& ast);
  Bound cast(const Ast& ast);
  Bound literal(std::size_t offset, data::Type type, data::Value value) const;
  // A node over parts, folded to a constant when all of them are constant and it does not fail.
  Bound made(NodePtr node, std::size_t offset, bool foldable) const;
  Bound fail(std::size_t offset, std::string message);
  // To another type without loss of meaning: NULL to any, bigint to double, a constant string to a
  // timestamp. False, without an error, when that does not go; with one when the string is no time.
  bool convertible(const Bound& part, data::Type to) const;
  bool convert(Bound& part, data::Type to);
  // One type for all parts, converted to it; the error names two types that do not go together.
  bool unify(std::span<Bound> parts, std::string_view what);
  bool require(Bound& part, data::Type type, std::string_view what);
  bool bind_all(const Ast& ast, std::size_t begin, std::vector<Bound>& parts);

  // binder_predicates.cpp
  Bound logic(const Ast& ast);
  Bound negation(const Ast& ast);
  Bound comparison(const Ast& ast);
  Bound distinct(const Ast& ast);
  Bound is(const Ast& ast);
  Bound between(const Ast& ast);
  Bound in(const Ast& ast);
  Bound like(const Ast& ast);
  Bound case_of(const Ast& ast);
  Bound make_case(std::size_t offset, Bound operand, std::vector<Bound> conditions,
                  std::vector<Bound> results, bool has_else);
  // Makes the two comparable, converting NULL and times in strings.
  bool harmonize(Bound& a, Bound& b, std::string_view what);

  // binder_calls.cpp
  Bound call(const Ast& ast);
  std::optional<Bound> special_call(const Ast& ast);
  std::optional<Bound> time_call(const Ast& ast);
  Bound unit_call(const Ast& ast, std::string_view function, std::string_view unit,
                  std::size_t unit_offset);
  Bound choice(const Ast& ast);
  Bound list_call(const Ast& ast);
  Bound pattern_call(const Ast& ast);
  Bound unknown_function(const Ast& ast);
  // `shown` is the function's name for messages, where it is not `name`.
  Bound resolve(std::size_t offset, std::string_view name, std::vector<Bound> arguments,
                std::string_view shown = {});
  bool expect_count(const Ast& ast, std::size_t least, std::size_t most);

  const data::Schema& schema_;
  CompileError& error_;
  std::vector<bool> seen_ = std::vector<bool>(schema_.size());
};

bool all_foldable(std::span<const Bound> parts);
std::vector<NodePtr> take_nodes(std::vector<Bound> parts);
// Why a name that SQL knows has no place here: NOW reads a clock, AVG is an aggregate. Or empty.
std::string refused_name(std::string_view upper);

}  // namespace leat::expression
