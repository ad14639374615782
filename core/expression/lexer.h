// Text to tokens. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/expression.h"

namespace leat::expression {

enum class TokenKind : std::uint8_t {
  kEnd,
  kBigint,  // digits only; `text` holds them
  kDouble,  // with a point or an exponent
  kString,  // `text` is what the quotes hold
  kName,    // as written; keywords are names until the parser says otherwise
  kQuoted,  // `text` is what the back-quotes hold
  kSymbol,  // ( ) [ ] , . + - * / % || = <> < <= > >=   ("!=" is told as "<>")
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;
  std::size_t end = 0;  // one past the last byte
  std::string text;
  std::string upper;  // of a name: in capitals

  bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
  bool is_word(std::string_view keyword) const {
    return kind == TokenKind::kName && upper == keyword;
  }
};

// The tokens, the last of them kEnd. False, with `error`, when the text has something that is none.
bool tokenize(std::string_view text, std::vector<Token>& tokens, CompileError& error);

// For messages: `"x"`, `a number`, `the end`.
std::string describe(const Token& token);

std::string ascii_upper(std::string_view text);

}  // namespace leat::expression
