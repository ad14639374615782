// compile_aggregate(): the table of functions, and the checks of their arguments.
#include <array>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/windows/window_config.h"

namespace leat::windows {
namespace {

using data::Kind;
using data::Type;
using expression::AggregateCall;
using expression::CompileError;
using expression::Expression;

// Which types an argument may have.
enum class Takes { kAny, kNumber, kOrdered, kScalar };

// What follows the values: p of percentile, n of top_n.
enum class Constant { kNone, kFraction, kLimit };

struct Function {
  std::string_view name;
  AggregateFunction function;
  std::string_view form;  // shown in errors
  Takes takes = Takes::kAny;
  std::size_t values = 1;  // arguments that are expressions, besides an optional one at the end
  Constant constant = Constant::kNone;  // the second argument
  bool optional_value = false;          // a third one
};

constexpr std::array<Function, 18> kFunctions{{
    {"count", AggregateFunction::kCount, "count(*), count(x) or count(DISTINCT x)"},
    {"approx_count_distinct", AggregateFunction::kApproxCountDistinct, "approx_count_distinct(x)",
     Takes::kScalar},
    {"sum", AggregateFunction::kSum, "sum(x)", Takes::kNumber},
    {"min", AggregateFunction::kMin, "min(x)", Takes::kOrdered},
    {"max", AggregateFunction::kMax, "max(x)", Takes::kOrdered},
    {"avg", AggregateFunction::kAvg, "avg(x)", Takes::kNumber},
    {"stddev_pop", AggregateFunction::kStddevPop, "stddev_pop(x)", Takes::kNumber},
    {"stddev_samp", AggregateFunction::kStddevSamp, "stddev_samp(x)", Takes::kNumber},
    {"var_pop", AggregateFunction::kVarPop, "var_pop(x)", Takes::kNumber},
    {"var_samp", AggregateFunction::kVarSamp, "var_samp(x)", Takes::kNumber},
    {"first", AggregateFunction::kFirst, "first(x)"},
    {"last", AggregateFunction::kLast, "last(x)"},
    {"min_by", AggregateFunction::kMinBy, "min_by(x, y)", Takes::kAny, 2},
    {"max_by", AggregateFunction::kMaxBy, "max_by(x, y)", Takes::kAny, 2},
    {"percentile", AggregateFunction::kPercentile, "percentile(x, p)", Takes::kNumber, 1,
     Constant::kFraction},
    {"approx_percentile", AggregateFunction::kApproxPercentile, "approx_percentile(x, p)",
     Takes::kNumber, 1, Constant::kFraction},
    {"top_n", AggregateFunction::kTopN, "top_n(x, n) or top_n(x, n, y)", Takes::kOrdered, 1,
     Constant::kLimit, true},
    {"collect_list", AggregateFunction::kCollectList, "collect_list(x)", Takes::kScalar},
}};
constexpr std::int64_t kMaxLimit = 10'000;

std::nullopt_t refuse(CompileError& error, std::size_t offset, std::string message) {
  error.offset = offset;
  error.message = std::move(message);
  return std::nullopt;
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::optional<Function> find_function(const AggregateCall& call, std::size_t offset,
                                      CompileError& error) {
  std::vector<std::string> names;
  for (const Function& function : kFunctions) {
    if (function.name == call.function) return function;
    names.emplace_back(function.name);
  }
  return refuse(error, offset,
                "unknown aggregate function " + quoted(call.function) +
                    base::did_you_mean(call.function, names));
}

bool accepts(Takes takes, Type type) {
  switch (takes) {
    case Takes::kAny:
      return true;
    case Takes::kNumber:
      return type.is_numeric();
    case Takes::kOrdered:
    case Takes::kScalar:
      return !type.is_list();
  }
  return false;
}

std::string_view describe(Takes takes) {
  return takes == Takes::kNumber ? "a bigint or a double" : "a value that is not a list";
}

std::optional<Expression> compile_argument(const AggregateCall::Argument& argument,
                                           const data::Schema& schema, CompileError& error) {
  auto compiled = Expression::compile(argument.text, schema, error);
  if (!compiled) error.offset += argument.offset;
  return compiled;
}

bool add_value(const Function& function, Takes takes, const AggregateCall::Argument& argument,
               const data::Schema& schema, AggregateSpec& spec, CompileError& error) {
  auto compiled = compile_argument(argument, schema, error);
  if (!compiled) return false;
  if (!accepts(takes, compiled->type())) {
    refuse(error, argument.offset,
           std::string(function.form.substr(0, function.form.find('('))) + " takes " +
               std::string(describe(takes)) + "; " + quoted(argument.text) + " is " +
               to_string(compiled->type()));
    return false;
  }
  spec.arguments.push_back(std::move(*compiled));
  return true;
}

bool set_fraction(const AggregateCall::Argument& argument, const data::Schema& schema,
                  AggregateSpec& spec, CompileError& error) {
  const auto compiled = compile_argument(argument, schema, error);
  if (!compiled) return false;
  const auto value = compiled->constant();
  if (value) {
    if (const auto* real = std::get_if<double>(&value->held)) {
      spec.fraction = *real;
    } else if (const auto* integer = std::get_if<std::int64_t>(&value->held)) {
      spec.fraction = static_cast<double>(*integer);
    } else {
      spec.fraction = -1;
    }
    if (compiled->type().is_numeric() && spec.fraction >= 0 && spec.fraction <= 1) return true;
  }
  refuse(error, argument.offset,
         "the percentile must be a constant number from 0 to 1, not " + quoted(argument.text));
  return false;
}

bool set_limit(const AggregateCall::Argument& argument, const data::Schema& schema,
               AggregateSpec& spec, CompileError& error) {
  const auto compiled = compile_argument(argument, schema, error);
  if (!compiled) return false;
  const auto value = compiled->constant();
  const auto* integer = value ? std::get_if<std::int64_t>(&value->held) : nullptr;
  if (integer != nullptr && compiled->type().kind == Kind::kBigint && *integer >= 1 &&
      *integer <= kMaxLimit) {
    spec.limit = *integer;
    return true;
  }
  refuse(error, argument.offset,
         "the number of values must be a constant integer from 1 to " + std::to_string(kMaxLimit) +
             ", not " + quoted(argument.text));
  return false;
}

bool check_arguments(const Function& function, const AggregateCall& call, std::size_t offset,
                     CompileError& error) {
  const std::size_t least = function.values + (function.constant == Constant::kNone ? 0 : 1);
  const std::size_t most = least + (function.optional_value ? 1 : 0);
  const std::size_t given = call.arguments.size();
  if (call.star) {
    if (function.function == AggregateFunction::kCount) return true;
    refuse(error, offset, "only count takes *; expected " + std::string(function.form));
    return false;
  }
  if (call.distinct && function.function != AggregateFunction::kCount) {
    refuse(error, offset, "only count takes DISTINCT; expected " + std::string(function.form));
    return false;
  }
  if (given >= least && given <= most) return true;
  refuse(error, given > most ? call.arguments[most].offset : offset,
         call.function + " is given " + std::to_string(given) +
             (given == 1 ? " argument" : " arguments") + "; expected " +
             std::string(function.form));
  return false;
}

Type result_type(const AggregateSpec& spec) {
  switch (spec.function) {
    case AggregateFunction::kCountAll:
    case AggregateFunction::kCount:
    case AggregateFunction::kCountDistinct:
    case AggregateFunction::kApproxCountDistinct:
      return data::kBigint;
    case AggregateFunction::kSum:
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
    case AggregateFunction::kFirst:
    case AggregateFunction::kLast:
    case AggregateFunction::kMinBy:
    case AggregateFunction::kMaxBy:
      return spec.arguments.front().type();
    case AggregateFunction::kAvg:
    case AggregateFunction::kStddevPop:
    case AggregateFunction::kStddevSamp:
    case AggregateFunction::kVarPop:
    case AggregateFunction::kVarSamp:
    case AggregateFunction::kPercentile:
    case AggregateFunction::kApproxPercentile:
      return data::kDouble;
    case AggregateFunction::kTopN:
    case AggregateFunction::kCollectList:
      return Type::list_of(spec.arguments.back().type().kind);
  }
  return data::kBigint;
}

bool compile_arguments(const Function& function, const AggregateCall& call,
                       const data::Schema& schema, AggregateSpec& spec, CompileError& error) {
  const auto& arguments = call.arguments;
  if (call.star) {
    spec.function = AggregateFunction::kCountAll;
    return true;
  }
  Takes takes = function.takes;
  if (call.distinct) {
    spec.function = AggregateFunction::kCountDistinct;
    takes = Takes::kScalar;
  }
  if (!add_value(function, takes, arguments[0], schema, spec, error)) return false;
  if (function.values == 2) {
    return add_value(function, Takes::kOrdered, arguments[1], schema, spec, error);
  }
  if (function.constant == Constant::kFraction) {
    return set_fraction(arguments[1], schema, spec, error);
  }
  if (function.constant == Constant::kLimit) {
    if (!set_limit(arguments[1], schema, spec, error)) return false;
    if (arguments.size() == 3) {
      return add_value(function, Takes::kScalar, arguments[2], schema, spec, error);
    }
  }
  return true;
}

}  // namespace

std::optional<AggregateSpec> compile_aggregate(std::string name, std::string_view text,
                                               const data::Schema& schema,
                                               expression::CompileError& error) {
  const auto call = expression::parse_aggregate(text, error);
  if (!call) return std::nullopt;
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  const std::size_t offset = start == std::string_view::npos ? 0 : start;
  const auto function = find_function(*call, offset, error);
  if (!function || !check_arguments(*function, *call, offset, error)) return std::nullopt;
  AggregateSpec spec;
  spec.name = std::move(name);
  spec.function = function->function;
  if (!compile_arguments(*function, *call, schema, spec, error)) return std::nullopt;
  spec.result_type = result_type(spec);
  return spec;
}

}  // namespace leat::windows
