// What the tests of this folder share: a directory that goes away, and a simple encoder.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <unistd.h>

#include "tests/harness/rows.h"
#include "transports/formats/encoder.h"

namespace leat::file {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "leat-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void put(const std::string& path, const std::string& content, bool append = false) {
  std::ofstream file(path, append ? std::ios::binary | std::ios::app : std::ios::binary);
  file << content;
  ASSERT_TRUE(file.good()) << path;
}

inline std::string get(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A line is the text of the first column.
class TextEncoder final : public formats::Encoder {
 public:
  explicit TextEncoder(std::string header = "") : header_(std::move(header)) {}
  void encode(const data::Batch& batch, std::size_t row, std::string& out) const override {
    out += batch.columns[0].text(row);
  }
  std::string header() const override { return header_; }

 private:
  std::string header_;
};

inline data::Batch text_rows(const std::vector<std::string>& lines) {
  data::Batch batch(data::make_schema({{"line", data::kString}}));
  for (const std::string& line : lines) batch.append_values({line}, 0);
  return batch;
}

}  // namespace leat::file
