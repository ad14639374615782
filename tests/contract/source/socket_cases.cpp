#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/contract/source/source_under_test.h"
#include "transports/socket/socket_source.h"

namespace leat::contract {
namespace {

constexpr std::size_t kRows = 300;

// Listens; a client sends everything with the first turn.
class Listening final : public SourceUnderTest {
 public:
  Listening() {
    uv_loop_init(&loop_);
    config_.listen = "127.0.0.1:0";
    config_.decoder.format = "json";
    config_.decoder.schema = data::make_schema({{"n", data::kBigint}});
    job::SourceField field;
    field.name = "n";
    field.type = data::kBigint;
    field.path = {"n"};
    config_.decoder.fields = {field};
  }
  // The suite has let go of its sources.
  ~Listening() override {
    while (uv_run(&loop_, UV_RUN_DEFAULT) != 0) {
    }
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }
  std::unique_ptr<ports::Source> make() override {
    auto made = socket::SocketSource::make(config_, &loop_, {});
    EXPECT_TRUE(made.ok());
    send_to(made.value()->port());
    return std::move(made).value();
  }
  void turn() override { uv_run(&loop_, UV_RUN_ONCE); }
  data::SchemaPtr schema() const override { return config_.decoder.schema; }
  std::size_t rows() const override { return kRows; }
  bool ends() const override { return false; }
  bool seekable() const override { return false; }

 private:
  // It waits in the kernel until the source accepts.
  static void send_to(std::uint16_t port) {
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    std::string lines;
    for (std::size_t i = 0; i < kRows; ++i) lines += "{\"n\": " + std::to_string(i) + "}\n";
    ASSERT_EQ(::send(client, lines.data(), lines.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(lines.size()));
    ::close(client);
  }

  uv_loop_t loop_{};
  socket::SocketSourceConfig config_;
};

}  // namespace

std::vector<SourceCase> socket_cases() {
  return {{"socket_listen", [] { return std::make_unique<Listening>(); }}};
}

}  // namespace leat::contract
