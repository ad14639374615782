// Function calls: which overload, what the arguments have to be, and what to say otherwise.
#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/expression/binder.h"
#include "core/expression/branch.h"
#include "core/expression/calendar.h"
#include "core/expression/list_nodes.h"

namespace leat::expression {
namespace {

using Names = std::span<const std::string_view>;
bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 14> kReadTheClock{"NOW",
                                                         "CURRENT_TIMESTAMP",
                                                         "LOCALTIMESTAMP",
                                                         "CURRENT_DATE",
                                                         "CURRENT_TIME",
                                                         "LOCALTIME",
                                                         "CURRENT_ROW_TIMESTAMP",
                                                         "PROCTIME",
                                                         "RAND",
                                                         "RAND_INTEGER",
                                                         "RANDOM",
                                                         "UUID",
                                                         "CURRENT_WATERMARK",
                                                         "SYSDATE"};
constexpr std::array<std::string_view, 20> kAggregates{"COUNT",
                                                       "SUM",
                                                       "MIN",
                                                       "MAX",
                                                       "AVG",
                                                       "STDDEV_POP",
                                                       "STDDEV_SAMP",
                                                       "VAR_POP",
                                                       "VAR_SAMP",
                                                       "FIRST",
                                                       "LAST",
                                                       "FIRST_VALUE",
                                                       "LAST_VALUE",
                                                       "MIN_BY",
                                                       "MAX_BY",
                                                       "PERCENTILE",
                                                       "APPROX_PERCENTILE",
                                                       "APPROX_COUNT_DISTINCT",
                                                       "TOP_N",
                                                       "COLLECT_LIST"};
// Those that are bound here rather than found in a table.
constexpr std::array<std::string_view, 29> kSpecial{"COALESCE",
                                                    "IFNULL",
                                                    "IF",
                                                    "NULLIF",
                                                    "GREATEST",
                                                    "LEAST",
                                                    "CONCAT",
                                                    "CONCAT_WS",
                                                    "TRIM",
                                                    "CARDINALITY",
                                                    "ARRAY_CONTAINS",
                                                    "LIST_CONTAINS",
                                                    "EXTRACT",
                                                    "YEAR",
                                                    "QUARTER",
                                                    "MONTH",
                                                    "WEEK",
                                                    "DAYOFYEAR",
                                                    "DAYOFMONTH",
                                                    "DAYOFWEEK",
                                                    "HOUR",
                                                    "MINUTE",
                                                    "SECOND",
                                                    "TIMESTAMPADD",
                                                    "TIMESTAMPDIFF",
                                                    "CEILING",
                                                    "CHARACTER_LENGTH",
                                                    "SUBSTR",
                                                    "CAST"};

struct Alias {
  std::string_view name;
  std::string_view stands_for;
};
constexpr std::array<Alias, 3> kAliases{
    {{"CEILING", "CEIL"}, {"CHARACTER_LENGTH", "CHAR_LENGTH"}, {"SUBSTR", "SUBSTRING"}}};

struct Shorthand {
  std::string_view function;
  std::string_view unit;
};
constexpr std::array<Shorthand, 10> kExtracts{{{"YEAR", "YEAR"},
                                               {"QUARTER", "QUARTER"},
                                               {"MONTH", "MONTH"},
                                               {"WEEK", "WEEK"},
                                               {"DAYOFYEAR", "DOY"},
                                               {"DAYOFMONTH", "DAY"},
                                               {"DAYOFWEEK", "DOW"},
                                               {"HOUR", "HOUR"},
                                               {"MINUTE", "MINUTE"},
                                               {"SECOND", "SECOND"}}};

std::array<std::span<const Overload>, 4> tables() {
  return {arithmetic_functions(), numeric_functions(), string_functions(), time_functions()};
}

std::vector<const Overload*> overloads(std::string_view name) {
  std::vector<const Overload*> found;
  for (const auto table : tables()) {
    for (const Overload& candidate : table) {
      if (candidate.name == name) found.push_back(&candidate);
    }
  }
  return found;
}

std::string signature(const Overload& function) {
  std::string text = "(";
  for (std::size_t i = 0; i < function.count; ++i) {
    text += (i > 0 ? ", " : "") + to_string(function.arguments[i]);
  }
  return text + ")";
}

}  // namespace

std::string refused_name(std::string_view upper) {
  if (is_one_of(upper, kReadTheClock)) {
    return std::string(upper) +
           " is not deterministic, and results must be the same when rows are replayed after a "
           "failure; use a timestamp of the row";
  }
  return {};
}

bool Binder::expect_count(const Ast& ast, std::size_t least, std::size_t most) {
  const std::size_t count = ast.children.size();
  if (count >= least && count <= most) return true;
  std::string wanted = std::to_string(least);
  const bool singular = least == 1 && (most == 1 || most > 1'000);
  if (most > 1'000) {
    wanted = "at least " + wanted;
  } else if (most != least) {
    wanted += " to " + std::to_string(most);
  }
  fail(ast.offset, ast.text + " takes " + wanted + (singular ? " argument" : " arguments") +
                       ", not " + std::to_string(count));
  return false;
}

Bound Binder::resolve(std::size_t offset, std::string_view name, std::vector<Bound> arguments,
                      std::string_view shown) {
  const std::vector<const Overload*> candidates = overloads(name);
  LEAT_ASSERT(!candidates.empty());
  const Overload* best = nullptr;
  std::size_t best_conversions = 0;
  bool count_fits = false;
  for (const Overload* candidate : candidates) {
    if (candidate->count != arguments.size()) continue;
    count_fits = true;
    std::size_t conversions = 0;
    bool fits = true;
    for (std::size_t i = 0; i < arguments.size() && fits; ++i) {
      fits = convertible(arguments[i], candidate->arguments[i]);
      const bool exact = arguments[i].untyped || arguments[i].type() == candidate->arguments[i];
      conversions += exact ? 0 : 1;
    }
    if (fits && (best == nullptr || conversions < best_conversions)) {
      best = candidate;
      best_conversions = conversions;
    }
  }
  if (best == nullptr) {
    // The unit, which the binder puts first, is not among what the user wrote.
    const bool has_unit = name.starts_with('$') && candidates.front()->count > 1 &&
                          candidates.front()->arguments[0] == data::kBigint;
    std::string takes;
    for (const Overload* candidate : candidates) {
      if (count_fits && candidate->count != arguments.size()) continue;
      Overload visible = *candidate;
      if (has_unit) {
        std::rotate(visible.arguments.begin(), visible.arguments.begin() + 1,
                    visible.arguments.end());
        --visible.count;
      }
      takes += (takes.empty() ? "" : " or ") + signature(visible);
    }
    std::string given;
    for (std::size_t i = has_unit ? 1 : 0; i < arguments.size(); ++i) {
      given += (given.empty() ? "" : ", ") +
               (arguments[i].untyped ? std::string("NULL") : to_string(arguments[i].type()));
    }
    return fail(offset, std::string(shown.empty() ? name : shown) + " takes " + takes + ", not (" +
                            given + ")");
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!convert(arguments[i], best->arguments[i])) return {};
  }
  const bool foldable = all_foldable(arguments);
  return made(std::make_unique<FunctionNode>(*best, take_nodes(std::move(arguments))), offset,
              foldable);
}

Bound Binder::call(const Ast& ast) {
  if (auto special = special_call(ast)) return std::move(*special);
  if (auto time = time_call(ast)) return std::move(*time);
  std::string_view name = ast.text;
  for (const Alias& alias : kAliases) {
    if (name == alias.name) name = alias.stands_for;
  }
  if (overloads(name).empty()) return unknown_function(ast);
  std::vector<Bound> arguments;
  if (!bind_all(ast, 0, arguments)) return {};
  if (name == "UNIX_TIMESTAMP" && arguments.empty()) {
    return fail(ast.offset, "UNIX_TIMESTAMP() is not deterministic; use UNIX_TIMESTAMP(ts)");
  }
  return resolve(ast.offset, name, std::move(arguments));
}

Bound Binder::unknown_function(const Ast& ast) {
  std::string refused = refused_name(ast.text);
  if (!refused.empty()) return fail(ast.offset, std::move(refused));
  if (is_one_of(ast.text, kAggregates)) {
    std::string message = ast.text +
                          " is an aggregate: it has its place under `aggregate`, not in "
                          "an expression over one row";
    if (ast.text == "MIN") message += "; the smaller of two values is LEAST(a, b)";
    if (ast.text == "MAX") message += "; the larger of two values is GREATEST(a, b)";
    return fail(ast.offset, std::move(message));
  }
  std::vector<std::string> names(kSpecial.begin(), kSpecial.end());
  for (const auto table : tables()) {
    for (const Overload& function : table) {
      const char first = function.name.front();
      if (first >= 'A' && first <= 'Z') names.emplace_back(function.name);
    }
  }
  return fail(ast.offset,
              "unknown function \"" + ast.text + "\"" + base::did_you_mean(ast.text, names));
}

std::optional<Bound> Binder::special_call(const Ast& ast) {
  const std::string& name = ast.text;
  if (name == "COALESCE" || name == "IFNULL" || name == "GREATEST" || name == "LEAST") {
    return choice(ast);
  }
  if (name == "IF" || name == "NULLIF") {
    const std::size_t count = name == "IF" ? 3 : 2;
    std::vector<Bound> parts;
    if (!expect_count(ast, count, count) || !bind_all(ast, 0, parts)) return Bound{};
    if (name == "IF") {
      std::vector<Bound> conditions;
      conditions.push_back(std::move(parts[0]));
      parts.erase(parts.begin());
      return make_case(ast.offset, {}, std::move(conditions), std::move(parts), true);
    }
    if (!harmonize(parts[0], parts[1], name)) return Bound{};
    const bool foldable = all_foldable(parts);
    return made(std::make_unique<NullIfNode>(std::move(parts[0].node), std::move(parts[1].node)),
                ast.offset, foldable);
  }
  if (name == "CONCAT" || name == "CONCAT_WS") {
    const bool separator = name == "CONCAT_WS";
    std::vector<Bound> parts;
    if (!expect_count(ast, separator ? 2 : 1, 10'000) || !bind_all(ast, 0, parts)) return Bound{};
    for (Bound& part : parts) {
      if (!require(part, data::kString, "what " + name + " takes")) return Bound{};
    }
    const bool foldable = all_foldable(parts);
    return made(std::make_unique<ConcatNode>(separator, take_nodes(std::move(parts))), ast.offset,
                foldable);
  }
  if (name == "TRIM") {
    std::vector<Bound> parts;
    if (!bind_all(ast, 0, parts)) return Bound{};
    return resolve(ast.offset, "$TRIM_" + ast.unit, std::move(parts), name);
  }
  if (name == "DATE_FORMAT" || name == "FROM_UNIXTIME") return pattern_call(ast);
  if (name == "CARDINALITY" || name == "ARRAY_CONTAINS" || name == "LIST_CONTAINS") {
    return list_call(ast);
  }
  return std::nullopt;
}

Bound Binder::choice(const Ast& ast) {
  const bool two = ast.text == "IFNULL";
  std::vector<Bound> parts;
  if (!expect_count(ast, two ? 2 : 1, two ? 2 : 10'000) || !bind_all(ast, 0, parts) ||
      !unify(parts, "the arguments of " + ast.text)) {
    return {};
  }
  const bool foldable = all_foldable(parts);
  const data::Type type = parts.front().type();
  if (two || ast.text == "COALESCE") {
    return made(std::make_unique<CoalesceNode>(type, take_nodes(std::move(parts))), ast.offset,
                foldable);
  }
  if (type.is_list()) return fail(ast.offset, ast.text + " does not compare lists");
  return made(std::make_unique<ExtremeNode>(ast.text == "GREATEST", take_nodes(std::move(parts))),
              ast.offset, foldable);
}

Bound Binder::list_call(const Ast& ast) {
  const std::size_t count = ast.text == "CARDINALITY" ? 1 : 2;
  std::vector<Bound> parts;
  if (!expect_count(ast, count, count) || !bind_all(ast, 0, parts)) return {};
  if (parts[0].untyped || !parts[0].type().is_list()) {
    return fail(parts[0].offset, ast.text + " takes a list, not a " + to_string(parts[0].type()));
  }
  if (count == 1) {
    return {std::make_unique<CardinalityNode>(std::move(parts[0].node)), ast.offset};
  }
  if (!require(parts[1], parts[0].type().element_type(), "what that list holds")) return {};
  return {std::make_unique<ContainsNode>(std::move(parts[0].node), std::move(parts[1].node)),
          ast.offset};
}

// A constant pattern is checked here, another one for each row.
Bound Binder::pattern_call(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  if (parts.size() == 2 && !parts[1].untyped && parts[1].node->constant() != nullptr) {
    const auto* pattern = std::get_if<std::string>(&parts[1].node->constant()->held);
    std::string defect;
    if (pattern != nullptr) defect = pattern_defect(*pattern);
    if (!defect.empty()) return fail(parts[1].offset, std::move(defect));
  }
  return resolve(ast.offset, ast.text, std::move(parts));
}

std::optional<Bound> Binder::time_call(const Ast& ast) {
  const std::string& name = ast.text;
  if (name == "EXTRACT") return unit_call(ast, "$EXTRACT", ast.unit, ast.unit_offset);
  if (name == "TIMESTAMPADD") return unit_call(ast, "$TIMESTAMPADD", ast.unit, ast.unit_offset);
  if (name == "TIMESTAMPDIFF") return unit_call(ast, "$TIMESTAMPDIFF", ast.unit, ast.unit_offset);
  if (!ast.unit.empty() && name == "FLOOR") {
    return unit_call(ast, "$FLOOR_TO", ast.unit, ast.unit_offset);
  }
  if (!ast.unit.empty()) return unit_call(ast, "$CEIL_TO", ast.unit, ast.unit_offset);
  for (const Shorthand& shorthand : kExtracts) {
    if (name != shorthand.function) continue;
    if (!expect_count(ast, 1, 1)) return Bound{};
    return unit_call(ast, "$EXTRACT", shorthand.unit, ast.offset);
  }
  return std::nullopt;
}

Bound Binder::unit_call(const Ast& ast, std::string_view function, std::string_view unit,
                        std::size_t unit_offset) {
  const auto known = parse_unit(unit);
  const bool only_parts = known && !add_units(*known, 0, 0);  // DOW, EPOCH: parts, not lengths
  if (!known || (only_parts && function != "$EXTRACT")) {
    std::vector<std::string> names;
    std::string expected;
    for (const std::string_view name : unit_names()) {
      if (function != "$EXTRACT" && !add_units(*parse_unit(name), 0, 0)) continue;
      names.emplace_back(name);
      expected += (expected.empty() ? "" : ", ") + std::string(name);
    }
    std::string hint = base::did_you_mean(unit, names);
    if (hint.empty()) hint = "; expected one of " + expected;
    return fail(unit_offset,
                "unknown unit of time \"" + std::string(unit) + "\" for " + ast.text + hint);
  }
  std::vector<Bound> arguments;
  arguments.push_back(literal(unit_offset, data::kBigint, static_cast<std::int64_t>(*known)));
  if (!bind_all(ast, 0, arguments)) return {};
  return resolve(ast.offset, function, std::move(arguments), ast.text);
}

}  // namespace leat::expression
