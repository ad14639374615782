#include "core/expression/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace leat::expression {
namespace {

// How tightly operators bind, as in Calcite: IS looser than the comparisons, NOT looser than IS.
constexpr int kOrPower = 10;
constexpr int kAndPower = 20;
constexpr int kNotPower = 30;
constexpr int kIsPower = 40;
constexpr int kAddPower = 60;
constexpr int kMultiplyPower = 70;
constexpr int kUnaryPower = 80;
constexpr int kIndexPower = 90;

constexpr std::string_view kAnExpression = "an expression";

constexpr std::array<std::string_view, 18> kReserved{
    "AND",  "OR",    "NOT",  "BETWEEN", "IN",   "LIKE", "ESCAPE", "IS",       "NULL",
    "TRUE", "FALSE", "CASE", "WHEN",    "THEN", "ELSE", "END",    "DISTINCT", "FROM"};

bool is_compare(const Token& token) {
  constexpr std::array<std::string_view, 6> kOperators{"=", "<>", "<", "<=", ">", ">="};
  return token.kind == TokenKind::kSymbol &&
         std::find(kOperators.begin(), kOperators.end(), token.text) != kOperators.end();
}

}  // namespace

bool is_reserved(std::string_view upper) {
  return std::find(kReserved.begin(), kReserved.end(), upper) != kReserved.end();
}

bool Parser::fail(std::size_t offset, std::string message) {
  error_ = {offset, std::move(message)};
  return false;
}

bool Parser::fail_expected(std::string_view expected) {
  std::string message = "found " + describe(token()) + "; expected " + std::string(expected);
  if (expected == kAnExpression && token().kind == TokenKind::kName && is_reserved(token().upper)) {
    message += " (a field of that name is written `" + token().text + "`)";
  }
  return fail(token().offset, std::move(message));
}

bool Parser::accept_word(std::string_view word) {
  if (!token().is_word(word)) return false;
  advance();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!token().is_symbol(symbol)) return false;
  advance();
  return true;
}

bool Parser::expect_word(std::string_view word, std::string_view where) {
  if (accept_word(word)) return true;
  return fail_expected(std::string(word) + " " + std::string(where));
}

bool Parser::expect_symbol(std::string_view symbol, std::string_view where) {
  if (accept_symbol(symbol)) return true;
  return fail_expected("\"" + std::string(symbol) + "\" " + std::string(where));
}

AstPtr Parser::make(AstKind kind, std::size_t offset, std::string text) const {
  auto node = std::make_unique<Ast>();
  node->kind = kind;
  node->offset = offset;
  node->text = std::move(text);
  return node;
}

bool Parser::adopt(Ast& parent, AstPtr child) {
  if (child == nullptr) return false;
  parent.depth = std::max(parent.depth, child->depth + 1);
  if (parent.depth > kMaxDepth) {
    return fail(child->offset, "nested too deeply; the limit is " + std::to_string(kMaxDepth));
  }
  parent.children.push_back(std::move(child));
  return true;
}

AstPtr Parser::finish(AstPtr node) const {
  node->end = at_ > 0 ? tokens_[at_ - 1].end : 0;
  return node;
}

bool Parser::start() {
  if (!tokenize(text_, tokens_, error_)) return false;
  if (tokens_.size() > kMaxTokens) {
    return fail(tokens_[kMaxTokens].offset, "the expression is too long; the limit is " +
                                                std::to_string(kMaxTokens) + " words and symbols");
  }
  return true;
}

AstPtr Parser::parse_whole() {
  if (!start()) return nullptr;
  AstPtr node = expression(0);
  if (node != nullptr && token().kind != TokenKind::kEnd) {
    fail_expected("an operator or the end");
    return nullptr;
  }
  return node;
}

AstPtr Parser::expression(int min_power) {
  if (depth_ >= kMaxDepth) {
    fail(token().offset, "nested too deeply; the limit is " + std::to_string(kMaxDepth));
    return nullptr;
  }
  ++depth_;
  AstPtr left = prefix();
  bool done = false;
  while (left != nullptr && !done) left = infix(std::move(left), min_power, done);
  --depth_;
  return left;
}

AstPtr Parser::infix(AstPtr left, int min_power, bool& done) {
  const Token& next = token();
  if (next.is_symbol("[") && kIndexPower > min_power) return index(std::move(left));
  if (next.is_word("OR") && kOrPower > min_power) {
    return binary(std::move(left), AstKind::kOr, kOrPower);
  }
  if (next.is_word("AND") && kAndPower > min_power) {
    return binary(std::move(left), AstKind::kAnd, kAndPower);
  }
  if (next.is_word("IS") && kIsPower > min_power) return is(std::move(left));
  if (kComparePower > min_power) {
    if (is_compare(next)) return binary(std::move(left), AstKind::kCompare, kComparePower);
    const bool negated = next.is_word("NOT");
    const Token& word = token(negated ? 1 : 0);
    if (word.is_word("BETWEEN") || word.is_word("IN") || word.is_word("LIKE")) {
      if (negated) advance();
      return predicate(std::move(left), negated);
    }
  }
  if ((next.is_symbol("+") || next.is_symbol("-")) && kAddPower > min_power) {
    return binary(std::move(left), AstKind::kArithmetic, kAddPower);
  }
  if (kMultiplyPower > min_power) {
    if (next.is_symbol("*") || next.is_symbol("/") || next.is_symbol("%")) {
      return binary(std::move(left), AstKind::kArithmetic, kMultiplyPower);
    }
    if (next.is_symbol("||")) return binary(std::move(left), AstKind::kConcat, kMultiplyPower);
  }
  done = true;
  return left;
}

// AND, OR and || of many terms are one flat node, so that a long chain is not a deep tree.
AstPtr Parser::binary(AstPtr left, AstKind kind, int power) {
  const bool flat = kind == AstKind::kAnd || kind == AstKind::kOr || kind == AstKind::kConcat;
  const std::string symbol = token().text;
  advance();
  AstPtr node;
  if (flat && left->kind == kind && !left->grouped) {
    node = std::move(left);
  } else {
    node = make(kind, left->offset, flat ? "" : symbol);
    if (!adopt(*node, std::move(left))) return nullptr;
  }
  if (!adopt(*node, expression(power))) return nullptr;
  return finish(std::move(node));
}

AstPtr Parser::predicate(AstPtr left, bool negated) {
  AstPtr node;
  if (accept_word("BETWEEN")) {
    node = between(std::move(left));
  } else if (accept_word("IN")) {
    node = in(std::move(left));
  } else {
    advance();  // LIKE
    node = like(std::move(left));
  }
  if (node != nullptr) node->negated = negated;
  return node;
}

AstPtr Parser::is(AstPtr left) {
  advance();
  const bool negated = accept_word("NOT");
  AstPtr node;
  if (accept_word("NULL")) {
    node = make(AstKind::kIsNull, left->offset);
    if (!adopt(*node, std::move(left))) return nullptr;
  } else if (token().is_word("TRUE") || token().is_word("FALSE") || token().is_word("UNKNOWN")) {
    node = make(AstKind::kIsTruth, left->offset, token().upper);
    advance();
    if (!adopt(*node, std::move(left))) return nullptr;
  } else if (accept_word("DISTINCT")) {
    if (!expect_word("FROM", "after IS DISTINCT")) return nullptr;
    node = make(AstKind::kDistinct, left->offset);
    if (!adopt(*node, std::move(left)) || !adopt(*node, expression(kComparePower))) return nullptr;
  } else {
    fail_expected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM after IS");
    return nullptr;
  }
  node->negated = negated;
  return finish(std::move(node));
}

AstPtr Parser::between(AstPtr left) {
  AstPtr node = make(AstKind::kBetween, left->offset);
  if (!adopt(*node, std::move(left)) || !adopt(*node, expression(kComparePower)) ||
      !expect_word("AND", "and the upper bound of BETWEEN") ||
      !adopt(*node, expression(kComparePower))) {
    return nullptr;
  }
  return finish(std::move(node));
}

AstPtr Parser::in(AstPtr left) {
  AstPtr node = make(AstKind::kIn, left->offset);
  if (!adopt(*node, std::move(left)) || !expect_symbol("(", "and a list after IN")) return nullptr;
  do {
    if (!adopt(*node, expression(0))) return nullptr;
  } while (accept_symbol(","));
  if (!expect_symbol(")", "at the end of the list, or \",\"")) return nullptr;
  return finish(std::move(node));
}

AstPtr Parser::like(AstPtr left) {
  AstPtr node = make(AstKind::kLike, left->offset);
  if (!adopt(*node, std::move(left)) || !adopt(*node, expression(kComparePower))) return nullptr;
  if (accept_word("ESCAPE") && !adopt(*node, expression(kComparePower))) return nullptr;
  return finish(std::move(node));
}

AstPtr Parser::index(AstPtr left) {
  advance();
  AstPtr node = make(AstKind::kIndex, left->offset);
  if (!adopt(*node, std::move(left)) || !adopt(*node, expression(0)) ||
      !expect_symbol("]", "after the position")) {
    return nullptr;
  }
  return finish(std::move(node));
}

AstPtr Parser::number(bool negative) {
  const Token& literal = token();
  const bool is_double = literal.kind == TokenKind::kDouble;
  AstPtr node = make(is_double ? AstKind::kDouble : AstKind::kBigint, literal.offset);
  const char* const begin = literal.text.data();
  const char* const end = begin + literal.text.size();
  if (is_double) {
    const auto result = std::from_chars(begin, end, node->number);
    // from_chars tells too small, which is zero, and too large alike.
    const std::size_t e = literal.text.find_first_of("eE");
    const bool tiny = e != std::string::npos ? literal.text[e + 1] == '-'
                                             : literal.text.find_first_not_of("0.") != 0;
    if (result.ec == std::errc::result_out_of_range && !tiny) {
      fail(literal.offset, "the number is out of the range of a double");
      return nullptr;
    }
    if (negative) node->number = -node->number;
  } else {
    std::uint64_t magnitude = 0;
    const auto result = std::from_chars(begin, end, magnitude);
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (result.ec != std::errc() || magnitude > kMax + (negative ? 1 : 0)) {
      fail(literal.offset,
           "the number is out of the range of a bigint (-9223372036854775808 to "
           "9223372036854775807); a double has a point or an exponent");
      return nullptr;
    }
    node->integer = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  }
  advance();
  return finish(std::move(node));
}

AstPtr Parser::minus() {
  const std::size_t offset = token().offset;
  advance();
  const bool literal = token().kind == TokenKind::kBigint || token().kind == TokenKind::kDouble;
  if (literal && !token(1).is_symbol("[")) {
    AstPtr node = number(true);
    if (node != nullptr) node->offset = offset;
    return node;
  }
  AstPtr node = make(AstKind::kNegate, offset);
  if (!adopt(*node, expression(kUnaryPower))) return nullptr;
  return finish(std::move(node));
}

AstPtr Parser::prefix() {
  const Token& next = token();
  const std::size_t offset = next.offset;
  switch (next.kind) {
    case TokenKind::kBigint:
    case TokenKind::kDouble:
      return number(false);
    case TokenKind::kString: {
      AstPtr node = make(AstKind::kString, offset, next.text);
      advance();
      return finish(std::move(node));
    }
    case TokenKind::kQuoted: {
      AstPtr node = make(AstKind::kField, offset, next.text);
      advance();
      return finish(std::move(node));
    }
    case TokenKind::kName:
      return name();
    case TokenKind::kSymbol:
      if (next.text == "-") return minus();
      if (next.text == "+") {
        advance();
        return expression(kUnaryPower);
      }
      if (next.text == "(") {
        advance();
        AstPtr node = expression(0);
        if (node == nullptr || !expect_symbol(")", "or an operator")) return nullptr;
        node->grouped = true;
        node->offset = offset;
        return finish(std::move(node));
      }
      break;
    case TokenKind::kEnd:
      break;
  }
  fail_expected(kAnExpression);
  return nullptr;
}

AstPtr Parser::name() {
  const Token& word = token();
  const std::size_t offset = word.offset;
  const auto literal = [&](AstKind kind, std::int64_t value) {
    AstPtr node = make(kind, offset);
    node->integer = value;
    advance();
    return finish(std::move(node));
  };
  if (word.upper == "NULL") return literal(AstKind::kNull, 0);
  if (word.upper == "TRUE") return literal(AstKind::kBoolean, 1);
  if (word.upper == "FALSE") return literal(AstKind::kBoolean, 0);
  if (word.upper == "NOT") {
    advance();
    AstPtr node = make(AstKind::kNot, offset);
    if (!adopt(*node, expression(kNotPower))) return nullptr;
    return finish(std::move(node));
  }
  if (word.upper == "CASE") return case_form();
  if (is_reserved(word.upper)) {
    fail_expected(kAnExpression);
    return nullptr;
  }
  const Token& after = token(1);
  if (after.is_symbol("(")) return call();
  if (after.kind == TokenKind::kString && word.upper == "TIMESTAMP") return timestamp_literal();
  if (after.kind == TokenKind::kString && word.upper == "INTERVAL") return interval_literal();
  AstPtr node = make(AstKind::kField, offset, word.text);
  advance();
  return finish(std::move(node));
}

}  // namespace leat::expression
