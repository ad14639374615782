#include "transports/file/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/transports/file/support.h"

namespace leat::file {
namespace {

std::unique_ptr<FileSink> sink_to(const std::string& path, const std::string& header = "") {
  return std::make_unique<FileSink>(std::make_unique<TextEncoder>(header), path);
}

void write_all(const std::string& path, const std::vector<std::string>& lines,
               const std::string& header = "") {
  const auto sink = sink_to(path, header);
  ASSERT_TRUE(sink->open({}).ok());
  ASSERT_TRUE(sink->write(text_rows(lines)).ok());
  ASSERT_TRUE(sink->close().ok());
}

TEST(FileSink, AppendsLinesVisibleAfterFlush) {
  const TempDir dir;
  const std::string path = dir / "out.jsonl";
  ports::SinkLedger ledger;
  const auto sink = sink_to(path);
  ASSERT_TRUE(sink->open({nullptr, nullptr, &ledger}).ok());
  EXPECT_EQ(get(path), "");
  ASSERT_TRUE(sink->write(text_rows({"a", "b"})).ok());
  EXPECT_EQ(sink->in_flight(), 2u);
  ASSERT_TRUE(sink->flush().ok());
  EXPECT_EQ(get(path), "a\nb\n");
  EXPECT_EQ(sink->in_flight(), 0u);
  EXPECT_EQ(ledger.forwarded.get(), 2u);
  EXPECT_TRUE(sink->close().ok());
  EXPECT_TRUE(sink->close().ok());
  write_all(path, {"c"});
  EXPECT_EQ(get(path), "a\nb\nc\n");
}

TEST(FileSink, HeaderOnlyWhereTheFileWasEmpty) {
  const TempDir dir;
  write_all(dir / "out.csv", {"1"}, "n");
  write_all(dir / "out.csv", {"2"}, "n");
  EXPECT_EQ(get(dir / "out.csv"), "n\n1\n2\n");
}

TEST(FileSink, ALineThatBrokeOffIsEndedFirst) {
  const TempDir dir;
  put(dir / "out", "whole\nhal");
  write_all(dir / "out", {"next"});
  EXPECT_EQ(get(dir / "out"), "whole\nhal\nnext\n");
}

std::string open_error(const std::string& path) {
  const auto result = sink_to(path)->open({});
  return result.ok() ? "no error" : result.error().message();
}

TEST(FileSink, WhatCannotBeWrittenIsNamed) {
  const TempDir dir;
  EXPECT_EQ(open_error(dir / "no/such/out"), "cannot write to " + (dir / "no/such/out") +
                                                 ": there is no directory " + (dir / "no/such") +
                                                 "; create it first");
  EXPECT_EQ(open_error(dir.path()), "cannot write to " + dir.path() + ": Is a directory");
  put(dir / "file", "");
  EXPECT_EQ(open_error(dir / "file/out"),
            "cannot write to " + (dir / "file/out") + ": Not a directory");
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_error(dir / "fifo"),
            "cannot write to " + (dir / "fifo") + ": No such device or address");
  if (::geteuid() != 0) {  // root may write anything
    put(dir / "locked", "");
    ASSERT_EQ(::chmod((dir / "locked").c_str(), 0400), 0);
    EXPECT_EQ(open_error(dir / "locked"),
              "cannot write to " + (dir / "locked") + ": Permission denied");
  }
}

TEST(FileSink, AFifoWithAReaderIsRefusedToo) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  const int reader = ::open((dir / "fifo").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_EQ(open_error(dir / "fifo"),
            "cannot write to " + (dir / "fifo") + ": it is not a regular file");
  ::close(reader);
}

TEST(FileSink, AFullDiskIsALimitThatNamesThePath) {
  const auto sink = sink_to("/dev/full");
  ASSERT_TRUE(sink->open({}).ok());
  ASSERT_TRUE(sink->write(text_rows({"a"})).ok());
  const auto result = sink->flush();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
  EXPECT_EQ(result.error().message(), "cannot write to /dev/full: No space left on device");
  EXPECT_EQ(sink->in_flight(), 1u);
  EXPECT_FALSE(sink->close().ok());  // what could not be written is told again
  EXPECT_TRUE(sink->close().ok());
}

TEST(FileSink, ACharacterDeviceIsTaken) { write_all("/dev/null", {"a"}); }

}  // namespace
}  // namespace leat::file
