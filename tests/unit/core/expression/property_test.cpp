// Whatever the expression: a row alone gives what it gives in its batch, select() chooses the rows
// that evaluate() finds TRUE, and both report the same errors.
#include <limits>
#include <rapidcheck.h>

#include "core/expression/key_selector.h"
#include "tests/unit/core/expression/eval.h"

namespace leat::expression {
namespace {

using test::Row;

enum class Want { kBoolean, kBigint, kDouble, kString };

std::string pick(const std::vector<std::string>& choices) { return *rc::gen::elementOf(choices); }

std::string make(Want want, int depth);

std::string make_boolean(int depth) {
  const auto a = [&](Want want) { return make(want, depth - 1); };
  switch (*rc::gen::inRange(0, 10)) {
    case 0:
      return "(" + a(Want::kBoolean) + pick({" AND ", " OR "}) + a(Want::kBoolean) + ")";
    case 1:
      return "(NOT " + a(Want::kBoolean) + ")";
    case 2:
      return "(" + a(Want::kBigint) + pick({" = ", " <> ", " < ", " >= "}) + a(Want::kDouble) + ")";
    case 3:
      return "(" + a(Want::kString) + pick({" = ", " < ", " >= "}) + a(Want::kString) + ")";
    case 4:
      return "(" + a(Want::kBigint) + " BETWEEN " + a(Want::kBigint) + " AND " + a(Want::kDouble) +
             ")";
    case 5:
      return "(" + a(Want::kBigint) + pick({" IN (", " NOT IN ("}) + a(Want::kBigint) + ", NULL, " +
             a(Want::kBigint) + "))";
    case 6:
      return "(" + a(Want::kString) + pick({" IS NULL", " IS NOT NULL"}) + ")";
    case 7:
      return "(" + a(Want::kBoolean) + pick({" IS TRUE", " IS NOT FALSE"}) + ")";
    case 8:
      return "(" + a(Want::kString) + " LIKE '%a_%')";
    default:
      return "(" + a(Want::kBigint) + " IS DISTINCT FROM " + a(Want::kBigint) + ")";
  }
}

std::string make_value(Want want, int depth) {
  const auto a = [&](Want w) { return make(w, depth - 1); };
  const std::string same = a(want);
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return "CASE WHEN " + a(Want::kBoolean) + " THEN " + same + " ELSE " + a(want) + " END";
    case 1:
      return "COALESCE(" + same + ", " + a(want) + ")";
    case 2:
      return "IF(" + a(Want::kBoolean) + ", " + same + ", NULL)";
    case 3:
      return "NULLIF(" + same + ", " + a(want) + ")";
    default:
      break;
  }
  if (want == Want::kString) {
    return pick({"UPPER(" + same + ")", "(" + same + " || " + a(Want::kString) + ")",
                 "SUBSTRING(" + same + ", " + a(Want::kBigint) + ")",
                 "LPAD(" + same + ", " + a(Want::kBigint) + ", 'xy')",
                 "CAST(" + a(Want::kBigint) + " AS string)"});
  }
  const std::string other = a(want);
  if (want == Want::kDouble) {
    return pick({"(" + same + " * " + other + ")", "(" + same + " / " + other + ")",
                 "ROUND(" + same + ", 1)", "GREATEST(" + same + ", " + other + ")",
                 "CAST(" + a(Want::kString) + " AS double)"});
  }
  return pick({"(" + same + " + " + other + ")", "(" + same + " * " + other + ")",
               "(" + same + " / " + other + ")", "(" + same + " % " + other + ")",
               "(- " + same + ")", "ABS(" + same + ")", "CHAR_LENGTH(" + a(Want::kString) + ")",
               "CAST(" + a(Want::kDouble) + " AS bigint)"});
}

std::string make(Want want, int depth) {
  if (depth > 0 && *rc::gen::inRange(0, 4) > 0) {
    return want == Want::kBoolean ? make_boolean(depth) : make_value(want, depth);
  }
  switch (want) {
    case Want::kBoolean:
      return pick({"b", "(i > 0)", "TRUE", "FALSE"});
    case Want::kBigint:
      return pick({"i", "j", "0", "1", "-3", "9223372036854775807"});
    case Want::kDouble:
      return pick({"d", "temperature", "0.0", "2.5", "-1e300"});
    case Want::kString:
      break;
  }
  return pick({"s", "'a'", "'abc'", "''"});
}

Row arbitrary_row() {
  const auto maybe = [](data::Value value) {
    return *rc::gen::inRange(0, 4) == 0 ? data::Value() : std::move(value);
  };
  const auto integer = [] {
    return *rc::gen::elementOf(std::vector<std::int64_t>{0, 1, -1, 2, 3, 7,
                                                         std::numeric_limits<std::int64_t>::max(),
                                                         std::numeric_limits<std::int64_t>::min()});
  };
  const auto number = [] {
    return *rc::gen::elementOf(std::vector<double>{0.0, -0.0, 1.5, -2.5, 1e300, 9.25e18,
                                                   std::numeric_limits<double>::quiet_NaN()});
  };
  Row row;
  row.b = maybe(*rc::gen::inRange(0, 2) == 0);
  row.i = maybe(integer());
  row.j = maybe(integer());
  row.d = maybe(number());
  row.temperature = maybe(number());
  row.s = maybe(*rc::gen::elementOf(std::vector<std::string>{"", "a", "abc", "1.5", "12",
                                                             "\xC3\xA4"
                                                             "a%"}));
  return row;
}

std::string shown(const data::Column& column, std::size_t row) {
  if (column.type() == data::kDouble && !column.is_null(row)) {
    return std::to_string(column.doubles()[row]);  // NaN is told from null
  }
  return to_json(column.value(row), column.type());
}

TEST(Property, ARowAloneIsTheRowInItsBatch) {
  EXPECT_TRUE(rc::check("evaluate and select", [] {
    const Want want = *rc::gen::element(Want::kBoolean, Want::kBoolean, Want::kBigint,
                                        Want::kDouble, Want::kString);
    const std::string text = make(want, 4);
    RC_LOG() << text << "\n";
    CompileError error;
    const auto compiled = Expression::compile(text, *test::schema(), error);
    RC_ASSERT(compiled.has_value());
    std::vector<Row> rows(static_cast<std::size_t>(*rc::gen::inRange(1, 9)));
    for (Row& row : rows) row = arbitrary_row();
    const data::Batch batch = test::batch_of(rows);

    data::Column whole(compiled->type());
    RowErrors errors;
    errors.reset(batch.rows());
    compiled->evaluate(batch, whole, errors);
    RC_ASSERT(whole.size() == batch.rows());
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      RC_ASSERT(errors.at(row) == EvalError::kNone || whole.is_null(row));
      data::Column alone(compiled->type());
      RowErrors own;
      own.reset(1);
      compiled->evaluate(batch.slice(row, row + 1), alone, own);
      RC_ASSERT(own.at(0) == errors.at(row));
      RC_ASSERT(shown(alone, 0) == shown(whole, row));
    }
    if (compiled->type() != data::kBoolean) return;
    std::vector<std::uint32_t> selected;
    RowErrors select_errors;
    select_errors.reset(batch.rows());
    compiled->select(batch, selected, select_errors);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t row = 0; row < batch.rows(); ++row) {
      if (!whole.is_null(row) && whole.booleans()[row] != 0) expected.push_back(row);
      RC_ASSERT(select_errors.at(row) == errors.at(row));
    }
    RC_ASSERT(selected == expected);
  }));
}

// The operand of a branch sees only some rows: the same as evaluating it for those rows by itself.
TEST(Property, ASelectionChangesNoValue) {
  EXPECT_TRUE(rc::check("inside CASE", [] {
    const std::string inner = make(Want::kBigint, 3);
    RC_LOG() << inner << "\n";
    std::vector<Row> rows(static_cast<std::size_t>(*rc::gen::inRange(1, 9)));
    for (Row& row : rows) row = arbitrary_row();
    const auto plain = test::evaluate(inner, rows);
    const auto chosen = test::evaluate("CASE WHEN b THEN " + inner + " END", rows);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool taken = !rows[row].b.is_null() && std::get<bool>(rows[row].b.held);
      RC_ASSERT(chosen[row] == (taken ? plain[row] : "null"));
    }
  }));
}

TEST(KeySelector, FieldsAreNotCopiedAndExpressionsAreComputed) {
  KeySelector selector({{"s", *test::compile("s")}, {"bucket", *test::compile("10 / i")}});
  EXPECT_EQ(selector.fields(),
            (std::vector<data::Field>{{"s", data::kString}, {"bucket", data::kBigint}}));
  Row a;
  a.s = "x";
  a.i = 5;
  Row b;
  b.i = 0;
  for (int round = 0; round < 2; ++round) {  // the columns are used again
    const data::Batch batch = test::batch_of({a, b});
    RowErrors errors;
    errors.reset(2);
    const auto columns = selector.select(batch, errors);
    ASSERT_EQ(columns.size(), 2U);
    EXPECT_EQ(columns[0], &batch.columns[4]);
    EXPECT_EQ(columns[1]->value(0), data::Value(2));
    EXPECT_TRUE(columns[1]->is_null(1));
    EXPECT_EQ(errors.at(0), EvalError::kNone);
    EXPECT_EQ(errors.at(1), EvalError::kDivisionByZero);
  }
}

}  // namespace
}  // namespace leat::expression
