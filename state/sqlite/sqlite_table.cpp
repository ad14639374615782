#include "state/sqlite/sqlite_table.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "core/data/type.h"

namespace leat::sqlite {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

const char* declared_type(data::Type type) {
  switch (type.kind) {
    case data::Kind::kBigint:
      return "BIGINT";
    case data::Kind::kDouble:
      return "DOUBLE";
    case data::Kind::kBytes:
      return "BLOB";
    case data::Kind::kBoolean:
    case data::Kind::kTimestamp:
      return "INTEGER";
    case data::Kind::kString:
    case data::Kind::kList:
      return "TEXT";
  }
  return "";
}

enum class Affinity { kInteger, kText, kBlob, kReal, kNumeric };

// https://www.sqlite.org/datatype3.html, section 3.1
Affinity affinity_of(std::string_view declared) {
  const std::string type = lower(declared);
  const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (has("int")) return Affinity::kInteger;
  if (has("char") || has("clob") || has("text")) return Affinity::kText;
  if (type.empty() || has("blob") || type == "any") return Affinity::kBlob;
  if (has("real") || has("floa") || has("doub")) return Affinity::kReal;
  return Affinity::kNumeric;
}

// Whether a column of that affinity gives back what was put in.
bool keeps(Affinity affinity, data::Type type) {
  if (affinity == Affinity::kBlob || type.kind == data::Kind::kBytes) return true;
  switch (type.kind) {
    case data::Kind::kString:
    case data::Kind::kList:
      return affinity == Affinity::kText;
    case data::Kind::kDouble:
      return affinity != Affinity::kText;
    default:
      return affinity == Affinity::kInteger || affinity == Affinity::kNumeric;
  }
}

struct Column {
  std::string name;
  std::string type;
  bool required = false;  // NOT NULL without a default
  bool generated = false;
};

Result<std::map<std::string, Column>> read_columns(const Database& database,
                                                   const std::string& table) {
  LEAT_TRY_ASSIGN(Statement statement,
                  database.prepare("SELECT name, type, \"notnull\" AND dflt_value IS NULL, hidden "
                                   "FROM pragma_table_xinfo(?)"));
  LEAT_TRY(statement.bind_text(1, table));
  std::map<std::string, Column> columns;
  for (;;) {
    LEAT_TRY_ASSIGN(const bool row, statement.step());
    if (!row) return columns;
    Column column;
    column.name = statement.text(0);
    column.type = statement.text(1);
    column.required = statement.int64(2) != 0;
    column.generated = statement.int64(3) != 0;
    columns[lower(column.name)] = std::move(column);
  }
}

Result<void> check_columns(const Database& database, const TableConfig& config) {
  LEAT_TRY_ASSIGN(auto present, read_columns(database, config.name));
  std::string differences;
  const auto differs = [&](const std::string& what) {
    differences += (differences.empty() ? "" : "; ") + what;
  };
  for (const data::Field& field : config.columns) {
    const auto found = present.find(lower(field.name));
    if (found == present.end()) {
      differs("column " + field.name + " (" + declared_type(field.type) + ") is missing");
      continue;
    }
    const Column column = std::move(found->second);
    present.erase(found);
    if (column.generated) {
      differs("column " + column.name + " is generated and cannot be written");
    } else if (!keeps(affinity_of(column.type), field.type)) {
      differs("column " + column.name + " is " + column.type + ", expected " +
              declared_type(field.type));
    }
  }
  for (const auto& [key, column] : present) {
    if (column.required) {
      differs("column " + column.name + " is NOT NULL without a default, and no field fills it");
    }
  }
  if (differences.empty()) return {};
  return base::invalid(database.path() + ": table " + config.name +
                       " does not fit: " + differences);
}

std::string column_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quoted(name);
  return out;
}

std::vector<std::string> names_of(const TableConfig& config) {
  std::vector<std::string> names;
  for (const data::Field& field : config.columns) names.push_back(field.name);
  return names;
}

bool is_key(const TableConfig& config, const std::string& name) {
  return std::find(config.key.begin(), config.key.end(), name) != config.key.end();
}

Result<void> check_name(const std::string& what, const std::string& name) {
  if (name.empty()) return base::invalid("sqlite: the name of a " + what + " is empty");
  if (name.find('\0') != std::string::npos) {
    return base::invalid("sqlite: the name of a " + what + " holds a NUL byte");
  }
  return {};
}

}  // namespace

Result<void> check_config(const TableConfig& config) {
  LEAT_TRY(check_name("table", config.name));
  if (lower(config.name).starts_with("sqlite_")) {
    return base::invalid("sqlite: the table name " + config.name + " is reserved by SQLite");
  }
  if (config.columns.empty()) return base::invalid("sqlite: there are no fields to write");
  std::map<std::string, std::string> seen;
  for (const data::Field& field : config.columns) {
    LEAT_TRY(check_name("column", field.name));
    const auto [place, is_new] = seen.emplace(lower(field.name), field.name);
    if (!is_new) {
      return base::invalid("sqlite: the fields " + place->second + " and " + field.name +
                           " are the same column to SQLite; rename one");
    }
  }
  for (const std::string& name : config.key) {
    const auto names = names_of(config);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return base::invalid("sqlite: the key field " + name + " is not among the fields written");
    }
  }
  return {};
}

Result<void> ensure_table(const Database& database, const TableConfig& config) {
  LEAT_TRY_ASSIGN(Statement statement,
                  database.prepare("SELECT type FROM sqlite_schema WHERE name = ? COLLATE NOCASE "
                                   "AND type IN ('table', 'view')"));
  LEAT_TRY(statement.bind_text(1, config.name));
  LEAT_TRY_ASSIGN(const bool exists, statement.step());
  if (exists) {
    if (statement.text(0) == "view") {
      return base::invalid(database.path() + ": " + config.name + " is a view; expected a table");
    }
    return check_columns(database, config);
  }
  std::string sql = "CREATE TABLE " + quoted(config.name) + " (";
  for (std::size_t i = 0; i < config.columns.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += quoted(config.columns[i].name) + " " + declared_type(config.columns[i].type);
  }
  // Not PRIMARY KEY: of a lone INTEGER column that would be the row id, which is never NULL.
  if (!config.key.empty()) sql += ", UNIQUE (" + column_list(config.key) + ")";
  return database.run(sql + ")");
}

Result<Statement> prepare_insert(const Database& database, const TableConfig& config) {
  std::string sql =
      "INSERT INTO " + quoted(config.name) + " (" + column_list(names_of(config)) + ") VALUES (";
  for (std::size_t i = 0; i < config.columns.size(); ++i) sql += i == 0 ? "?" : ", ?";
  sql += ")";
  if (config.key.empty()) return database.prepare(sql);
  sql += " ON CONFLICT (" + column_list(config.key) + ") DO ";
  std::string updates;
  for (const data::Field& field : config.columns) {
    if (is_key(config, field.name)) continue;
    updates +=
        (updates.empty() ? "" : ", ") + quoted(field.name) + " = excluded." + quoted(field.name);
  }
  auto statement = database.prepare(sql + (updates.empty() ? "NOTHING" : "UPDATE SET " + updates));
  if (statement.ok()) return statement;
  return Error(
      statement.error().code(),
      "table " + config.name + " cannot be written by key (" + column_list(config.key) + ")",
      statement.error());
}

Result<Statement> prepare_delete(const Database& database, const TableConfig& config) {
  std::string condition;
  for (const std::string& name : config.key) {
    condition += (condition.empty() ? "" : " AND ") + quoted(name) + " IS ?";
  }
  return database.prepare("DELETE FROM " + quoted(config.name) + " WHERE " + condition);
}

}  // namespace leat::sqlite
