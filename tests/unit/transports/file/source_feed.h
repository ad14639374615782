// Plays a file source to its end, or to where it has nothing more now.
#pragma once

#include <gmock/gmock.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/env/clock.h"
#include "transports/file/file_source.h"

namespace leat::file {

inline FileSourceConfig config_of(const std::string& path, const std::string& format,
                                  std::vector<data::Field> fields) {
  FileSourceConfig config;
  config.path = path;
  config.decoder.format = format;
  for (const data::Field& field : fields) {
    job::SourceField source_field;
    source_field.name = field.name;
    source_field.type = field.type;
    source_field.path = {field.name};
    config.decoder.fields.push_back(source_field);
  }
  config.decoder.schema = data::make_schema(std::move(fields));
  return config;
}

inline FileSourceConfig text_config(const std::string& path) {
  return config_of(path, "text", {{"line", data::kString}});
}
inline FileSourceConfig json_config(const std::string& path) {
  return config_of(path, "json", {{"n", data::kBigint}});
}
inline FileSourceConfig csv_config(const std::string& path) {
  return config_of(path, "csv", {{"n", data::kBigint}, {"s", data::kString}});
}

inline std::string open_error(const FileSourceConfig& config) {
  env::ManualClock clock;
  auto source = FileSource::make(config);
  if (!source.ok()) return source.error().to_string();
  const auto opened = (*source)->open({nullptr, &clock});
  return opened.ok() ? "no error" : opened.error().to_string();
}

struct Feed {
  explicit Feed(const FileSourceConfig& config, TimestampMs now_ms = 0) : clock(now_ms) {
    auto made = FileSource::make(config);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().to_string());
    source = std::move(made).value();
    const auto opened = source->open({nullptr, &clock});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().to_string());
  }

  // Everything until it is quiet or ends.
  std::vector<std::vector<data::Value>> rows(std::size_t max_rows = 512) {
    std::vector<std::vector<data::Value>> rows;
    for (int polls = 0; polls < 100'000; ++polls) {
      ports::SourceBatch out;
      const auto result = source->poll(max_rows, out);
      EXPECT_TRUE(result.ok());
      out.rows.check();
      for (std::size_t i = 0; i < out.rows.rows(); ++i) rows.push_back(out.rows.row_values(i));
      for (ports::BadRecord& record : out.bad) bad.push_back(std::move(record));
      status = *result;
      if (status != ports::SourceStatus::kMore) return rows;
    }
    ADD_FAILURE() << "never quiet";
    return rows;
  }
  std::vector<std::string> lines() {
    std::vector<std::string> lines;
    for (const auto& row : rows()) lines.push_back(std::get<std::string>(row[0].held));
    return lines;
  }
  std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> numbers;
    for (const auto& row : rows()) numbers.push_back(std::get<std::int64_t>(row[0].held));
    return numbers;
  }

  env::ManualClock clock;
  std::unique_ptr<FileSource> source;
  ports::SourceStatus status = ports::SourceStatus::kMore;
  std::vector<ports::BadRecord> bad;
};

}  // namespace leat::file
