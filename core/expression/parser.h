// Tokens to the syntax tree, by operator precedence (V. R. Pratt, "Top Down Operator Precedence",
// POPL 1973). Private to this folder.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/expression/ast.h"
#include "core/expression/lexer.h"

namespace leat::expression {

// Expressions nest at most this deep, in the text and in the tree. It bounds every recursion here.
inline constexpr std::uint32_t kMaxDepth = 200;
// Tokens of one expression; it bounds the time that compiling takes.
inline constexpr std::size_t kMaxTokens = 20'000;

// How tightly comparisons bind; see parser.cpp for the others.
inline constexpr int kComparePower = 50;

class Parser {
 public:
  Parser(std::string_view text, CompileError& error) : text_(text), error_(error) {}

  // The whole text as one expression; null, with the error, when it is none.
  AstPtr parse_whole();
  std::optional<AggregateCall> parse_aggregate();

 private:
  // parser.cpp
  bool start();
  AstPtr expression(int min_power);
  AstPtr prefix();
  AstPtr infix(AstPtr left, int min_power, bool& done);
  AstPtr binary(AstPtr left, AstKind kind, int power);
  AstPtr predicate(AstPtr left, bool negated);
  AstPtr is(AstPtr left);
  AstPtr between(AstPtr left);
  AstPtr in(AstPtr left);
  AstPtr like(AstPtr left);
  AstPtr index(AstPtr left);
  AstPtr number(bool negative);
  AstPtr minus();
  AstPtr name();

  // parser_forms.cpp
  AstPtr case_form();
  AstPtr cast(AstKind kind);
  std::optional<std::string> type_name();
  AstPtr timestamp_literal();
  AstPtr interval_literal();
  AstPtr call();
  bool call_arguments(Ast& node);
  bool trim_arguments(Ast& node);
  bool extract_arguments(Ast& node);
  bool position_arguments(Ast& node);
  bool timestamp_unit_arguments(Ast& node);
  bool arguments(Ast& node);
  bool add_argument(Ast& node);
  std::optional<std::string> unit(std::size_t& offset);

  const Token& token(std::size_t ahead = 0) const {
    const std::size_t at = at_ + ahead;
    return at < tokens_.size() ? tokens_[at] : tokens_.back();
  }
  void advance() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  bool accept_word(std::string_view word);
  bool accept_symbol(std::string_view symbol);
  bool expect_word(std::string_view word, std::string_view where);
  bool expect_symbol(std::string_view symbol, std::string_view where);
  AstPtr make(AstKind kind, std::size_t offset, std::string text = {}) const;
  // Adds a child; false, with the error, when the tree gets too deep.
  bool adopt(Ast& parent, AstPtr child);
  AstPtr finish(AstPtr node) const;  // notes where it ends
  bool fail(std::size_t offset, std::string message);
  bool fail_expected(std::string_view expected);

  std::string_view text_;
  CompileError& error_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::uint32_t depth_ = 0;
};

bool is_reserved(std::string_view upper);

}  // namespace leat::expression
