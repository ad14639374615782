#include "state/sqlite/sqlite_sink.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leat::sqlite {
namespace {

using data::Value;
using testing::HasSubstr;

class SqliteSinkTest : public testing::Test {
 protected:
  SqliteSinkTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "leat-XXXXXX").string();
    dir_ = ::mkdtemp(pattern.data());
    path_ = dir_ + "/out.db";
  }
  ~SqliteSinkTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  SqliteSinkConfig config(std::vector<data::Field> fields, std::vector<std::string> key = {}) {
    SqliteSinkConfig config;
    config.path = path_;
    config.table = "t";
    config.key = std::move(key);
    for (std::size_t i = 0; i < fields.size(); ++i) config.fields.push_back(i);
    config.schema = data::make_schema(std::move(fields));
    config.database.busy_timeout_ms = 0;
    return config;
  }
  static data::Batch batch(const SqliteSinkConfig& config,
                           const std::vector<std::vector<Value>>& rows) {
    data::Batch batch(config.schema);
    for (const auto& row : rows) batch.append_values(row, 0);
    return batch;
  }
  static std::unique_ptr<SqliteSink> opened(const SqliteSinkConfig& config) {
    auto sink = SqliteSink::make(config);
    EXPECT_TRUE(sink.ok()) << (sink.ok() ? "" : sink.error().to_string());
    const auto result = (*sink)->open({});
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().to_string());
    return std::move(sink).value();
  }
  void write(const SqliteSinkConfig& config, const std::vector<std::vector<Value>>& rows) {
    const auto sink = opened(config);
    const auto written = sink->write(batch(config, rows));
    ASSERT_TRUE(written.ok()) << written.error().to_string();
    ASSERT_TRUE(sink->close().ok());
  }
  static std::string failure(const SqliteSinkConfig& config) {
    const auto sink = SqliteSink::make(config);
    if (!sink.ok()) return sink.error().to_string();
    const auto result = (*sink)->open({});
    return result.ok() ? "no error" : result.error().to_string();
  }
  // SQLite itself, another connection: each row as its quoted values.
  std::vector<std::string> query(const std::string& sql) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(::sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    std::vector<std::string> rows;
    char* message = nullptr;
    ::sqlite3_exec(
        handle, sql.c_str(),
        [](void* to, int count, char** values, char**) {
          std::string row;
          for (int i = 0; i < count; ++i) {
            row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "NULL" : values[i]);
          }
          static_cast<std::vector<std::string>*>(to)->push_back(row);
          return 0;
        },
        &rows, &message);
    EXPECT_EQ(message, nullptr) << message;
    ::sqlite3_free(message);
    ::sqlite3_close(handle);
    return rows;
  }

  std::string dir_;
  std::string path_;
};

using Rows = std::vector<std::string>;

TEST_F(SqliteSinkTest, MakesTheTableAndKeepsEveryType) {
  const auto all = config({{"b", data::kBoolean},
                           {"i", data::kBigint},
                           {"d", data::kDouble},
                           {"s", data::kString},
                           {"x", data::kBytes},
                           {"t", data::kTimestamp},
                           {"l", data::Type::list_of(data::Kind::kDouble)}});
  write(all, {{true, std::numeric_limits<std::int64_t>::max(), 0.1, "it's",
               std::string("\0\xff", 2), -1, Value::List{1.0, Value(), 2.5}},
              {false, std::numeric_limits<std::int64_t>::min(), 2.0, "", "", 0, Value::List{}},
              {Value(), Value(), Value(), Value(), Value(), Value(), Value()}});
  EXPECT_EQ(query("SELECT name, type FROM pragma_table_info('t')"),
            (Rows{"b|INTEGER", "i|BIGINT", "d|DOUBLE", "s|TEXT", "x|BLOB", "t|INTEGER", "l|TEXT"}));
  EXPECT_EQ(query("SELECT b, i, d, quote(s), quote(x), t, l FROM t ORDER BY rowid"),
            (Rows{"1|9223372036854775807|0.1|'it''s'|X'00FF'|-1|[1.0,null,2.5]",
                  "0|-9223372036854775808|2.0|''|X''|0|[]", "NULL|NULL|NULL|NULL|NULL|NULL|NULL"}));
  EXPECT_EQ(query("SELECT typeof(b), typeof(i), typeof(d), typeof(s), typeof(x), typeof(t) FROM t "
                  "LIMIT 1"),
            Rows{"integer|integer|real|text|blob|integer"});
}

TEST_F(SqliteSinkTest, NotANumberIsNullAndInfinityStays) {
  const auto one = config({{"d", data::kDouble}});
  write(one, {{std::nan("")}, {std::numeric_limits<double>::infinity()}});
  EXPECT_EQ(query("SELECT d IS NULL, d = 9e999 FROM t"), (Rows{"1|NULL", "0|1"}));
}

TEST_F(SqliteSinkTest, TextWithNulAndNamesWithQuotesAreWhole) {
  auto odd = config({{"a\"b; DROP TABLE t", data::kString}, {"select", data::kBigint}}, {"select"});
  odd.table = "my \"table\"";
  write(odd, {{std::string("x\0y", 3), 1}});
  EXPECT_EQ(query("SELECT length(CAST(\"a\"\"b; DROP TABLE t\" AS BLOB)), \"select\" FROM "
                  "\"my \"\"table\"\"\""),
            Rows{"3|1"});
}

TEST_F(SqliteSinkTest, WritesTheFieldsChosenInTheirOrder) {
  auto chosen = config({{"a", data::kBigint}, {"b", data::kBigint}, {"c", data::kBigint}}, {"a"});
  chosen.fields = {2, 0};
  write(chosen, {{1, 2, 3}});
  EXPECT_EQ(query("SELECT * FROM t"), Rows{"3|1"});
}

TEST_F(SqliteSinkTest, RowsAreVisibleAfterTheFlushAndCounted) {
  const auto one = config({{"n", data::kBigint}});
  ports::SinkLedger ledger;
  auto sink = SqliteSink::make(one);
  ASSERT_TRUE((*sink)->open({nullptr, nullptr, &ledger}).ok());
  ASSERT_TRUE((*sink)->write(batch(one, {{1}, {2}})).ok());
  EXPECT_EQ((*sink)->in_flight(), 2u);
  EXPECT_EQ(ledger.in_outbox.get(), 2u);
  EXPECT_EQ(query("SELECT count(*) FROM t"), Rows{"0"});
  ASSERT_TRUE((*sink)->flush().ok());
  EXPECT_EQ(query("SELECT count(*) FROM t"), Rows{"2"});
  EXPECT_EQ((*sink)->in_flight(), 0u);
  EXPECT_EQ(ledger.forwarded.get(), 2u);
  EXPECT_EQ(ledger.in_outbox.get(), 0u);
  EXPECT_TRUE((*sink)->flush().ok());
  EXPECT_TRUE((*sink)->close().ok());
  EXPECT_TRUE((*sink)->close().ok());
}

TEST_F(SqliteSinkTest, WhatWaitsIsBounded) {
  const auto one = config({{"n", data::kBigint}});
  const auto sink = opened(one);
  data::Batch rows(one.schema);
  for (int i = 0; i < 6'000; ++i) rows.append_values({i}, 0);
  ASSERT_TRUE(sink->write(rows).ok());
  EXPECT_EQ(sink->in_flight(), 6'000u);
  ASSERT_TRUE(sink->write(rows).ok());  // over kRowsPerTransaction: written without a flush
  EXPECT_EQ(sink->in_flight(), 0u);
  EXPECT_EQ(query("SELECT count(*) FROM t"), Rows{"12000"});
  ASSERT_TRUE(sink->close().ok());
}

TEST_F(SqliteSinkTest, TwoSinksOfOneThreadShareADatabase) {
  const auto one = config({{"n", data::kBigint}});
  auto two = one;
  two.table = "u";
  const auto first = opened(one);
  const auto second = opened(two);
  ASSERT_TRUE(first->write(batch(one, {{1}})).ok());
  ASSERT_TRUE(second->write(batch(two, {{2}})).ok());
  ASSERT_TRUE(second->flush().ok());
  ASSERT_TRUE(first->flush().ok());
  EXPECT_EQ(query("SELECT t.n, u.n FROM t, u"), Rows{"1|2"});
}

TEST_F(SqliteSinkTest, UpsertByKey) {
  const auto keyed =
      config({{"id", data::kString}, {"w", data::kTimestamp}, {"n", data::kBigint}}, {"id", "w"});
  write(keyed, {{"a", 1, 10}, {"b", 1, 20}, {"a", 1, 11}, {"a", 2, 12}});
  write(keyed, {{"b", 1, Value()}});
  EXPECT_EQ(query("SELECT * FROM t ORDER BY id, w"), (Rows{"a|1|11", "a|2|12", "b|1|NULL"}));
}

TEST_F(SqliteSinkTest, NullKeysAreEqual) {
  const auto keyed =
      config({{"id", data::kString}, {"k", data::kTimestamp}, {"n", data::kBigint}}, {"id", "k"});
  write(keyed, {{Value(), 1, 1},
                {Value(), 1, 2},
                {Value(), Value(), 3},
                {Value(), Value(), 4},
                {"a", Value(), 5},
                {"a", Value(), 6},
                {"a", 1, 7}});
  EXPECT_EQ(query("SELECT * FROM t ORDER BY n"),
            (Rows{"NULL|1|2", "NULL|NULL|4", "a|NULL|6", "a|1|7"}));
}

TEST_F(SqliteSinkTest, ALoneIntegerKeyMayBeNull) {
  const auto keyed = config({{"w", data::kTimestamp}, {"n", data::kBigint}}, {"w"});
  write(keyed, {{Value(), 1}, {Value(), 2}, {5, 3}, {5, 4}});
  EXPECT_EQ(query("SELECT * FROM t ORDER BY n"), (Rows{"NULL|2", "5|4"}));
}

TEST_F(SqliteSinkTest, AllColumnsAreKey) {
  const auto keyed = config({{"id", data::kString}}, {"id"});
  write(keyed, {{"a"}, {"a"}, {"b"}, {Value()}, {Value()}});
  EXPECT_EQ(query("SELECT id FROM t ORDER BY id"), (Rows{"NULL", "a", "b"}));
}

TEST_F(SqliteSinkTest, AnExistingTableThatFits) {
  query(
      "CREATE TABLE T (extra TEXT, N INT, id VARCHAR(10) PRIMARY KEY, d, more TEXT NOT NULL "
      "DEFAULT 'x')");
  write(config({{"id", data::kString}, {"n", data::kBigint}, {"d", data::kDouble}}, {"id"}),
        {{"007", 1, 2.0}, {"007", 2, 3.0}});
  EXPECT_EQ(query("SELECT * FROM t"), Rows{"NULL|2|007|3.0|x"});
}

TEST_F(SqliteSinkTest, AnExistingTableThatDoesNotFitNamesEverything) {
  query("CREATE TABLE t (id INTEGER, n TEXT, d REAL, g INT AS (1), need INT NOT NULL)");
  EXPECT_EQ(
      failure(config({{"id", data::kString},
                      {"n", data::kBigint},
                      {"d", data::kBigint},
                      {"g", data::kBigint},
                      {"z", data::kDouble}})),
      path_ +
          ": table t does not fit: column id is INTEGER, expected TEXT; column n is TEXT, "
          "expected BIGINT; column d is REAL, expected BIGINT; column g is generated and "
          "cannot be written; column z (DOUBLE) is missing; column need is NOT NULL without a "
          "default, and no field fills it");
}

TEST_F(SqliteSinkTest, AnExistingTableWithoutTheKey) {
  query("CREATE TABLE t (id TEXT, n INT)");
  EXPECT_THAT(failure(config({{"id", data::kString}, {"n", data::kBigint}}, {"id"})),
              testing::AllOf(HasSubstr("table t cannot be written by key (\"id\")"),
                             HasSubstr("ON CONFLICT")));
}

TEST_F(SqliteSinkTest, AViewIsRefused) {
  query("CREATE VIEW t AS SELECT 1 AS n");
  EXPECT_EQ(failure(config({{"n", data::kBigint}})), path_ + ": t is a view; expected a table");
}

TEST_F(SqliteSinkTest, ConfigurationsThatSqliteCannotHold) {
  auto bad = config({{"n", data::kBigint}});
  bad.table = "";
  EXPECT_EQ(failure(bad), "sqlite: the name of a table is empty");
  bad.table = std::string("a\0b", 3);
  EXPECT_EQ(failure(bad), "sqlite: the name of a table holds a NUL byte");
  bad.table = "SQLite_x";
  EXPECT_EQ(failure(bad), "sqlite: the table name SQLite_x is reserved by SQLite");
  EXPECT_EQ(failure(config({{"a", data::kBigint}, {"A", data::kBigint}})),
            "sqlite: the fields a and A are the same column to SQLite; rename one");
  EXPECT_EQ(failure(config({{"", data::kBigint}})), "sqlite: the name of a column is empty");
  EXPECT_EQ(failure(config({})), "sqlite: there are no fields to write");
  auto hidden_key = config({{"a", data::kBigint}, {"b", data::kBigint}}, {"a"});
  hidden_key.fields = {1};
  EXPECT_EQ(failure(hidden_key), "sqlite: the key field a is not among the fields written");
  EXPECT_EQ(failure(config({{"a", data::kBigint}}, {"z"})),
            "sqlite: the key field z is not among the fields written");
}

TEST_F(SqliteSinkTest, PathsThatAreNoDatabase) {
  auto bad = config({{"n", data::kBigint}});
  bad.path = "";
  EXPECT_EQ(failure(bad), "the path of a database is empty");
  bad.path = std::string("a\0b", 3);
  EXPECT_EQ(failure(bad), "the path of a database holds a NUL byte");
  bad.path = dir_;
  EXPECT_EQ(failure(bad), dir_ + ": cannot open the database: it is a directory");
  bad.path = dir_ + "/no/x.db";
  EXPECT_EQ(failure(bad), bad.path +
                              ": cannot open the database: there is no such directory, or no "
                              "permission");
  bad.path = dir_ + "/text";
  std::ofstream(bad.path) << std::string(5000, 'x');
  EXPECT_THAT(failure(bad), HasSubstr("the file is not a SQLite database"));
  EXPECT_THAT(failure(bad), HasSubstr(bad.path));
}

TEST_F(SqliteSinkTest, MemoryIsNoSpecialName) {
  auto odd = config({{"n", data::kBigint}});
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir_);
  odd.path = ":memory:";
  write(odd, {{1}});
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/:memory:"));
}

TEST_F(SqliteSinkTest, AReadOnlyFileIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anything";
  query("CREATE TABLE t (n)");
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_THAT(failure(config({{"n", data::kBigint}})), HasSubstr("no permission to write"));
}

TEST_F(SqliteSinkTest, ALockThatStaysIsUnavailable) {
  const auto one = config({{"n", data::kBigint}});
  const auto sink = opened(one);
  sqlite3* other = nullptr;
  ASSERT_EQ(::sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_TRUE(sink->write(batch(one, {{1}})).ok());
  const auto result = sink->flush();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(sink->in_flight(), 1u);
  EXPECT_EQ(result.error().code(), ErrorCode::kUnavailable);
  EXPECT_THAT(result.error().to_string(), HasSubstr("another program holds the database locked"));
  EXPECT_THAT(result.error().to_string(), HasSubstr(path_));
  ::sqlite3_close(other);
  // Gone, it goes on.
  EXPECT_TRUE(sink->write(batch(one, {{2}})).ok());
  EXPECT_TRUE(sink->close().ok());
  EXPECT_EQ(query("SELECT n FROM t"), (Rows{"1", "2"}));
}

TEST_F(SqliteSinkTest, AConstraintRollsTheTransactionBack) {
  query("CREATE TABLE t (n INT CHECK (n < 10))");
  const auto one = config({{"n", data::kBigint}});
  const auto sink = opened(one);
  ASSERT_TRUE(sink->write(batch(one, {{1}, {11}})).ok());
  const auto result = sink->flush();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().to_string(), HasSubstr("CHECK constraint failed"));
  EXPECT_FALSE(sink->close().ok());  // what could not be written is told again
  EXPECT_TRUE(sink->close().ok());
  EXPECT_EQ(query("SELECT count(*) FROM t"), Rows{"0"});
}

TEST_F(SqliteSinkTest, AFullDatabaseIsALimit) {
  query("CREATE TABLE t (s TEXT)");
  const auto one = config({{"s", data::kString}});
  const auto opened_database = Database::open(path_);
  ASSERT_TRUE(opened_database.ok());
  const Database& database = **opened_database;
  ASSERT_TRUE(database.run("PRAGMA max_page_count = 5").ok());
  const auto result = database.run("INSERT INTO t VALUES (hex(zeroblob(100000)))");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
  EXPECT_EQ(result.error().message(), path_ + ": cannot execute: the disk is full");
}

TEST_F(SqliteSinkTest, TheDatabaseIsWalAndNotSecureDelete) {
  const auto database = Database::open(path_);
  ASSERT_TRUE(database.ok());
  const auto pragma = [&](const std::string& name) {
    auto statement = (*database)->prepare("PRAGMA " + name);
    EXPECT_TRUE(statement.ok() && *statement->step());
    return std::string(statement->text(0));
  };
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("secure_delete"), "0");
  EXPECT_EQ(pragma("synchronous"), "1");
}

TEST_F(SqliteSinkTest, BadSqlIsAnError) {
  const auto database = Database::open(path_);
  ASSERT_TRUE(database.ok());
  const auto statement = (*database)->prepare("SELEKT 1");
  ASSERT_FALSE(statement.ok());
  EXPECT_EQ(statement.error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace leat::sqlite
