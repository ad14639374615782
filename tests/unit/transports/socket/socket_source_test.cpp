#include "transports/socket/socket_source.h"

#include <arpa/inet.h>
#include <condition_variable>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "core/env/clock.h"

namespace leat::socket {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;

formats::DecoderConfig text_format() {
  formats::DecoderConfig format;
  format.format = "text";
  format.schema = data::make_schema({{"line", data::kString}});
  job::SourceField field;
  field.name = "line";
  field.path = {"line"};
  format.fields = {field};
  return format;
}

formats::DecoderConfig json_format() {
  formats::DecoderConfig format;
  format.format = "json";
  format.schema = data::make_schema({{"n", data::kBigint}});
  job::SourceField field;
  field.name = "n";
  field.type = data::kBigint;
  field.path = {"n"};
  format.fields = {field};
  return format;
}

SocketSourceConfig listening(formats::DecoderConfig format = text_format()) {
  SocketSourceConfig config;
  config.listen = "127.0.0.1:0";
  config.decoder = std::move(format);
  return config;
}

// A plain blocking socket.
struct Plain {
  explicit Plain(int from = -1) : fd(from) {}
  static Plain to(std::uint16_t port) {
    Plain plain(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(plain.fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return plain;
  }
  Plain(Plain&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  Plain& operator=(Plain&& other) noexcept {
    std::swap(fd, other.fd);
    return *this;
  }
  ~Plain() { close(); }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  void reset() {  // RST instead of FIN
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void send(const std::string& text) const {
    ASSERT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  int fd;
};

// A server that accepts when it is told to.
struct Server {
  explicit Server(std::uint16_t wanted = 0) : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
  }
  ~Server() { close(); }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  Plain accept() const { return Plain(::accept(fd, nullptr, nullptr)); }
  int fd;
  std::uint16_t port;
};

// Loop and task in one thread, step by step.
class SocketSourceTest : public testing::Test {
 protected:
  SocketSourceTest() {
    std::signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop_);
  }
  ~SocketSourceTest() override {
    source_ = nullptr;  // closes
    while (uv_run(&loop_, UV_RUN_DEFAULT) != 0) {
    }
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }
  void make(const SocketSourceConfig& config) {
    auto made = SocketSource::make(
        config, &loop_, [this](env::LogLevel, std::string_view text) { log_.emplace_back(text); });
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    source_ = std::move(made).value();
  }
  void open(const SocketSourceConfig& config) {
    make(config);
    ASSERT_TRUE(source_->open({&waker_, &clock_}).ok());
    if (!config.listen.empty()) run_until([this] { return source_->connected(); });
  }
  template <class Predicate>
  void run_until(Predicate predicate) {
    while (!predicate()) uv_run(&loop_, UV_RUN_ONCE);
  }
  void poll(std::size_t max_rows = 100) {
    ports::SourceBatch out;
    const auto status = source_->poll(max_rows, out);
    ASSERT_TRUE(status.ok());
    out.rows.check();
    EXPECT_LE(out.rows.rows(), max_rows);
    for (std::size_t i = 0; i < out.rows.rows(); ++i) {
      const data::Value value = out.rows.columns[0].value(i);
      const auto* text = std::get_if<std::string>(&value.held);
      rows_.push_back(text != nullptr ? *text : std::to_string(std::get<std::int64_t>(value.held)));
      arrivals_.push_back(out.rows.event_times[i]);
    }
    for (ports::BadRecord& record : out.bad) bad_.push_back(std::move(record));
  }
  void read(std::size_t rows, std::size_t bad = 0) {
    for (;;) {
      poll();
      if (rows_.size() >= rows && bad_.size() >= bad) break;
      uv_run(&loop_, UV_RUN_ONCE);
    }
  }

  uv_loop_t loop_{};
  env::ManualClock clock_{1234};
  env::NoWaker waker_;
  Texts log_;
  std::unique_ptr<SocketSource> source_;
  Texts rows_;
  std::vector<TimestampMs> arrivals_;
  std::vector<ports::BadRecord> bad_;
};

TEST_F(SocketSourceTest, LinesOfOneConnection) {
  open(listening());
  Plain client = Plain::to(source_->port());
  client.send("one\r\ntw");
  read(1);
  client.send("o\n\nlast");
  read(3);
  client.close();
  read(4);
  EXPECT_EQ(rows_, (Texts{"one", "two", "", "last"}));
  EXPECT_EQ(arrivals_, (std::vector<TimestampMs>(4, 1234)));
  EXPECT_TRUE(bad_.empty());
  EXPECT_TRUE(source_->connected());
  EXPECT_EQ(source_->stats().connections.get(), 1u);
  EXPECT_EQ(source_->stats().bytes.get(), 14u);
}

TEST_F(SocketSourceTest, ConnectionsDoNotMixTheirLines) {
  open(listening());
  Plain a = Plain::to(source_->port());
  Plain b = Plain::to(source_->port());
  a.send("a1 ");
  b.send("b1 ");
  run_until([&] { return source_->stats().bytes.get() == 6; });
  poll();
  b.send("b2\n");
  read(1);
  a.send("a2\n");
  read(2);
  EXPECT_EQ(rows_, (Texts{"b1 b2", "a1 a2"}));
}

TEST_F(SocketSourceTest, HalfAReadingIsABadRecordOfThePeer) {
  open(listening(json_format()));
  Plain client = Plain::to(source_->port());
  client.send("{\"n\":1}\n\n  \n{\"n\":2}");
  client.close();
  read(2);
  Plain broken = Plain::to(source_->port());
  broken.send("{\"n\":3}\n{\"n\":");
  broken.close();
  read(3, 1);
  EXPECT_EQ(rows_, (Texts{"1", "2", "3"}));
  ASSERT_EQ(bad_.size(), 1u);
  EXPECT_EQ(bad_[0].reason, ports::BadReason::kMalformed);
  EXPECT_THAT(bad_[0].topic, testing::StartsWith("127.0.0.1:"));
  EXPECT_EQ(bad_[0].payload, "{\"n\":");
  EXPECT_EQ(bad_[0].received_ms, 1234);
}

TEST_F(SocketSourceTest, LinesTooLargeAreSetAside) {
  SocketSourceConfig config = listening();
  config.decoder.max_message_bytes = 1000;
  open(config);
  Plain client = Plain::to(source_->port());
  client.send(std::string(1000, 'a') + "\n" + std::string(1001, 'b') + "\nc\n");
  read(2, 1);
  EXPECT_EQ(rows_, (Texts{std::string(1000, 'a'), "c"}));
  ASSERT_EQ(bad_.size(), 1u);
  EXPECT_EQ(bad_[0].reason, ports::BadReason::kTooLarge);
  EXPECT_EQ(bad_[0].detail, "1002 bytes; ingest.max_message is 1000");
}

TEST_F(SocketSourceTest, AConnectionResetEndsItsLine) {
  open(listening());
  Plain client = Plain::to(source_->port());
  client.send("whole\nhalf");
  run_until([&] { return source_->stats().bytes.get() == 10; });
  client.reset();
  read(2);
  EXPECT_EQ(rows_, (Texts{"whole", "half"}));
  EXPECT_EQ(source_->stats().failures.get(), 1u);
}

TEST_F(SocketSourceTest, MoreConnectionsThanAllowedAreRefused) {
  SocketSourceConfig config = listening();
  config.max_connections = 1;
  open(config);
  Plain first = Plain::to(source_->port());
  run_until([&] { return source_->stats().connections.get() == 1; });
  Plain second = Plain::to(source_->port());
  run_until([&] { return source_->stats().refused.get() == 1; });
  char byte = 0;
  EXPECT_EQ(::recv(second.fd, &byte, 1, 0), 0);
  EXPECT_THAT(log_.back(), HasSubstr("refused a connection: there are 1 already"));
  first.send("x\n");
  read(1);
  first.close();
  EXPECT_EQ(rows_, Texts{"x"});
}

TEST_F(SocketSourceTest, CsvRecordsMayHoldLineEnds) {
  SocketSourceConfig config = listening();
  config.decoder.format = "csv";
  open(config);
  Plain client = Plain::to(source_->port());
  client.send("\"a\nb\"\nc\n");
  read(2);
  EXPECT_EQ(rows_, (Texts{"a\nb", "c"}));
}

TEST_F(SocketSourceTest, PollsAreBounded) {
  open(listening());
  Plain client = Plain::to(source_->port());
  client.send("1\n2\n3\n4\n5\n");
  run_until([&] { return source_->stats().bytes.get() == 10; });
  poll(2);
  EXPECT_EQ(rows_, (Texts{"1", "2"}));
  poll(2);
  poll(2);
  EXPECT_EQ(rows_, (Texts{"1", "2", "3", "4", "5"}));
}

// The task does not poll: at most kMaxChunks are read, then TCP holds the sender back; nothing is
// lost.
TEST_F(SocketSourceTest, BackPressureReachesThePeer) {
  open(listening());
  constexpr int kLines = 400'000;
  std::uint16_t port = source_->port();
  std::thread sender([port] {
    Plain client = Plain::to(port);
    std::string block;
    for (int i = 0; i < kLines; ++i) {
      block += "line " + std::to_string(i) + " xxxxxxxxxxxxxxxxxxxx\n";
      if (block.size() > 60'000 || i + 1 == kLines) {
        std::size_t sent = 0;
        while (sent < block.size()) {
          const ssize_t n =
              ::send(client.fd, block.data() + sent, block.size() - sent, MSG_NOSIGNAL);
          if (n <= 0) return;
          sent += static_cast<std::size_t>(n);
        }
        block.clear();
      }
    }
  });
  run_until([&] { return source_->stats().bytes.get() > 0; });
  // Whatever comes without a poll is bounded.
  for (int i = 0; i < 1000; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
  EXPECT_LE(source_->stats().bytes.get(), kMaxChunks * Chunk::kBytes);
  while (rows_.size() < kLines) {
    poll(4096);
    uv_run(&loop_, UV_RUN_NOWAIT);
  }
  sender.join();
  ASSERT_EQ(rows_.size(), static_cast<std::size_t>(kLines));
  for (int i = 0; i < kLines; i += 1000) {
    EXPECT_EQ(rows_[static_cast<std::size_t>(i)],
              "line " + std::to_string(i) + " xxxxxxxxxxxxxxxxxxxx");
  }
}

TEST_F(SocketSourceTest, ConnectsAndConnectsAgain) {
  Server server;
  SocketSourceConfig config;
  config.connect = "127.0.0.1:" + std::to_string(server.port);
  config.decoder = text_format();
  config.backoff = {1, 5, 30'000};
  open(config);
  EXPECT_FALSE(source_->connected());
  run_until([&] { return source_->connected(); });
  Plain first = server.accept();
  first.send("one\nhalf");
  read(1);
  first.close();
  read(2);
  run_until([&] { return source_->stats().connections.get() == 2; });
  Plain second = server.accept();
  second.send("two\n");
  read(3);
  EXPECT_EQ(rows_, (Texts{"one", "half", "two"}));
  EXPECT_TRUE(source_->connected());
}

TEST_F(SocketSourceTest, APeerThatIsAwayIsTriedUntilItIsThere) {
  std::uint16_t port = 0;
  {
    const Server gone;
    port = gone.port;
  }
  SocketSourceConfig config;
  config.connect = "127.0.0.1:" + std::to_string(port);
  config.decoder = text_format();
  config.backoff = {1, 5, 30'000};
  open(config);
  run_until([&] { return source_->stats().failures.get() >= 5; });
  EXPECT_FALSE(source_->connected());
  ASSERT_EQ(log_.size(), 1u);  // the same reason is said once
  EXPECT_EQ(log_[0],
            "socket: no connection to " + config.connect + ": connection refused; trying again");
  Server server(port);
  run_until([&] { return source_->connected(); });
  server.accept().send("there\n");
  read(1);
  EXPECT_EQ(rows_, Texts{"there"});
}

TEST_F(SocketSourceTest, ANameThatDoesNotExistIsTriedAgain) {
  SocketSourceConfig config;
  config.connect = "no-such-host.invalid:9000";
  config.decoder = text_format();
  config.backoff = {1, 5, 30'000};
  open(config);
  run_until([&] { return !log_.empty(); });
  EXPECT_THAT(log_[0], HasSubstr("no connection to no-such-host.invalid:9000"));
}

TEST_F(SocketSourceTest, ClosingWhileLookingUpLeavesNothingBehind) {
  SocketSourceConfig config;
  config.connect = "localhost:1";
  config.decoder = text_format();
  open(config);
  uv_run(&loop_, UV_RUN_NOWAIT);
}

TEST_F(SocketSourceTest, NeverOpenedAndClosedLeavesNothingBehind) {
  make(listening());
  const Plain client = Plain::to(source_->port());  // waits in the backlog
  uv_run(&loop_, UV_RUN_NOWAIT);
}

TEST_F(SocketSourceTest, AConnectionBeforeOpenIsTakenThen) {
  make(listening());
  Plain client = Plain::to(source_->port());
  client.send("early\n");
  uv_run(&loop_, UV_RUN_NOWAIT);
  ASSERT_TRUE(source_->open({&waker_, &clock_}).ok());
  read(1);
  EXPECT_EQ(rows_, Texts{"early"});
}

TEST_F(SocketSourceTest, AnAddressThatCannotBeHadIsAnError) {
  const Server taken;
  SocketSourceConfig config = listening();
  config.listen = "127.0.0.1:" + std::to_string(taken.port);
  const auto made = SocketSource::make(config, &loop_, {});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().message(),
            "cannot listen on " + config.listen + ": address already in use");
  config.listen = "no-such-host.invalid:0";
  const auto nowhere = SocketSource::make(config, &loop_, {});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().message(), HasSubstr("cannot listen on no-such-host.invalid:0"));
}

TEST_F(SocketSourceTest, ConfigurationsThatCannotBe) {
  const auto refused = [&](const std::string& connect, const std::string& listen) {
    SocketSourceConfig config;
    config.connect = connect;
    config.listen = listen;
    config.decoder = text_format();
    const auto made = SocketSource::make(config, &loop_, {});
    return !made.ok() && made.error().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused("", ""));
  EXPECT_TRUE(refused("h:1", "h:1"));
  EXPECT_TRUE(refused("h", ""));
  EXPECT_TRUE(refused("h:0", ""));
  EXPECT_TRUE(refused("", "h:65536"));
  SocketSourceConfig config = listening();
  config.decoder.format = "senml";
  EXPECT_FALSE(SocketSource::make(config, &loop_, {}).ok());
}

// Loop and task on threads of their own, as in a job.
TEST(SocketSourceThreads, RowsCrossTheThreads) {
  struct Signal final : env::Waker {
    void wake() override {
      const std::lock_guard<std::mutex> lock(mutex);
      woken = true;
      condition.notify_one();
    }
    void wait() {
      std::unique_lock<std::mutex> lock(mutex);
      condition.wait(lock, [this] { return woken; });
      woken = false;
    }
    std::mutex mutex;
    std::condition_variable condition;
    bool woken = false;
  };
  Signal signal;
  env::ManualClock clock(1);
  uv_loop_t loop;
  uv_loop_init(&loop);
  auto made = SocketSource::make(listening(), &loop, {});
  ASSERT_TRUE(made.ok());
  std::unique_ptr<SocketSource> source = std::move(made).value();
  std::thread loop_thread([&] { uv_run(&loop, UV_RUN_DEFAULT); });
  ASSERT_TRUE(source->open({&signal, &clock}).ok());
  const std::uint16_t port = source->port();
  constexpr std::size_t kLines = 500'000;  // more than can be on its way
  std::thread sender([port] {
    const Plain client = Plain::to(port);
    std::string block;
    for (std::size_t i = 0; i < kLines; ++i) block += std::to_string(i) + "\n";
    client.send(block);
  });
  std::size_t rows = 0;
  while (rows < kLines) {
    ports::SourceBatch out;
    const auto status = source->poll(64, out);
    ASSERT_TRUE(status.ok());
    for (std::size_t i = 0; i < out.rows.rows(); ++i) {
      ASSERT_EQ(out.rows.columns[0].text(i), std::to_string(rows++));
    }
    if (*status == ports::SourceStatus::kQuiet && rows < kLines) signal.wait();
  }
  sender.join();
  source->close();
  source = nullptr;
  loop_thread.join();
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

TEST(SocketAddress, Parses) {
  const auto parsed = [](std::string_view text, bool listen = false) {
    const auto address = parse_address(text, listen, listen);
    return address.ok() ? address->to_string() : "error: " + address.error().message();
  };
  EXPECT_EQ(parsed("example.org:9000"), "example.org:9000");
  EXPECT_EQ(parsed("192.0.2.7:1"), "192.0.2.7:1");
  EXPECT_EQ(parsed("[2001:db8::7]:65535"), "[2001:db8::7]:65535");
  EXPECT_EQ(parsed(":9000", true), "[::]:9000");
  EXPECT_EQ(parsed("*:0", true), "[::]:0");
  for (const std::string text :
       {"", "host", "host:", "host:0", "host:65536", "host:-1", "host:1x", "host: 1", ":9000",
        "2001:db8::7:9000", "[host]:1", "[::1:1", "ho st:1", "http://host:1", "user@host:1"}) {
    EXPECT_THAT(parsed(text), testing::StartsWith("error: ")) << text;
  }
  EXPECT_THAT(parsed(std::string_view("a\0b:1", 5)), testing::StartsWith("error: "));
}

TEST(SocketBackoff, DoublesWithJitterUpToItsBound) {
  Backoff backoff({100, 1000, 30'000}, 7);
  // Half fixed, half random of 100, 200, 400, 800, 1000, 1000.
  for (const std::int64_t full : {100, 200, 400, 800, 1000, 1000}) {
    const std::int64_t delay_ms = backoff.next_delay_ms();
    EXPECT_GE(delay_ms, full / 2);
    EXPECT_LE(delay_ms, full);
  }
  backoff.succeeded();
  EXPECT_LE(backoff.next_delay_ms(), 100);
  EXPECT_TRUE(backoff.should_log("a", 0));
  EXPECT_FALSE(backoff.should_log("a", 29'999));
  EXPECT_TRUE(backoff.should_log("b", 29'999));
  EXPECT_TRUE(backoff.should_log("b", 60'000));
}

}  // namespace
}  // namespace leat::socket
