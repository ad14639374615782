#include "transports/file/stdout_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <thread>
#include <unistd.h>

#include "tests/unit/transports/file/support.h"

namespace leat::file {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    if (read_end >= 0) ::close(read_end);
    if (write_end >= 0) ::close(write_end);
  }
  std::string read_some() {
    char buffer[4096];
    const ssize_t n = ::read(read_end, buffer, sizeof buffer);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
  }
  void close_read() {
    ::close(read_end);
    read_end = -1;
  }
  int read_end;
  int write_end;
};

TEST(StdoutSink, WritesLinesAtTheFlushAndCounts) {
  Pipe pipe;
  ports::SinkLedger ledger;
  StdoutSink sink(std::make_unique<TextEncoder>(), pipe.write_end);
  ASSERT_TRUE(sink.open({nullptr, nullptr, &ledger}).ok());
  ASSERT_TRUE(sink.write(text_rows({"a", "b"})).ok());
  EXPECT_EQ(sink.in_flight(), 2u);
  EXPECT_EQ(ledger.in_outbox.get(), 2u);
  EXPECT_EQ(ledger.forwarded.get(), 0u);
  ASSERT_TRUE(sink.flush().ok());
  EXPECT_EQ(pipe.read_some(), "a\nb\n");
  EXPECT_EQ(sink.in_flight(), 0u);
  EXPECT_EQ(ledger.in_outbox.get(), 0u);
  EXPECT_EQ(ledger.forwarded.get(), 2u);
  ASSERT_TRUE(sink.write(text_rows({"c"})).ok());
  ASSERT_TRUE(sink.close().ok());
  EXPECT_EQ(pipe.read_some(), "c\n");
}

TEST(StdoutSink, HeaderComesFirstEvenWithoutRows) {
  Pipe pipe;
  StdoutSink sink(std::make_unique<TextEncoder>("h1,h2"), pipe.write_end);
  ASSERT_TRUE(sink.open({}).ok());
  ASSERT_TRUE(sink.close().ok());
  EXPECT_EQ(pipe.read_some(), "h1,h2\n");
}

TEST(StdoutSink, AReaderThatWentAwayIsCancelled) {
  ::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_read();
  StdoutSink sink(std::make_unique<TextEncoder>(), pipe.write_end);
  ASSERT_TRUE(sink.open({}).ok());
  ASSERT_TRUE(sink.write(text_rows({"a"})).ok());
  const auto result = sink.flush();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(result.error().message(), "standard output was closed");
  EXPECT_EQ(sink.in_flight(), 1u);
}

TEST(StdoutSink, ADescriptorThatIsNotOpenIsAnError) {
  StdoutSink sink(std::make_unique<TextEncoder>(), 987);
  ASSERT_TRUE(sink.open({}).ok());
  ASSERT_TRUE(sink.write(text_rows({"a"})).ok());
  const auto result = sink.flush();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), "cannot write to standard output: Bad file descriptor");
}

// More than a pipe holds, into a slow reader, with a descriptor somebody made non-blocking: partial
// writes and EAGAIN.
TEST(StdoutSink, GoesOnAfterPartialWrites) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.write_end, F_SETFL, O_NONBLOCK), 0);
  std::vector<std::string> lines;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    lines.push_back(std::string(10'007, static_cast<char>('a' + i % 26)));
    expected += lines.back() + "\n";
  }
  std::string got;
  std::thread reader([&] {
    for (std::string part = pipe.read_some(); !part.empty(); part = pipe.read_some()) got += part;
  });
  StdoutSink sink(std::make_unique<TextEncoder>(), pipe.write_end);
  ASSERT_TRUE(sink.open({}).ok());
  ASSERT_TRUE(sink.write(text_rows(lines)).ok());  // passes the buffer's bound: writes by itself
  EXPECT_LT(sink.in_flight(), 100u);
  ASSERT_TRUE(sink.close().ok());
  ::close(pipe.write_end);
  pipe.write_end = -1;
  reader.join();
  EXPECT_EQ(got, expected);
}

}  // namespace
}  // namespace leat::file
