#include "transports/formats/line_splitter.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace leat::formats {
namespace {

struct Cut {
  std::string text;
  bool too_large = false;
  std::uint64_t bytes = 0;
  friend bool operator==(const Cut&, const Cut&) = default;
};

std::vector<Cut> cut(const LineSplitterConfig& config, std::string_view input, std::size_t chunk) {
  LineSplitter splitter(config);
  std::vector<Cut> lines;
  LineSplitter::Line line;
  for (std::size_t at = 0; at < input.size(); at += chunk) {
    const std::string copy(input.substr(at, chunk));  // dies after the chunk: views must not linger
    splitter.feed(copy);
    while (splitter.next(line)) {
      lines.push_back({std::string(line.text), line.too_large, line.bytes});
    }
  }
  if (splitter.finish(line)) {
    lines.push_back({std::string(line.text), line.too_large, line.bytes});
  }
  EXPECT_FALSE(splitter.finish(line));
  EXPECT_EQ(splitter.pending_bytes(), 0u);
  return lines;
}

// The same for every way of cutting the stream into chunks.
void expect_lines(const LineSplitterConfig& config, std::string_view input,
                  const std::vector<Cut>& expected) {
  for (std::size_t chunk = 1; chunk <= input.size() + 1; ++chunk) {
    EXPECT_EQ(cut(config, input, chunk), expected) << "chunks of " << chunk;
  }
  std::uint64_t bytes = 0;
  for (const Cut& line : expected) bytes += line.bytes;
  EXPECT_EQ(bytes, input.size());
}

TEST(LineSplitter, CutsAtLfAndCrlf) {
  expect_lines(
      {}, "a\nbc\r\n\n\r\nd",
      {{"a", false, 2}, {"bc", false, 4}, {"", false, 1}, {"", false, 2}, {"d", false, 1}});
  expect_lines({}, "", {});
  expect_lines({}, "\n", {{"", false, 1}});
}

TEST(LineSplitter, LeavesLoneCarriageReturnsAndNulBytes) {
  using namespace std::string_literals;
  expect_lines({}, "a\rb\r\r\n\0x\n\r"s,
               {{"a\rb\r", false, 6}, {"\0x"s, false, 3}, {"\r", false, 1}});
}

TEST(LineSplitter, ReportsALongLineOnceAndGoesOn) {
  LineSplitterConfig config;
  config.max_line_bytes = 4;
  expect_lines(config, "1234\n1234\r\n12345\n12345678901234567890\nab\n123456",
               {{"1234", false, 5},
                {"1234", false, 6},
                {"1234", true, 6},
                {"1234", true, 21},
                {"ab", false, 3},
                {"1234", true, 6}});
}

TEST(LineSplitter, KeepsAtMost64KiBOfATooLargeLine) {
  LineSplitterConfig config;
  config.max_line_bytes = 100'000;
  const std::string input(300'000, 'x');
  for (const std::size_t chunk : {7'000u, 300'000u}) {
    const std::vector<Cut> lines = cut(config, input + "\nok\n", chunk);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_TRUE(lines[0].too_large);
    EXPECT_EQ(lines[0].text.size(), 65'536u);
    EXPECT_EQ(lines[0].bytes, 300'001u);
    EXPECT_EQ(lines[1].text, "ok");
  }
}

TEST(LineSplitter, ACsvRecordMayHoldLineEnds) {
  LineSplitterConfig config;
  config.csv_quotes = true;
  expect_lines(config, "a,\"b\nc\"\r\nd\n\"x\"\"\ny\",\"\n\"\nz",
               {{"a,\"b\nc\"", false, 9},
                {"d", false, 2},
                {"\"x\"\"\ny\",\"\n\"", false, 12},
                {"z", false, 1}});
  // Not at the start of a field, a quote is text (and malformed, for the decoder to say).
  expect_lines(config, "5\" pipe,1\nx\n", {{"5\" pipe,1", false, 10}, {"x", false, 2}});
  config.csv_delimiter = ';';
  expect_lines(config, "a,\"b\nc;\"d\ne\"\n", {{"a,\"b", false, 5}, {"c;\"d\ne\"", false, 8}});
}

TEST(LineSplitter, AStrayQuoteCostsAtMostTheLimit) {
  LineSplitterConfig config;
  config.csv_quotes = true;
  config.max_line_bytes = 8;
  // The quoted record passes 8 bytes within "line2", and ends at that line's LF.
  expect_lines(config, "\"open\nline2\nline3\nok\n",
               {{"\"open\nli", true, 12}, {"line3", false, 6}, {"ok", false, 3}});
}

TEST(LineSplitter, ResetForgetsEverything) {
  LineSplitter splitter({});
  LineSplitter::Line line;
  splitter.feed("abc");
  EXPECT_FALSE(splitter.next(line));
  EXPECT_EQ(splitter.pending_bytes(), 3u);
  splitter.reset();
  splitter.feed("x\nleft");
  ASSERT_TRUE(splitter.next(line));
  EXPECT_EQ(line.text, "x");
  splitter.reset();
  EXPECT_FALSE(splitter.finish(line));
}

}  // namespace
}  // namespace leat::formats
