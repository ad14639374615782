// The table a sink writes to: made when it is absent, checked when it is there.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/schema.h"
#include "state/sqlite/database.h"

namespace leat::sqlite {

struct TableConfig {
  std::string name;
  std::vector<data::Field> columns;
  std::vector<std::string> key;  // names of columns; empty: rows are appended
};

// kInvalidArgument for names SQLite cannot hold or tell apart (it ignores the case of ASCII
// letters), and for a key that is no column.
Result<void> check_config(const TableConfig& config);

// Columns: bigint BIGINT, double DOUBLE, string TEXT, bytes BLOB, boolean INTEGER (0 or 1),
// timestamp INTEGER (milliseconds since the epoch), a list TEXT (JSON); the key is UNIQUE. A table
// that exists must have these columns, by name, in any order, each of an affinity that keeps the
// values as they are; others must do without a value. The error names all that differs.
Result<void> ensure_table(const Database& database, const TableConfig& config);

// The statement that adds a row, all columns as parameters; with a key it replaces the row of that
// key. kInvalidArgument when the key is not UNIQUE or the PRIMARY KEY in an existing table.
Result<Statement> prepare_insert(const Database& database, const TableConfig& config);

// Deletes the row of a key, the key's columns as parameters, NULL equal to NULL. UNIQUE takes NULLs
// as different, so a row whose key holds one is replaced by this and the insert.
Result<Statement> prepare_delete(const Database& database, const TableConfig& config);

}  // namespace leat::sqlite
