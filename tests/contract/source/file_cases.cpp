#include "tests/contract/source/source_under_test.h"
#include "tests/unit/transports/file/gzip.h"
#include "tests/unit/transports/file/source_feed.h"
#include "tests/unit/transports/file/support.h"
#include "transports/file/file_source.h"

namespace leat::contract {
namespace {

constexpr int kRowsPerFile = 60;

std::string line_of(const std::string& format, int row) {
  const std::string n = std::to_string(row);
  if (format == "json") return "{\"n\": " + n + ", \"s\": \"row " + n + "\"}\n";
  return n + (row % 5 == 0 ? ",\"two\nlines, " + n + "\"\n" : ",row " + n + "\n");
}

// Three files, one of them gzip, read once or followed.
class Files final : public SourceUnderTest {
 public:
  Files(const std::string& format, bool follow) {
    for (int file = 0; file < 3; ++file) {
      std::string content = format == "csv" ? "n,s\n" : "";
      for (int row = 0; row < kRowsPerFile; ++row) {
        content += line_of(format, file * kRowsPerFile + row);
      }
      file::put(dir_ / ("part" + std::to_string(file)), file == 1 ? file::gzip(content) : content);
    }
    config_ = file::config_of(dir_ / "part*", format, {{"n", data::kBigint}, {"s", data::kString}});
    config_.follow = follow;
  }
  std::unique_ptr<ports::Source> make() override {
    auto made = file::FileSource::make(config_);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  data::SchemaPtr schema() const override { return config_.decoder.schema; }
  std::size_t rows() const override { return 3 * kRowsPerFile; }
  bool ends() const override { return !config_.follow; }
  bool seekable() const override { return true; }

 private:
  file::TempDir dir_;
  file::FileSourceConfig config_;
};

}  // namespace

std::vector<SourceCase> file_cases() {
  return {{"file_json_once", [] { return std::make_unique<Files>("json", false); }},
          {"file_csv_once", [] { return std::make_unique<Files>("csv", false); }},
          {"file_json_follow", [] { return std::make_unique<Files>("json", true); }},
          {"file_csv_follow", [] { return std::make_unique<Files>("csv", true); }}};
}

}  // namespace leat::contract
