// What has a syntax of its own: CASE, CAST, TRIM(x FROM y), TIMESTAMP '...', and aggregate calls.
#include <array>
#include <charconv>

#include "core/base/text.h"
#include "core/expression/parser.h"

namespace leat::expression {
namespace {

constexpr std::array<std::string_view, 18> kUnits{
    "MILLISECOND", "SECOND",  "MINUTE", "HOUR",   "DAY",     "WEEK",
    "MONTH",       "QUARTER", "YEAR",   "DECADE", "CENTURY", "MILLENNIUM",
    "EPOCH",       "DOW",     "ISODOW", "DOY",    "ISOYEAR", "DAYOFWEEK"};

// Units in the plural are understood too, as in TIMESTAMPADD(DAYS, ...).
std::string singular(std::string_view upper) {
  for (const std::string_view unit : kUnits) {
    if (upper.size() == unit.size() + 1 && upper.starts_with(unit) && upper.back() == 'S') {
      return std::string(unit);
    }
  }
  return std::string(upper);
}

}  // namespace

AstPtr Parser::case_form() {
  AstPtr node = make(AstKind::kCase, token().offset);
  advance();
  if (!token().is_word("WHEN")) {
    if (!adopt(*node, expression(0))) return nullptr;
    node->has_operand = true;
  }
  if (!token().is_word("WHEN")) {
    fail_expected("WHEN after CASE");
    return nullptr;
  }
  while (accept_word("WHEN")) {
    if (!adopt(*node, expression(0)) || !expect_word("THEN", "after the condition of WHEN") ||
        !adopt(*node, expression(0))) {
      return nullptr;
    }
  }
  if (accept_word("ELSE")) {
    if (!adopt(*node, expression(0))) return nullptr;
    node->has_else = true;
  }
  if (!accept_word("END")) {
    fail_expected(node->has_else ? "END at the end of CASE" : "WHEN, ELSE or END in CASE");
    return nullptr;
  }
  return finish(std::move(node));
}

// Also of two words or with a precision: TIMESTAMP(3), TIMESTAMP_LTZ(3), VARCHAR(20).
std::optional<std::string> Parser::type_name() {
  if (token().kind != TokenKind::kName) {
    fail_expected("a type: boolean, bigint, double, string, bytes or timestamp");
    return std::nullopt;
  }
  const std::string upper = token().upper;
  const std::size_t offset = token().offset;
  advance();
  if (upper == "BOOLEAN" || upper == "BIGINT" || upper == "DOUBLE" || upper == "STRING" ||
      upper == "BYTES") {
    return upper;
  }
  if (upper == "TIMESTAMP" || upper == "TIMESTAMP_LTZ") {
    if (!accept_symbol("(")) return "TIMESTAMP";
    if (token().kind != TokenKind::kBigint || token().text != "3") {
      fail_expected("3, the precision of every timestamp");
      return std::nullopt;
    }
    advance();
    if (!expect_symbol(")", "after the precision")) return std::nullopt;
    return "TIMESTAMP";
  }
  const std::array<std::string, 6> known{"BOOLEAN", "BIGINT", "DOUBLE",
                                         "STRING",  "BYTES",  "TIMESTAMP"};
  std::string hint = base::did_you_mean(upper, known);
  if (upper == "INT" || upper == "INTEGER" || upper == "LONG" || upper == "SMALLINT") {
    hint = "; did you mean \"BIGINT\"?";
  } else if (upper == "VARCHAR" || upper == "CHAR" || upper == "TEXT") {
    hint = "; did you mean \"STRING\"?";
  } else if (upper == "FLOAT" || upper == "REAL" || upper == "DECIMAL") {
    hint = "; did you mean \"DOUBLE\"?";
  }
  fail(offset, "unknown type \"" + upper +
                   "\"; expected boolean, bigint, double, string, bytes or timestamp" + hint);
  return std::nullopt;
}

AstPtr Parser::cast(AstKind kind) {
  AstPtr node = make(kind, token().offset);
  advance();
  advance();  // "("
  if (!adopt(*node, expression(0)) || !expect_word("AS", "and a type in CAST")) return nullptr;
  const auto type = type_name();
  if (!type || !expect_symbol(")", "after the type")) return nullptr;
  node->text = *type;
  return finish(std::move(node));
}

AstPtr Parser::timestamp_literal() {
  AstPtr node = make(AstKind::kTimestamp, token().offset);
  advance();
  const auto ms = base::parse_iso8601_ms(token().text);
  if (!ms) {
    fail(token().offset,
         "\"" + token().text + "\" is not a time; expected one such as '2026-01-31 23:59:59.999'");
    return nullptr;
  }
  node->integer = *ms;
  advance();
  return finish(std::move(node));
}

AstPtr Parser::interval_literal() {
  AstPtr node = make(AstKind::kInterval, token().offset);
  advance();
  const std::string& digits = token().text;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), node->integer);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    fail(token().offset, "\"" + digits + "\" is not a whole number, as in INTERVAL '5' MINUTE");
    return nullptr;
  }
  advance();
  const auto name = unit(node->unit_offset);
  if (!name) return nullptr;
  node->unit = *name;
  return finish(std::move(node));
}

std::optional<std::string> Parser::unit(std::size_t& offset) {
  offset = token().offset;
  if (token().kind != TokenKind::kName) {
    fail_expected("a unit of time such as DAY");
    return std::nullopt;
  }
  std::string name = singular(token().upper);
  advance();
  return name;
}

AstPtr Parser::call() {
  const Token& name = token();
  if (name.upper == "CAST") return cast(AstKind::kCast);
  if (name.upper == "TRY_CAST") return cast(AstKind::kTryCast);
  AstPtr node = make(AstKind::kCall, name.offset, name.upper);
  advance();
  advance();  // "("
  if (!call_arguments(*node)) return nullptr;
  if (!expect_symbol(")", "at the end of the arguments of " + node->text + ", or \",\"")) {
    return nullptr;
  }
  return finish(std::move(node));
}

bool Parser::call_arguments(Ast& node) {
  if (node.text == "TRIM") return trim_arguments(node);
  if (node.text == "EXTRACT") return extract_arguments(node);
  if (node.text == "POSITION") return position_arguments(node);
  if (node.text == "TIMESTAMPADD" || node.text == "TIMESTAMPDIFF") {
    return timestamp_unit_arguments(node);
  }
  if (!arguments(node)) return false;
  if ((node.text == "SUBSTRING" || node.text == "SUBSTR") && node.children.size() == 1 &&
      accept_word("FROM")) {
    if (!add_argument(node)) return false;
    return !accept_word("FOR") || add_argument(node);
  }
  if ((node.text == "FLOOR" || node.text == "CEIL" || node.text == "CEILING") &&
      node.children.size() == 1 && accept_word("TO")) {
    const auto name = unit(node.unit_offset);
    if (!name) return false;
    node.unit = *name;
  }
  return true;
}

bool Parser::add_argument(Ast& node) { return adopt(node, expression(0)); }

bool Parser::arguments(Ast& node) {
  if (token().is_symbol(")")) return true;
  if (token().is_symbol("*") || token().is_word("DISTINCT")) {
    return fail(token().offset, describe(token()) + " belongs in an aggregate such as count(" +
                                    token().text + "), and those under `aggregate`");
  }
  do {
    if (!add_argument(node)) return false;
  } while (accept_symbol(","));
  return true;
}

// TRIM(s), TRIM(x FROM s), TRIM(BOTH FROM s), TRIM(LEADING x FROM s): the mode goes to `unit`, the
// characters last.
bool Parser::trim_arguments(Ast& node) {
  node.unit = "BOTH";
  bool has_mode = false;
  const bool word =
      token().is_word("BOTH") || token().is_word("LEADING") || token().is_word("TRAILING");
  // A field may be called `both`: it is the mode when something to trim follows.
  if (word && !token(1).is_symbol(")") && !token(1).is_symbol(",")) {
    node.unit = token().upper;
    has_mode = true;
    advance();
  }
  if (has_mode && accept_word("FROM")) return add_argument(node);
  if (!add_argument(node)) return false;
  if (accept_word("FROM")) {
    if (!add_argument(node)) return false;
    std::swap(node.children[0], node.children[1]);
    return true;
  }
  if (has_mode) return fail_expected("FROM in TRIM(" + node.unit + " x FROM s)");
  return true;
}

bool Parser::extract_arguments(Ast& node) {
  const auto name = unit(node.unit_offset);
  if (!name) return false;
  node.unit = *name;
  return expect_word("FROM", "in EXTRACT(unit FROM timestamp)") && add_argument(node);
}

bool Parser::position_arguments(Ast& node) {
  // IN would be taken for the predicate: the part before it binds tighter than that.
  return adopt(node, expression(kComparePower)) && expect_word("IN", "in POSITION(x IN s)") &&
         add_argument(node);
}

bool Parser::timestamp_unit_arguments(Ast& node) {
  const auto name = unit(node.unit_offset);
  if (!name) return false;
  node.unit = *name;
  return expect_symbol(",", "after the unit") && add_argument(node) &&
         expect_symbol(",", "and another argument") && add_argument(node);
}

std::optional<AggregateCall> Parser::parse_aggregate() {
  if (!start()) return std::nullopt;
  constexpr std::string_view kExpected = "an aggregate is one call such as avg(x)";
  if (token().kind != TokenKind::kName || !token(1).is_symbol("(")) {
    const Token& found = token().kind == TokenKind::kName ? token(1) : token();
    fail(found.offset, "found " + describe(found) + "; " + std::string(kExpected));
    return std::nullopt;
  }
  AggregateCall call;
  call.function = token().text;
  for (char& c : call.function) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  advance();
  advance();
  if (token().is_symbol("*") && token(1).is_symbol(")")) {
    call.star = true;
    advance();
  } else if (!token().is_symbol(")")) {
    call.distinct = accept_word("DISTINCT");
    do {
      const std::size_t begin = token().offset;
      const AstPtr argument = expression(0);
      if (argument == nullptr) return std::nullopt;
      const std::size_t end = tokens_[at_ - 1].end;
      call.arguments.push_back({std::string(text_.substr(begin, end - begin)), begin});
    } while (accept_symbol(","));
  }
  if (!expect_symbol(")", "at the end of the arguments, or \",\"")) return std::nullopt;
  if (token().kind != TokenKind::kEnd) {
    fail(token().offset,
         "found " + describe(token()) + " after the call; " + std::string(kExpected));
    return std::nullopt;
  }
  return call;
}

}  // namespace leat::expression
