#include "state/sqlite/sqlite_sink.h"

#include <utility>

#include "core/data/type.h"

namespace leat::sqlite {

Result<std::unique_ptr<SqliteSink>> SqliteSink::make(const SqliteSinkConfig& config) {
  std::unique_ptr<SqliteSink> sink(new SqliteSink(config));
  LEAT_TRY(check_config(sink->table_));
  for (const std::string& name : config.key) sink->key_.push_back(*config.schema->find(name));
  return sink;
}

SqliteSink::SqliteSink(const SqliteSinkConfig& config) : config_(config) {
  table_.name = config.table;
  table_.key = config.key;
  for (const std::size_t field : config.fields) {
    table_.columns.push_back(config.schema->field(field));
  }
  list_texts_.resize(config.fields.size());
}

SqliteSink::~SqliteSink() = default;

Result<void> SqliteSink::open(const ports::SinkContext& context) {
  ledger_ = context.ledger;
  LEAT_TRY_ASSIGN(database_, Database::open(config_.path, config_.database));
  LEAT_TRY(ensure_table(*database_, table_));
  LEAT_TRY_ASSIGN(begin_, database_->prepare("BEGIN IMMEDIATE"));
  LEAT_TRY_ASSIGN(commit_, database_->prepare("COMMIT"));
  LEAT_TRY_ASSIGN(insert_, prepare_insert(*database_, table_));
  if (!key_.empty()) {
    LEAT_TRY_ASSIGN(delete_, prepare_delete(*database_, table_));
  }
  return {};
}

Result<void> SqliteSink::bind(Statement& statement, int index, const data::Column& column,
                              std::size_t row) {
  if (column.is_null(row)) {
    statement.bind_null(index);
    return {};
  }
  switch (column.type().kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      statement.bind_int64(index, column.int64s()[row]);
      return {};
    case data::Kind::kBoolean:
      statement.bind_int64(index, column.booleans()[row]);
      return {};
    case data::Kind::kDouble:
      statement.bind_double(index, column.doubles()[row]);
      return {};
    case data::Kind::kString:
      return statement.bind_text(index, column.text(row));
    case data::Kind::kBytes:
      return statement.bind_blob(index, column.text(row));
    case data::Kind::kList:
      break;
  }
  std::string& text = list_texts_[static_cast<std::size_t>(index) - 1];
  text = data::to_json(column.value(row), column.type());
  return statement.bind_text(index, text);
}

Result<void> SqliteSink::delete_key(const data::Batch& rows, std::size_t row) {
  int index = 0;
  for (const std::size_t field : key_) {
    LEAT_TRY(bind(delete_, ++index, rows.columns[field], row));
  }
  return delete_.run();
}

Result<void> SqliteSink::write_row(const data::Batch& rows, std::size_t row) {
  for (const std::size_t field : key_) {
    if (!rows.columns[field].is_null(row)) continue;
    LEAT_TRY(delete_key(rows, row));
    break;
  }
  int index = 0;
  for (const std::size_t field : config_.fields) {
    LEAT_TRY(bind(insert_, ++index, rows.columns[field], row));
  }
  return insert_.run();
}

// Nothing half-written stays: the rows of the transaction come again after the restart.
Result<void> SqliteSink::failed(Error error) {
  insert_.reset();
  if (database_->in_transaction()) static_cast<void>(database_->run("ROLLBACK").ok());
  return Error(error.code(), "table " + config_.table, std::move(error));
}

Result<void> SqliteSink::write(const data::Batch& rows) {
  LEAT_ASSERT(database_ != nullptr);
  if (rows.empty()) return {};
  waiting_.push_back(rows);
  rows_waiting_ += rows.rows();
  if (ledger_ != nullptr) ledger_->in_outbox.set(rows_waiting_);
  return rows_waiting_ >= kRowsPerTransaction ? flush() : Result<void>();
}

Result<void> SqliteSink::write_waiting() {
  LEAT_TRY(begin_.run());
  for (const data::Batch& rows : waiting_) {
    for (std::size_t row = 0; row < rows.rows(); ++row) LEAT_TRY(write_row(rows, row));
  }
  return commit_.run();
}

// The whole transaction happens here: one that stays open between two calls would lock out another
// sink of the same thread that writes to the same database.
Result<void> SqliteSink::flush() {
  LEAT_ASSERT(database_ != nullptr);
  if (rows_waiting_ == 0) return {};
  const auto written = write_waiting();
  if (!written.ok()) return failed(written.error());
  if (ledger_ != nullptr) {
    ledger_->forwarded.add(rows_waiting_);
    ledger_->in_outbox.set(0);
  }
  waiting_.clear();
  rows_waiting_ = 0;
  return {};
}

Result<void> SqliteSink::close() {
  if (database_ == nullptr) return {};
  Result<void> result = flush();
  begin_ = {};
  commit_ = {};
  insert_ = {};
  delete_ = {};
  const auto closed = database_->close();
  if (result.ok()) result = closed;
  database_ = nullptr;
  return result;
}

}  // namespace leat::sqlite
