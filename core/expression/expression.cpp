#include "core/expression/expression.h"

#include <algorithm>

#include "core/expression/binder.h"
#include "core/expression/node.h"
#include "core/expression/parser.h"

namespace leat::expression {
namespace {

// Rows evaluated together: their scratch vectors stay in the first-level cache.
constexpr std::size_t kBlock = 1024;
// A column of strings holds at most this much; what would go beyond is an error of its row.
constexpr std::size_t kMaxColumnText = std::size_t{256} << 20;

void append(data::Column& out, data::Type type, const Vec& vec, const Selection& selection,
            Context& context) {
  const std::size_t rows = selection.size;
  const bool failed = context.errors().any();
  const auto each = [&](auto zero, auto&& put) {
    using T = decltype(zero);
    const Input<T> input(vec);
    if (vec.nulls == nullptr && !failed) {
      for (std::size_t i = 0; i < rows; ++i) put(input[i]);
      return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const bool bad = failed && context.errors().at(selection.row(i)) != EvalError::kNone;
      if (bad || vec.is_null(i)) {
        out.append_null();
      } else {
        put(input[i]);
      }
    }
  };
  switch (type.kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      each(std::int64_t{}, [&](std::int64_t value) { out.append_int64(value); });
      return;
    case data::Kind::kDouble:
      each(double{}, [&](double value) { out.append_double(value); });
      return;
    case data::Kind::kBoolean:
      each(std::uint8_t{}, [&](std::uint8_t value) { out.append_boolean(value != 0); });
      return;
    case data::Kind::kList:
      each(ListRef{}, [&](const ListRef& list) {
        out.list_builder().append_range(*list.elements, list.begin, list.end);
        out.close_list();
      });
      return;
    case data::Kind::kString:
    case data::Kind::kBytes:
      break;
  }
  each(std::string_view{}, [&](std::string_view value) {
    if (out.offsets().back() + value.size() > kMaxColumnText) {
      context.fail(static_cast<std::uint32_t>(out.size()), EvalError::kInvalidArgument);
      out.append_null();
      return;
    }
    out.append_text(value);
  });
}

void merge(const RowErrors& own, std::size_t rows, RowErrors& errors) {
  if (!own.any()) return;
  for (std::size_t row = 0; row < rows; ++row) {
    if (own.at(row) != EvalError::kNone) errors.set(row, own.at(row));
  }
}

}  // namespace

std::string_view to_string(EvalError error) {
  switch (error) {
    case EvalError::kNone:
      return "none";
    case EvalError::kOverflow:
      return "overflow";
    case EvalError::kDivisionByZero:
      return "division_by_zero";
    case EvalError::kFailedCast:
      return "failed_cast";
    case EvalError::kInvalidArgument:
      return "invalid_argument";
  }
  return "unknown";
}

Expression::Expression(std::string text, std::shared_ptr<const Node> root,
                       std::vector<std::size_t> fields)
    : text_(std::move(text)), root_(std::move(root)), fields_(std::move(fields)) {}

std::optional<Expression> Expression::compile(std::string_view text, const data::Schema& schema,
                                              CompileError& error) {
  const AstPtr ast = Parser(text, error).parse_whole();
  if (ast == nullptr) return std::nullopt;
  Binder binder(schema, error);
  NodePtr root = binder.bind_whole(*ast);
  if (root == nullptr) return std::nullopt;
  return Expression(std::string(text), std::move(root), binder.fields());
}

data::Type Expression::type() const { return root_->type(); }

std::optional<std::size_t> Expression::field() const { return root_->field(); }

std::optional<data::Value> Expression::constant() const {
  const data::Value* const value = root_->constant();
  if (value == nullptr) return std::nullopt;
  return *value;
}

void Expression::evaluate(const data::Batch& batch, data::Column& out, RowErrors& errors) const {
  LEAT_ASSERT(out.empty() && out.type() == root_->type());
  const std::size_t rows = batch.rows();
  if (const auto index = root_->field()) {
    out.reserve(rows);
    out.append_range(batch.columns[*index], 0, rows);
    return;
  }
  out.reserve(rows);
  Context context(batch, rows);
  for (std::size_t begin = 0; begin < rows; begin += kBlock) {
    const Selection block{nullptr, static_cast<std::uint32_t>(begin),
                          std::min(kBlock, rows - begin)};
    append(out, root_->type(), root_->evaluate(context, block), block, context);
    context.arena().reset();
  }
  merge(context.errors(), rows, errors);
}

void Expression::select(const data::Batch& batch, std::vector<std::uint32_t>& rows,
                        RowErrors& errors) const {
  LEAT_ASSERT(root_->type() == data::kBoolean);
  const std::size_t total = batch.rows();
  rows.resize(total);
  std::size_t count = 0;
  Context context(batch, total);
  for (std::size_t begin = 0; begin < total; begin += kBlock) {
    const Selection block{nullptr, static_cast<std::uint32_t>(begin),
                          std::min(kBlock, total - begin)};
    count += root_->select(context, block, rows.data() + count);
    context.arena().reset();
  }
  rows.resize(count);
  merge(context.errors(), total, errors);
  if (!context.errors().any()) return;
  const auto failed = [&](std::uint32_t row) {
    return context.errors().at(row) != EvalError::kNone;
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), failed), rows.end());
}

std::optional<AggregateCall> parse_aggregate(std::string_view text, CompileError& error) {
  return Parser(text, error).parse_aggregate();
}

}  // namespace leat::expression
