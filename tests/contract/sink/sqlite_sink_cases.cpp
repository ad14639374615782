#include <sqlite3.h>

#include "state/sqlite/sqlite_sink.h"
#include "tests/contract/sink/sink_under_test.h"
#include "tests/unit/transports/file/support.h"

namespace leat::contract {
namespace {

class Sqlite final : public SinkUnderTest {
 public:
  explicit Sqlite(std::vector<std::string> key) {
    config_.path = dir_ / "out.db";
    config_.table = "rows";
    config_.key = std::move(key);
    config_.schema = sink_schema();
    config_.fields = {0, 1};
  }
  std::unique_ptr<ports::Sink> make() override { return make(config_); }
  std::vector<std::string> seen() override {
    sqlite3* handle = nullptr;
    EXPECT_EQ(::sqlite3_open(config_.path.c_str(), &handle), SQLITE_OK);
    std::vector<std::string> rows;
    const auto add = [](void* to, int, char** values, char**) {
      const auto cell = [](const char* value) { return value == nullptr ? "null" : value; };
      static_cast<std::vector<std::string>*>(to)->push_back(cell(values[0]) + std::string(" ") +
                                                            cell(values[1]));
      return 0;
    };
    EXPECT_EQ(::sqlite3_exec(handle, "SELECT n, s FROM rows ORDER BY rowid", add, &rows, nullptr),
              SQLITE_OK);
    ::sqlite3_close(handle);
    return rows;
  }
  std::unique_ptr<ports::Sink> make_broken() override {
    sqlite::SqliteSinkConfig broken = config_;
    broken.path = dir_.path();
    return make(broken);
  }

 private:
  static std::unique_ptr<ports::Sink> make(const sqlite::SqliteSinkConfig& config) {
    auto made = sqlite::SqliteSink::make(config);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }

  file::TempDir dir_;
  sqlite::SqliteSinkConfig config_;
};

}  // namespace

std::vector<SinkCase> sqlite_sink_cases() {
  return {
      {"sqlite_append", [] { return std::make_unique<Sqlite>(std::vector<std::string>{}); }},
      {"sqlite_upsert", [] { return std::make_unique<Sqlite>(std::vector<std::string>{"n"}); }}};
}

}  // namespace leat::contract
