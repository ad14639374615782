// Brokers that misbehave, and the time in which a good one is reached.
#include <atomic>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/integration/mqtt_source_rig.h"

namespace leat::testing {
namespace {

using namespace std::string_view_literals;

std::string url_of(const FakeBroker& broker) {
  return "mqtt://127.0.0.1:" + std::to_string(broker.port());
}

constexpr std::string_view kConnack = "\x20\x03\x00\x00\x00"sv;

// The packet id of a SUBSCRIBE is in its third and fourth byte.
void answer_subscribe(int socket, std::string_view reasons) {
  const std::string subscribe = read_packet(socket);
  if (subscribe.size() < 4) return;
  std::string suback = "\x90";
  suback += static_cast<char>(3 + reasons.size());
  suback += subscribe.substr(2, 2);
  suback += '\0';
  suback += reasons;
  send_bytes(socket, suback);
}

void greet(int socket) {
  read_packet(socket);
  send_bytes(socket, kConnack);
  answer_subscribe(socket, "\x01"sv);
}

void wait_for_end(int socket) {
  while (!read_packet(socket).empty()) {
  }
}

std::string publish(std::string_view topic, std::string_view payload, std::uint16_t id) {
  mqtt::Publish packet;
  packet.topic = topic;
  packet.payload = payload;
  packet.qos = 1;
  packet.packet_id = id;
  std::string bytes;
  encode_publish(packet, mqtt::Version::k5, bytes);
  return bytes;
}

// Each connection meets another kind of nonsense; the last one a good broker. All are said, none is
// an end.
TEST(MqttHostile, EveryKindOfNonsenseIsSaidAndTriedAgain) {
  struct Play {
    std::function<void(int)> script;
    const char* said;
  };
  const std::vector<Play> plays = {
      {[](int s) { send_bytes(s, "HTTP/1.1 400 Bad Request\r\n\r\n"); }, "not one of MQTT"},
      {[](int) {}, "closed the connection"},
      {[](int s) {
         read_packet(s);
         send_bytes(s, kConnack.substr(0, 2));
       },
       "closed the connection"},
      {[](int s) {
         read_packet(s);
         send_bytes(s, "\xd0\x00"sv);
         wait_for_end(s);
       },
       "PINGRESP instead of CONNACK"},
      {[](int s) {
         read_packet(s);
         send_bytes(s, "\x20\x03\x00\x87\x00"sv);
         wait_for_end(s);
       },
       "not authorised (0x87)"},
      {[](int s) {
         read_packet(s);
         send_bytes(s, "\x20\x02\x00\x01"sv);
         wait_for_end(s);
       },
       "unsupported protocol version (set version: 3.1.1)"},
      {[](int s) {
         read_packet(s);
         send_bytes(s, kConnack);
         answer_subscribe(s, "\x01\x01"sv);
         wait_for_end(s);
       },
       "does not answer our SUBSCRIBE"},
      {[](int s) {
         greet(s);
         send_bytes(s, publish("t/a\xff", "x", 1));
         wait_for_end(s);
       },
       "not UTF-8"},
      {[](int s) {
         greet(s);
         send_bytes(s, "\x30\xff\xff\xff\xff"sv);
         wait_for_end(s);
       },
       "malformed remaining length"},
      {[](int s) {
         greet(s);
         send_bytes(s, "\x82\x05\x00\x01\x00\x00\x00"sv);
         wait_for_end(s);
       },
       "SUBSCRIBE"},
      {[](int s) {
         greet(s);
         send_bytes(s, "\xe0\x01\x8b"sv);
         wait_for_end(s);
       },
       "server shutting down"},
      {[](int s) {
         greet(s);
         send_bytes(s, publish("t/a", "half", 1).substr(0, 6));
       },
       "closed the connection"},
  };
  FakeBroker broker([&](int socket, int connection) {
    const auto index = static_cast<std::size_t>(connection - 1);
    if (index < plays.size()) {
      plays[index].script(socket);
      return;
    }
    greet(socket);
    send_bytes(socket, publish("t/a", "at last", 1));
    wait_for_end(socket);
  });
  SourceRig rig(fast_retry(url_of(broker)));
  ASSERT_TRUE(rig.until([&] { return rig.lines.count("at last") == 1; })) << rig.log().all();
  for (const Play& play : plays) {
    EXPECT_TRUE(rig.log().contains(play.said)) << play.said << "\n" << rig.log().all();
  }
  EXPECT_EQ(rig.source().stats().failures.get(), plays.size());
}

TEST(MqttHostile, ARefusedSubscriptionIsSaidAndTriedAgain) {
  FakeBroker broker([](int socket, int) {
    read_packet(socket);
    send_bytes(socket, kConnack);
    answer_subscribe(socket, "\x87"sv);
    answer_subscribe(socket, "\x00"sv);
    wait_for_end(socket);
  });
  SourceRig rig(fast_retry(url_of(broker)));
  ASSERT_TRUE(rig.until_connected()) << rig.log().all();
  EXPECT_TRUE(rig.log().contains("refuses the subscription to \"t/+\": not authorised"));
  EXPECT_TRUE(rig.log().contains("with QoS 0 only"));
  EXPECT_EQ(broker.connections(), 1);
}

// Acknowledgements of one connection must not be sent on the next: the ids there are others'.
TEST(MqttHostile, AcknowledgementsStayOnTheirConnection) {
  std::atomic<bool> second_greeted{false};
  std::string second_acks;
  std::atomic<bool> over{false};
  FakeBroker broker([&](int socket, int connection) {
    greet(socket);
    if (connection == 1) {
      send_bytes(socket, publish("t/a", "old", 7));
      ::shutdown(socket, SHUT_WR);
      wait_for_end(socket);
      return;
    }
    second_greeted = true;
    send_bytes(socket, publish("t/a", "new", 8));
    second_acks = read_packet(socket);
    over = true;
    wait_for_end(socket);
  });
  SourceRig rig(fast_retry(url_of(broker)));
  // Taken on the first connection, acknowledged on the second.
  ASSERT_TRUE(rig.until([&] { return rig.lines.count("old") == 1 && second_greeted.load(); },
                        /*acknowledge=*/false));
  ASSERT_TRUE(rig.until([&] { return over.load(); }));
  EXPECT_EQ(second_acks, "\x40\x02\x00\x08"sv);
  EXPECT_EQ(rig.source().stats().stale.get(), 1u);
}

// The broker sets a keep alive of one second, floods, and checks that pings come although the
// source is not polled and so reads nothing.
TEST(MqttHostile, PingsWhileItHoldsTheBrokerBack) {
  std::atomic<int> pings{0};
  FakeBroker broker([&](int socket, int) {
    read_packet(socket);
    send_bytes(socket, "\x20\x06\x00\x00\x03\x13\x00\x01"sv);
    answer_subscribe(socket, "\x01"sv);
    const std::string flood = publish("t/a", std::string(60'000, 'x'), 1);
    // As much as the socket takes; then it is full, since nobody reads.
    std::string_view rest;
    int stuck = 0;
    while (stuck < 1000) {
      if (rest.empty()) rest = flood;
      const ssize_t n = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) {
        rest.remove_prefix(static_cast<std::size_t>(n));
        stuck = 0;
      } else {
        std::this_thread::yield();
        ++stuck;
      }
    }
    while (true) {
      const std::string packet = read_packet(socket);
      if (packet.empty()) return;
      if (packet == "\xc0\x00"sv) ++pings;
    }
  });
  SourceRig rig(fast_retry(url_of(broker)));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (pings < 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_GE(pings.load(), 3);
  EXPECT_EQ(broker.connections(), 1);
}

TEST(MqttHostile, ABrokerThatFallsSilentIsLeft) {
  FakeBroker broker([](int socket, int connection) {
    if (connection == 1) {
      read_packet(socket);  // and never a word
      wait_for_end(socket);
      return;
    }
    greet(socket);
    wait_for_end(socket);
  });
  LogLines log;
  RealClock clock;
  LoopThread thread;
  mqtt::ClientOptions options;
  options.broker.host = "127.0.0.1";
  options.broker.port = broker.port();
  options.client_id = "c";
  options.filters = {"#"};
  options.connect_timeout_ms = 100;
  options.ping_timeout_ms = 100;
  options.keep_alive_s = 1;
  options.retry.min_ms = 10;
  options.log = [&](env::LogLevel, std::string_view text) { log.add(text); };
  std::unique_ptr<mqtt::Client> client;
  WaitableWaker waker;
  std::atomic<bool> closed{false};
  thread.run([&] {
    client =
        std::make_unique<mqtt::Client>(thread.loop(), options, [](std::unique_ptr<mqtt::Chunk>) {});
    client->start(&clock);
  });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!log.contains("no answer to a ping") && std::chrono::steady_clock::now() < deadline) {
    waker.wait();
  }
  EXPECT_TRUE(log.contains("no CONNACK within 100 ms")) << log.all();
  EXPECT_TRUE(log.contains("no answer to a ping within 100 ms")) << log.all();
  thread.run([&] {
    client->close([&] {
      closed = true;
      waker.wake();
    });
  });
  while (!closed) waker.wait();
  thread.run([&] { client.reset(); });
}

}  // namespace
}  // namespace leat::testing
