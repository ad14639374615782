#include "tests/harness/sqlite_runner.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "core/base/text.h"

namespace leat::harness {
namespace {

void append_text_literal(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  out += '\'';
}

void append_blob_literal(std::string& out, std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "x'";
  for (const char c : bytes) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
  out += '\'';
}

void append_literal(std::string& out, const data::Value& value, data::Type type) {
  if (const auto* boolean = std::get_if<bool>(&value.held)) {
    out += *boolean ? "1" : "0";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
    base::append_int(out, *integer);
    if (type.kind == data::Kind::kDouble) out += ".0";
  } else if (const auto* number = std::get_if<double>(&value.held)) {
    if (std::isnan(*number)) {
      out += "null";
    } else if (std::isinf(*number)) {
      out += *number > 0 ? "9e999" : "-9e999";
    } else {
      base::append_double(out, *number);
    }
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    if (type.kind == data::Kind::kBytes || text->find('\0') != std::string::npos) {
      append_blob_literal(out, *text);
    } else {
      append_text_literal(out, *text);
    }
  } else if (!value.is_null()) {
    append_text_literal(out, data::to_json(value, type));
  } else {
    out += "null";
  }
}

const char* column_type(data::Kind kind) {
  switch (kind) {
    case data::Kind::kDouble:
      return "REAL";
    case data::Kind::kBytes:
      return "BLOB";
    case data::Kind::kString:
    case data::Kind::kList:
      return "TEXT";
    default:
      return "INTEGER";
  }
}

std::string script_of(const std::vector<SqliteTable>& tables, std::string_view sql) {
  std::string script = ".mode quote\n.headers off\nBEGIN;\n";
  for (const SqliteTable& table : tables) {
    script += "CREATE TABLE \"" + table.name + "\"(";
    for (std::size_t i = 0; i < table.schema->size(); ++i) {
      if (i > 0) script += ", ";
      script += "\"" + table.schema->field(i).name + "\" " +
                column_type(table.schema->field(i).type.kind);
    }
    script += table.with_event_time ? ", event_time INTEGER);\n" : ");\n";
    for (const Row& inserted : table.rows) {
      script += "INSERT INTO \"" + table.name + "\" VALUES(";
      for (std::size_t i = 0; i < table.schema->size(); ++i) {
        if (i > 0) script += ',';
        append_literal(script, inserted.values[i], table.schema->field(i).type);
      }
      if (table.with_event_time) script += ',' + std::to_string(inserted.event_time);
      script += ");\n";
    }
  }
  script += "COMMIT;\n";
  script += sql;
  script += "\n;\n";
  return script;
}

// The output of `.mode quote`: SQL literals, commas between columns, a newline after a row.
class QuoteParser {
 public:
  explicit QuoteParser(std::string_view text) : text_(text) {}

  std::vector<Row> parse() {
    std::vector<Row> rows;
    while (at_ < text_.size()) {
      Row parsed;
      parsed.values.push_back(value());
      while (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        parsed.values.push_back(value());
      }
      ++at_;  // the newline
      rows.push_back(std::move(parsed));
    }
    return rows;
  }

 private:
  data::Value value() {
    if (text_[at_] == '\'') return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    const std::string token(text_.substr(at_, end - at_));
    if (token.starts_with("X'") || token.starts_with("x'")) {
      at_ = end;
      return blob(token);
    }
    at_ = end;
    if (token == "NULL") return {};
    if (token == "Inf") return HUGE_VAL;
    if (token == "-Inf") return -HUGE_VAL;
    if (token.find_first_of(".eE") != std::string::npos) {
      return std::strtod(token.c_str(), nullptr);
    }
    return static_cast<std::int64_t>(std::strtoll(token.c_str(), nullptr, 10));
  }
  data::Value quoted() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '\'') {
        out += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
        out += '\'';
        ++at_;
      } else {
        ++at_;
        break;
      }
    }
    return out;
  }
  static data::Value blob(const std::string& token) {
    std::string out;
    for (std::size_t i = 2; i + 2 < token.size() && token[i] != '\''; i += 2) {
      out += static_cast<char>(std::strtol(token.substr(i, 2).c_str(), nullptr, 16));
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool sqlite_available() { return std::system("sqlite3 --version >/dev/null 2>&1") == 0; }

Result<std::vector<Row>> sqlite_query(const std::vector<SqliteTable>& tables,
                                      std::string_view sql) {
  std::string path = "/tmp/leat-sqlite-XXXXXX";
  const int fd = ::mkstemp(path.data());
  if (fd < 0) return base::io_error("cannot make a temporary file");
  std::FILE* script = ::fdopen(fd, "wb");
  const std::string text = script_of(tables, sql);
  std::fwrite(text.data(), 1, text.size(), script);
  std::fclose(script);
  const std::string command = "sqlite3 -bail -batch :memory: <" + path + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string output;
  if (pipe != nullptr) {
    char buffer[65536];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
      output.append(buffer, n);
    }
  }
  const int status = pipe == nullptr ? -1 : ::pclose(pipe);
  ::unlink(path.c_str());
  if (status != 0) return base::io_error("sqlite3 failed: " + output);
  return QuoteParser(output).parse();
}

}  // namespace leat::harness
