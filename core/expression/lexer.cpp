#include "core/expression/lexer.h"

#include <array>

#include "core/base/text.h"

namespace leat::expression {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '$'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<Token>& tokens, CompileError& error)
      : text_(text), tokens_(tokens), error_(error) {}

  bool run() {
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ == text_.size()) {
        add(TokenKind::kEnd, at_, "");
        return true;
      }
      if (!next()) return false;
    }
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void add(TokenKind kind, std::size_t begin, std::string value) {
    Token token{kind, begin, at_, std::move(value), {}};
    if (kind == TokenKind::kName) token.upper = ascii_upper(token.text);
    tokens_.push_back(std::move(token));
  }
  bool fail(std::size_t offset, std::string message) {
    error_ = {offset, std::move(message)};
    return false;
  }

  bool next() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '\'') return quoted('\'', TokenKind::kString, "string literal");
    if (c == '`') return quoted('`', TokenKind::kQuoted, "back-quoted name");
    if (is_name_start(c)) {
      const std::size_t begin = at_;
      while (is_name_part(peek())) ++at_;
      add(TokenKind::kName, begin, std::string(text_.substr(begin, at_ - begin)));
      return true;
    }
    return symbol();
  }

  bool number() {
    const std::size_t begin = at_;
    bool is_double = false;
    while (is_digit(peek())) ++at_;
    if (peek() == '.') {
      is_double = true;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      is_double = true;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return fail(begin, "a number with an exponent that has no digits");
      while (is_digit(peek())) ++at_;
    }
    if (is_name_part(peek()) || peek() == '.') {
      return fail(begin, "\"" + std::string(text_.substr(begin, at_ + 1 - begin)) +
                             "\" begins like a number and goes on; expected a number such as 42, "
                             "4.2 or 4.2e1");
    }
    add(is_double ? TokenKind::kDouble : TokenKind::kBigint, begin,
        std::string(text_.substr(begin, at_ - begin)));
    return true;
  }

  // A quote inside is written twice.
  bool quoted(char quote, TokenKind kind, std::string_view what) {
    const std::size_t begin = at_++;
    std::string value;
    while (true) {
      const std::size_t close = text_.find(quote, at_);
      if (close == std::string_view::npos) {
        return fail(begin, std::string(what) + " without a closing " + quote);
      }
      value += text_.substr(at_, close - at_);
      at_ = close + 1;
      if (peek() != quote) break;
      value += quote;
      ++at_;
    }
    if (kind == TokenKind::kQuoted && value.empty()) return fail(begin, "an empty name");
    add(kind, begin, std::move(value));
    return true;
  }

  bool symbol() {
    const std::size_t begin = at_;
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("--")) {
      return fail(begin, "\"--\" begins a comment in SQL; write \"- -\" for minus a negative");
    }
    if (rest.starts_with("==")) return fail(begin, "found \"==\"; equality is written \"=\"");
    if (rest.starts_with("&&")) return fail(begin, "found \"&&\"; write AND");
    if (rest.front() == '"') {
      return fail(begin, "found a double quote; strings take 'single quotes', names `back-quotes`");
    }
    constexpr std::array<std::string_view, 5> kTwo{"<>", "<=", ">=", "!=", "||"};
    for (const std::string_view two : kTwo) {
      if (!rest.starts_with(two)) continue;
      at_ += 2;
      add(TokenKind::kSymbol, begin, two == "!=" ? "<>" : std::string(two));
      return true;
    }
    constexpr std::string_view kOne = "()[],.+-*/%=<>";
    if (kOne.find(rest.front()) == std::string_view::npos) {
      std::string shown;
      base::append_json_string(shown, rest.substr(0, 1));
      return fail(begin, "unexpected character " + shown);
    }
    ++at_;
    add(TokenKind::kSymbol, begin, std::string(rest.substr(0, 1)));
    return true;
  }

  std::string_view text_;
  std::vector<Token>& tokens_;
  CompileError& error_;
  std::size_t at_ = 0;
};

}  // namespace

bool tokenize(std::string_view text, std::vector<Token>& tokens, CompileError& error) {
  const std::size_t invalid = base::first_invalid_utf8(text);
  if (invalid != std::string_view::npos) {
    error = {invalid, "not valid UTF-8"};
    return false;
  }
  return Lexer(text, tokens, error).run();
}

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the end";
    case TokenKind::kString:
      return "a string literal";
    case TokenKind::kQuoted:
      return "`" + token.text + "`";
    default:
      return "\"" + token.text + "\"";
  }
}

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace leat::expression
