#include "state/sqlite/database.h"

#include <filesystem>
#include <sqlite3.h>
#include <system_error>
#include <utility>

namespace leat::sqlite {
namespace {

ErrorCode code_of(int status) {
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kUnavailable;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return ErrorCode::kLimit;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorCode::kCorrupt;
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

std::string quoted(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

void Statement::bind_null(int index) {
  LEAT_ASSERT(::sqlite3_bind_null(statement_.get(), index) == SQLITE_OK);
}

void Statement::bind_int64(int index, std::int64_t value) {
  LEAT_ASSERT(::sqlite3_bind_int64(statement_.get(), index, value) == SQLITE_OK);
}

void Statement::bind_double(int index, double value) {
  LEAT_ASSERT(::sqlite3_bind_double(statement_.get(), index, value) == SQLITE_OK);
}

Result<void> Statement::bind_text(int index, std::string_view value) {
  // A null pointer would be NULL; an empty view may have one.
  const char* data = value.empty() ? "" : value.data();
  const int status = ::sqlite3_bind_text64(statement_.get(), index, data, value.size(),
                                           SQLITE_STATIC, SQLITE_UTF8);
  if (status != SQLITE_OK) return database_->error(status, "cannot take a text");
  return {};
}

Result<void> Statement::bind_blob(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  const int status =
      ::sqlite3_bind_blob64(statement_.get(), index, data, value.size(), SQLITE_STATIC);
  if (status != SQLITE_OK) return database_->error(status, "cannot take a blob");
  return {};
}

Result<bool> Statement::step() {
  const int status = ::sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  Error failed = database_->error(status, "cannot execute");
  reset();
  return failed;
}

void Statement::reset() { ::sqlite3_reset(statement_.get()); }

Result<void> Statement::run() {
  LEAT_TRY(step());
  reset();
  return {};
}

std::int64_t Statement::int64(int column) const {
  return ::sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* data = ::sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  const int bytes = ::sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(bytes)};
}

bool Statement::is_null(int column) const {
  return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

Database::~Database() { ::sqlite3_close_v2(handle_); }

Error Database::error(int status, std::string_view doing) const {
  std::string message = path_ + ": " + std::string(doing) + ": ";
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      message += "another program holds the database locked";
      break;
    case SQLITE_NOTADB:
      message += "the file is not a SQLite database";
      break;
    case SQLITE_FULL:
      message += "the disk is full";
      break;
    default:
      message += handle_ == nullptr ? ::sqlite3_errstr(status) : ::sqlite3_errmsg(handle_);
      break;
  }
  return Error(code_of(status), std::move(message));
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 const DatabaseOptions& options) {
  // SQLite would take "" for a temporary file and ":memory:" for none.
  if (path.empty()) return base::invalid("the path of a database is empty");
  if (path.find('\0') != std::string::npos) {
    return base::invalid("the path of a database holds a NUL byte");
  }
  const std::string file = path.front() == ':' ? "./" + path : path;
  sqlite3* handle = nullptr;
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int status = ::sqlite3_open_v2(file.c_str(), &handle, kFlags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, path));
  std::error_code ignored;
  if (status != SQLITE_OK && std::filesystem::is_directory(file, ignored)) {
    return base::invalid(path + ": cannot open the database: it is a directory");
  }
  if ((status & 0xff) == SQLITE_CANTOPEN) {
    return Error(ErrorCode::kNotFound,
                 path + ": cannot open the database: there is no such directory, or no permission");
  }
  if (status != SQLITE_OK) return database->error(status, "cannot open the database");
  LEAT_TRY(database->configure(options));
  return database;
}

Result<void> Database::configure(const DatabaseOptions& options) const {
  ::sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
  if (::sqlite3_db_readonly(handle_, "main") == 1) {
    return base::io_error(path_ + ": cannot open the database: no permission to write");
  }
  // The first to read the file: what is no database is found here.
  LEAT_TRY(run("PRAGMA schema_version"));
  LEAT_TRY(run("PRAGMA journal_mode=WAL"));
  LEAT_TRY(run("PRAGMA synchronous=NORMAL"));
  return run("PRAGMA secure_delete=OFF");
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int status = ::sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement;
  statement.statement_.reset(raw);
  statement.database_ = this;
  if (status != SQLITE_OK) return error(status, "cannot prepare");
  return statement;
}

Result<void> Database::run(std::string_view sql) const {
  LEAT_TRY_ASSIGN(Statement statement, prepare(sql));
  for (;;) {
    LEAT_TRY_ASSIGN(const bool row, statement.step());
    if (!row) return {};
  }
}

bool Database::in_transaction() const { return ::sqlite3_get_autocommit(handle_) == 0; }

Result<void> Database::close() {
  const int status = ::sqlite3_close(handle_);
  if (status != SQLITE_OK) return error(status, "cannot close");
  handle_ = nullptr;
  return {};
}

}  // namespace leat::sqlite
