// The sqlite3 command line tool as an independent judge: the same rows, plain SQL, its answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "tests/harness/rows.h"

namespace leat::harness {

// Whether `sqlite3` is installed (tests that need it fail, not skip, when it is not).
bool sqlite_available();

// A table for a query.
struct SqliteTable {
  std::string name;
  data::SchemaPtr schema;  // boolean becomes 0 and 1, a list its JSON text, a timestamp an integer
  std::vector<Row> rows;
  bool with_event_time = false;  // a last column `event_time`
};

// Runs `sql` (one SELECT) over the tables in memory. Values come back as SQLite types them:
// integer, double, string, null (a blob as its bytes); -0.0 comes back as 0.0. Row::event_time is
// 0.
Result<std::vector<Row>> sqlite_query(const std::vector<SqliteTable>& tables, std::string_view sql);

}  // namespace leat::harness
