// Arbitrary text as an expression and as an aggregate over a schema of all types: compiling says
// yes or no, evaluation ends, and one row alone gives what it gives in the batch.
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/expression/expression.h"

using leat::data::Batch;
using leat::data::Value;
namespace data = leat::data;
namespace expression = leat::expression;

namespace {

data::SchemaPtr schema() {
  return data::make_schema({{"b", data::kBoolean},
                            {"i", data::kBigint},
                            {"d", data::kDouble},
                            {"s", data::kString},
                            {"y", data::kBytes},
                            {"t", data::kTimestamp},
                            {"li", data::Type::list_of(data::Kind::kBigint)},
                            {"ls", data::Type::list_of(data::Kind::kString)}});
}

Batch rows() {
  Batch batch(schema());
  const Value null;
  batch.append_values(
      {true, 1, 1.5, "one", "\x01", 1'700'000'000'000, Value::List{1, 2}, Value::List{"a", null}},
      0);
  batch.append_values({null, null, null, null, null, null, null, null}, 1);
  batch.append_values({false, INT64_MIN, -0.0, "", "", INT64_MIN, Value::List{}, Value::List{""}},
                      2);
  batch.append_values({true, INT64_MAX, 1e308, "\xC3\xA4%_x", "\xFF", INT64_MAX,
                       Value::List{null, INT64_MAX}, Value::List{"one"}},
                      3);
  return batch;
}

void check(const expression::Expression& compiled, const Batch& batch) {
  data::Column whole(compiled.type());
  expression::RowErrors errors;
  errors.reset(batch.rows());
  compiled.evaluate(batch, whole, errors);
  LEAT_ASSERT(whole.size() == batch.rows());
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    LEAT_ASSERT(errors.at(row) == expression::EvalError::kNone || whole.is_null(row));
    data::Column alone(compiled.type());
    expression::RowErrors own;
    own.reset(1);
    compiled.evaluate(batch.slice(row, row + 1), alone, own);
    LEAT_ASSERT(own.at(0) == errors.at(row));
    LEAT_ASSERT(data::to_json(alone.value(0), compiled.type()) ==
                data::to_json(whole.value(row), compiled.type()));
  }
  if (compiled.type() != data::kBoolean) return;
  std::vector<std::uint32_t> selected;
  expression::RowErrors select_errors;
  select_errors.reset(batch.rows());
  compiled.select(batch, selected, select_errors);
  std::size_t next = 0;
  for (std::uint32_t row = 0; row < batch.rows(); ++row) {
    const bool is_true = !whole.is_null(row) && whole.booleans()[row] != 0;
    const bool chosen = next < selected.size() && selected[next] == row;
    next += chosen ? 1 : 0;
    LEAT_ASSERT(is_true == chosen);
    LEAT_ASSERT(select_errors.at(row) == errors.at(row));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static const data::SchemaPtr kSchema = schema();
  static const Batch kBatch = rows();
  expression::CompileError error;
  if (const auto compiled = expression::Expression::compile(text, *kSchema, error)) {
    check(*compiled, kBatch);
  } else {
    LEAT_ASSERT(error.offset <= text.size() && !error.message.empty());
  }
  if (const auto call = expression::parse_aggregate(text, error)) {
    for (const auto& argument : call->arguments) {
      LEAT_ASSERT(text.substr(argument.offset, argument.text.size()) == argument.text);
      expression::Expression::compile(argument.text, *kSchema, error);
    }
  }
  return 0;
}
