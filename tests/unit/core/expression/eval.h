// Short ways to compile and evaluate in the tests of expressions.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/expression.h"

namespace leat::expression::test {

using data::Batch;
using data::Value;

// A field of each type.
inline data::SchemaPtr schema() {
  return data::make_schema({{"b", data::kBoolean},
                            {"i", data::kBigint},
                            {"j", data::kBigint},
                            {"d", data::kDouble},
                            {"s", data::kString},
                            {"y", data::kBytes},
                            {"t", data::kTimestamp},
                            {"li", data::Type::list_of(data::Kind::kBigint)},
                            {"ls", data::Type::list_of(data::Kind::kString)},
                            {"temperature", data::kDouble},
                            {"end", data::kBigint},
                            {"timestamp", data::kTimestamp}});
}

struct Row {
  Value b, i, j, d, s, y, t, li, ls, temperature, end, timestamp;
  std::vector<Value> values() const {
    return {b, i, j, d, s, y, t, li, ls, temperature, end, timestamp};
  }
};

inline Batch batch_of(const std::vector<Row>& rows) {
  Batch batch(schema());
  for (const Row& row : rows) batch.append_values(row.values(), 0);
  return batch;
}

inline std::optional<Expression> compile(std::string_view text) {
  CompileError error;
  auto compiled = Expression::compile(text, *schema(), error);
  if (!compiled) ADD_FAILURE() << text << "\n at " << error.offset << ": " << error.message;
  return compiled;
}

// "OFFSET: MESSAGE", or "compiles".
inline std::string defect(std::string_view text) {
  CompileError error;
  if (Expression::compile(text, *schema(), error)) return "compiles";
  return std::to_string(error.offset) + ": " + error.message;
}

// The value of each row as JSON, with "!error" for a row that has one.
inline std::vector<std::string> evaluate(std::string_view text, const std::vector<Row>& rows) {
  const auto compiled = compile(text);
  if (!compiled) return {};
  const Batch batch = batch_of(rows);
  data::Column out(compiled->type());
  RowErrors errors;
  errors.reset(batch.rows());
  compiled->evaluate(batch, out, errors);
  std::vector<std::string> shown;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const EvalError error = errors.at(row);
    if (error != EvalError::kNone) {
      EXPECT_TRUE(out.is_null(row)) << text;
      shown.push_back("!" + std::string(to_string(error)));
    } else if (out.type() == data::kDouble && !out.is_null(row)) {
      // JSON has no word for these, and they must not be taken for null here.
      const double value = out.doubles()[row];
      const bool finite = value - value == 0;
      shown.push_back(finite      ? to_json(value, data::kDouble)
                      : value > 0 ? "inf"
                      : value < 0 ? "-inf"
                                  : "nan");
    } else {
      shown.push_back(to_json(out.value(row), out.type()));
    }
  }
  return shown;
}

inline std::string value(std::string_view text, const Row& row = {}) {
  const auto values = evaluate(text, {row});
  return values.empty() ? "does not compile" : values.front();
}

inline std::vector<std::uint32_t> selected(std::string_view text, const std::vector<Row>& rows) {
  std::vector<std::uint32_t> chosen;
  const auto compiled = compile(text);
  if (!compiled) return chosen;
  const Batch batch = batch_of(rows);
  RowErrors errors;
  errors.reset(batch.rows());
  compiled->select(batch, chosen, errors);
  return chosen;
}

struct Case {
  std::string_view text;
  std::string_view expected;
};
inline void expect_values(const std::vector<Case>& cases, const Row& row = {}) {
  for (const Case& c : cases) EXPECT_EQ(value(c.text, row), c.expected) << c.text;
}
inline void expect_defects(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(defect(c.text), c.expected) << c.text;
}

}  // namespace leat::expression::test
