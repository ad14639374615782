// SQLite's connection and statements as values that clean up after themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace leat::sqlite {

// "x" -> "\"x\"": an identifier that may hold anything.
std::string quoted(std::string_view identifier);

class Database;

// One prepared statement; must not outlive its Database. Parameters count from 1, columns from 0.
// Binding cannot fail for indexes the statement has (an assertion); what is bound as text or blob
// must stay where it is until the step.
class Statement {
 public:
  Statement() = default;

  void bind_null(int index);
  void bind_int64(int index, std::int64_t value);
  void bind_double(int index, double value);  // NaN becomes NULL
  Result<void> bind_text(int index, std::string_view value);
  Result<void> bind_blob(int index, std::string_view value);

  // True: there is a row. After an error the statement is reset.
  Result<bool> step();
  // Ready to be bound and stepped again.
  void reset();
  // Steps once, expecting no row, and resets.
  Result<void> run();

  std::int64_t int64(int column) const;
  std::string_view text(int column) const;  // until the next step or reset; NULL is empty
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  const Database* database_ = nullptr;
};

struct DatabaseOptions {
  // How long a statement waits for another program's lock.
  int busy_timeout_ms = 5000;
};

// One connection, for one thread at a time. Errors name the file and say what SQLite says:
// kUnavailable for a lock that did not go away, kLimit for a full disk or a value too long,
// kCorrupt for what is no database or a damaged one, kNotFound for a missing directory,
// kInvalidArgument for SQL and constraints, kIo for the rest.
class Database {
 public:
  // Opens or makes the file, checks that it is a SQLite database that may be written, and sets WAL,
  // synchronous NORMAL, secure_delete off (Debian's default doubles the bytes written).
  static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                const DatabaseOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(std::string_view sql) const;
  Result<void> run(std::string_view sql) const;
  // Within BEGIN and COMMIT.
  bool in_transaction() const;
  // All statements must be gone. Reports what the destructor could not.
  Result<void> close();

  const std::string& path() const { return path_; }
  // The error of the last call.
  Error error(int status, std::string_view doing) const;

 private:
  Database(sqlite3* handle, std::string path);
  Result<void> configure(const DatabaseOptions& options) const;
  sqlite3* handle_;
  std::string path_;
};

}  // namespace leat::sqlite
