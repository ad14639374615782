// Rows into a table of a SQLite database.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ports/sink.h"
#include "state/sqlite/database.h"
#include "state/sqlite/sqlite_table.h"

namespace leat::sqlite {

struct SqliteSinkConfig {
  std::string path;
  std::string table;
  std::vector<std::string> key;     // upsert by these fields; empty: rows are appended
  data::SchemaPtr schema;           // of the rows
  std::vector<std::size_t> fields;  // which are written, in what order
  DatabaseOptions database;
};

// Rows wait in memory for the next flush, or until there are kRowsPerTransaction, and are then
// written in one transaction (so two sinks of one thread may share a database): rows are visible to
// others after flush(), and survive a crash of the process then (a power cut can take the last
// transactions). bigint and timestamp are exact; NaN is NULL; an infinity is what SQLite reads as
// 9e999. NULLs in a key are equal. Errors (see Database) name the file; what was not committed is
// rolled back. A constraint of a table that others made fails the task.
class SqliteSink final : public ports::Sink {
 public:
  // As check_config.
  static Result<std::unique_ptr<SqliteSink>> make(const SqliteSinkConfig& config);
  ~SqliteSink() override;

  // As ensure_table and prepare_insert.
  Result<void> open(const ports::SinkContext& context) override;
  Result<void> write(const data::Batch& rows) override;
  Result<void> flush() override;
  std::size_t in_flight() const override { return rows_waiting_; }
  // Again: harmless.
  Result<void> close() override;

  static constexpr std::size_t kRowsPerTransaction = 10'000;

 private:
  explicit SqliteSink(const SqliteSinkConfig& config);
  Result<void> write_waiting();
  Result<void> write_row(const data::Batch& rows, std::size_t row);
  Result<void> delete_key(const data::Batch& rows, std::size_t row);
  Result<void> bind(Statement& statement, int index, const data::Column& column, std::size_t row);
  Result<void> failed(Error error);

  SqliteSinkConfig config_;
  TableConfig table_;
  std::vector<std::size_t> key_;  // of the rows' columns
  ports::SinkLedger* ledger_ = nullptr;
  std::unique_ptr<Database> database_;
  Statement begin_;
  Statement commit_;
  Statement insert_;
  Statement delete_;
  std::vector<std::string> list_texts_;  // what is bound must stay until the step
  std::vector<data::Batch> waiting_;
  std::size_t rows_waiting_ = 0;
};

}  // namespace leat::sqlite
