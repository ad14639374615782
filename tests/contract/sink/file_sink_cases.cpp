#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "tests/contract/sink/sink_under_test.h"
#include "tests/unit/transports/file/support.h"
#include "transports/file/file_sink.h"
#include "transports/file/stdout_sink.h"

namespace leat::contract {
namespace {

std::unique_ptr<formats::Encoder> csv() {
  formats::EncoderConfig config;
  config.format = "csv";
  config.schema = sink_schema();
  config.fields = {0, 1};
  config.csv_delimiter = ';';
  auto made = formats::make_encoder(config);
  EXPECT_TRUE(made.ok());
  return std::move(made).value();
}

// "1;x" -> "1 x", ";" -> "null null"; the header is left out.
std::vector<std::string> rows_of(const std::string& text) {
  std::vector<std::string> rows;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line == "n;s") continue;
    const std::size_t at = line.find(';');
    const auto cell = [](const std::string& value) { return value.empty() ? "null" : value; };
    rows.push_back(cell(line.substr(0, at)) + " " + cell(line.substr(at + 1)));
  }
  return rows;
}

class File final : public SinkUnderTest {
 public:
  std::unique_ptr<ports::Sink> make() override {
    return std::make_unique<file::FileSink>(csv(), dir_ / "out");
  }
  std::vector<std::string> seen() override { return rows_of(file::get(dir_ / "out")); }
  std::unique_ptr<ports::Sink> make_broken() override {
    return std::make_unique<file::FileSink>(csv(), "/dev/full");
  }

 private:
  file::TempDir dir_;
};

class Stdout final : public SinkUnderTest {
 public:
  Stdout() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    EXPECT_EQ(::fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
    // Nobody reads while the sink writes.
    EXPECT_GE(::fcntl(ends_[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
  }
  ~Stdout() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  std::unique_ptr<ports::Sink> make() override {
    return std::make_unique<file::StdoutSink>(csv(), ends_[1]);
  }
  std::vector<std::string> seen() override {
    char buffer[4096];
    for (;;) {
      const ssize_t n = ::read(ends_[0], buffer, sizeof buffer);
      if (n <= 0) return rows_of(text_);
      text_.append(buffer, static_cast<std::size_t>(n));
    }
  }
  std::unique_ptr<ports::Sink> make_broken() override {
    constexpr int kNotOpen = 1'000'000;
    return std::make_unique<file::StdoutSink>(csv(), kNotOpen);
  }

 private:
  int ends_[2] = {-1, -1};
  std::string text_;
};

}  // namespace

std::vector<SinkCase> file_sink_cases() {
  return {{"file", [] { return std::make_unique<File>(); }},
          {"stdout", [] { return std::make_unique<Stdout>(); }}};
}

}  // namespace leat::contract
