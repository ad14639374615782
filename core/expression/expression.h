// SQL scalar expressions in Flink SQL's spelling: text -> typed tree -> evaluation over batches,
// with three-valued logic. The functions and their types are listed in core/expression/README.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/data/schema.h"

namespace leat::expression {

// Where in the text a defect is (0-based byte), and what it is: "unknown field \"temprature\"; did
// you mean \"temperature\"?".
struct CompileError {
  std::size_t offset = 0;
  std::string message;
};

// Why an expression has no value for a row; such rows go to `<node>.errors`.
enum class EvalError : std::uint8_t {
  kNone,
  kOverflow,        // bigint arithmetic left the int64 range
  kDivisionByZero,  // of a bigint; a double gives an infinity or NaN as in IEEE 754
  kFailedCast,
  kInvalidArgument,  // a function does not take that value
};
// "overflow", "division_by_zero", ...
std::string_view to_string(EvalError error);

// One byte a row of the batch under evaluation; made once and used again for many batches. The
// first error of a row is kept.
class RowErrors {
 public:
  void reset(std::size_t rows) {
    errors_.clear();
    rows_ = rows;
  }
  bool any() const { return !errors_.empty(); }
  EvalError at(std::size_t row) const { return errors_.empty() ? EvalError::kNone : errors_[row]; }
  void set(std::size_t row, EvalError error) {
    if (errors_.empty()) errors_.assign(rows_, EvalError::kNone);
    if (errors_[row] == EvalError::kNone) errors_[row] = error;
  }

 private:
  std::size_t rows_ = 0;
  std::vector<EvalError> errors_;  // empty as long as no row has one
};

class Node;  // the typed tree, private to this folder

// A compiled expression. Immutable and cheap to copy; evaluate() may run on several threads at
// once.
class Expression {
 public:
  // Parses and type-checks. On failure `error` says where and what.
  static std::optional<Expression> compile(std::string_view text, const data::Schema& schema,
                                           CompileError& error);

  data::Type type() const;
  const std::string& text() const { return text_; }
  // The index of the field when the expression is nothing but that field.
  std::optional<std::size_t> field() const;
  // Indexes of the fields it reads, ascending, each once.
  const std::vector<std::size_t>& fields() const { return fields_; }
  // The value when it reads no field and cannot fail: `0.9`, `1 + 1`.
  std::optional<data::Value> constant() const;

  // The value for every row of the batch, appended to the empty `out` (of type()). Rows with an
  // error are null in `out` and noted in `errors` (reset() to batch.rows() by the caller, so that
  // several expressions of one node can share it). A branch that SQL does not evaluate (CASE,
  // COALESCE, AND, OR, IF) raises no error. No allocation per row.
  void evaluate(const data::Batch& batch, data::Column& out, RowErrors& errors) const;

  // For `where`: the rows, ascending, for which a boolean expression is TRUE (not FALSE, not NULL,
  // no error), into `rows`.
  void select(const data::Batch& batch, std::vector<std::uint32_t>& rows, RowErrors& errors) const;

 private:
  Expression(std::string text, std::shared_ptr<const Node> root, std::vector<std::size_t> fields);
  std::string text_;
  std::shared_ptr<const Node> root_;
  std::vector<std::size_t> fields_;
};

// An aggregate as the job file spells it: `max_by(x, y)`, `count(DISTINCT x)`, `count(*)`.
struct AggregateCall {
  struct Argument {
    std::string text;
    std::size_t offset = 0;  // of that text in the whole
  };
  std::string function;  // lower case
  bool star = false;
  bool distinct = false;
  std::vector<Argument> arguments;  // to be compiled each by itself
};
std::optional<AggregateCall> parse_aggregate(std::string_view text, CompileError& error);

}  // namespace leat::expression
