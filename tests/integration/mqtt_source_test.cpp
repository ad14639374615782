// The mqtt source against a real mosquitto: nothing acknowledged is lost, and it goes on whatever
// the broker does.
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "tests/bench/mqtt_publisher.h"
#include "tests/integration/mqtt_source_rig.h"

namespace leat::testing {
namespace {

using mqtt::Version;

constexpr char kStoring[] =
    "allow_anonymous true\n"
    "max_queued_messages 0\n";

class MqttSourceVersions : public ::testing::TestWithParam<Version> {};

TEST_P(MqttSourceVersions, MessagesBecomeRows) {
  Mosquitto broker(kStoring);
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.version = GetParam();
  SourceRig rig(config);
  ASSERT_TRUE(rig.until_connected()) << rig.log().all();
  MqttPublisher publisher;
  ASSERT_TRUE(publisher.connect(broker.port()));
  constexpr int kMessages = 5000;
  for (int i = 0; i < kMessages; ++i) {
    const std::string text = std::to_string(i);
    ASSERT_TRUE(publisher.publish("t/s" + text, text));
  }
  ASSERT_TRUE(publisher.drain());
  ASSERT_TRUE(rig.until([&] { return rig.lines.size() == kMessages; }));
  EXPECT_EQ(rig.rows, kMessages);  // none twice either: no connection was lost
  EXPECT_EQ(rig.ids["77"], "s77");
  EXPECT_TRUE(rig.bad.empty());
  ASSERT_TRUE(rig.until([&] { return rig.source().stats().acknowledged.get() == kMessages; }));
}

// What the broker held back, and what was delivered and not acknowledged, comes on the next
// connection.
TEST_P(MqttSourceVersions, StoredSessionIsDrainedAndUnacknowledgedComesAgain) {
  Mosquitto broker(kStoring);
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.version = GetParam();
  MqttPublisher publisher;
  ASSERT_TRUE(publisher.connect(broker.port()));
  {
    SourceRig rig(config);
    ASSERT_TRUE(rig.until_connected());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(publisher.publish("t/a", "first" + std::to_string(i)));
    ASSERT_TRUE(publisher.drain());
    ASSERT_TRUE(rig.until([&] { return rig.lines.size() == 10; }, false));  // not acknowledged
  }
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(publisher.publish("t/a", "second" + std::to_string(i)));
  }
  ASSERT_TRUE(publisher.drain());
  SourceRig rig(config);
  ASSERT_TRUE(rig.until([&] { return rig.lines.size() == 3010; })) << rig.lines.size();
  EXPECT_EQ(rig.rows, 3010);
  EXPECT_EQ(rig.source().stats().lost_sessions.get(), 0u);
}

// Every reading that the broker took from the publisher arrives, while both the broker's
// connections are cut and the client's process side loses acknowledgements.
TEST_P(MqttSourceVersions, NothingIsLostWhileConnectionsDrop) {
  // mosquitto drops a connection when another client comes with the same id: a cut at any moment.
  Mosquitto broker(kStoring);
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.version = GetParam();
  SourceRig rig(config);
  ASSERT_TRUE(rig.until_connected());
  constexpr int kMessages = 4000;
  std::atomic<bool> published{false};
  std::thread publishing([&] {
    MqttPublisher publisher(50);
    bool ok = publisher.connect(broker.port());
    for (int i = 0; i < kMessages && ok; ++i) ok = publisher.publish("t/a", std::to_string(i));
    published = ok && publisher.drain();
  });
  for (int cut = 0; cut < 8; ++cut) {
    const std::uint64_t failures = rig.source().stats().failures.get();
    const std::size_t goal = std::min<std::size_t>(kMessages, rig.lines.size() + 300);
    ASSERT_TRUE(rig.until([&] { return rig.lines.size() >= goal && rig.source().connected(); }));
    // Two parties in one thread: it subscribes to nothing and leaves at once; its session is ours,
    // so it must not be clean.
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(broker.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    mqtt::Connect intruder;
    intruder.version = GetParam();
    intruder.clean_start = false;
    intruder.client_id = "leat-test";  // the rig's
    if (GetParam() == Version::k5) {
      intruder.properties = {{mqtt::PropertyId::kSessionExpiry, 3600, {}, {}}};
    }
    std::string bytes;
    encode(mqtt::Packet(intruder), GetParam(), bytes);
    send_bytes(socket, bytes);
    EXPECT_TRUE(rig.until([&] { return rig.source().stats().failures.get() > failures; }))
        << rig.log().all();
    ::close(socket);
  }
  EXPECT_TRUE(rig.until([&] { return rig.lines.size() == kMessages; })) << rig.lines.size();
  publishing.join();
  EXPECT_TRUE(published);
  EXPECT_EQ(rig.source().stats().lost_sessions.get(), 0u);
}

TEST_P(MqttSourceVersions, GoesOnWhenTheBrokerRestarts) {
  Mosquitto broker;
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.version = GetParam();
  SourceRig rig(config);  // the broker is down at start
  ASSERT_TRUE(rig.until([&] { return rig.log().contains("connection refused"); }));
  EXPECT_FALSE(rig.source().connected());
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(broker.start());
    ASSERT_TRUE(rig.until_connected()) << rig.log().all();
    MqttPublisher publisher;
    ASSERT_TRUE(publisher.connect(broker.port()));
    const std::string line = "round" + std::to_string(round);
    ASSERT_TRUE(publisher.publish("t/a", line) && publisher.drain());
    ASSERT_TRUE(rig.until([&] { return rig.lines.count(line) == 1; }));
    broker.kill();
    ASSERT_TRUE(rig.until([&] { return !rig.source().connected(); }));
  }
  // Without persistence a killed mosquitto forgets the session: said and counted, twice.
  EXPECT_EQ(rig.source().stats().lost_sessions.get(), 2u);
  EXPECT_EQ(rig.log().count("lost our session"), 2u);
}

INSTANTIATE_TEST_SUITE_P(Both, MqttSourceVersions, ::testing::Values(Version::k5, Version::k311),
                         [](const auto& given) {
                           return given.param == Version::k5 ? "Mqtt5" : "Mqtt311";
                         });

TEST(MqttSource, HoldsTheBrokerBackAndKeepsTheConnection) {
  // mosquitto cuts a client that is silent for one and a half keep-alive intervals, so the source
  // must ping although it reads nothing. (Server keep alive 1 s: the broker's own setting.)
  Mosquitto broker("allow_anonymous true\nmax_queued_messages 0\nmax_keepalive 10\n");
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.qos = 0;  // nothing but the ring bounds what is in flight
  SourceRig rig(config);
  ASSERT_TRUE(rig.until_connected());
  MqttPublisher publisher;
  ASSERT_TRUE(publisher.connect(broker.port()));
  const std::string payload(100'000, 'x');
  constexpr int kMessages = 200;  // 20 MB, sixteen chunks
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(publisher.publish("t/a", std::to_string(i) + payload, 1));
  }
  ASSERT_TRUE(publisher.drain());
  // Nothing is polled meanwhile: the client stops after sixteen chunks, far from all messages.
  ASSERT_TRUE(rig.until([&] { return rig.rows == kMessages; })) << rig.rows;
  EXPECT_EQ(rig.source().stats().connects.get(), 1u);
}

TEST(MqttSource, ExplainsARefusedUserAndSucceedsOnceItIsKnown) {
  TempDirectory files;
  const std::string passwords = files.path() + "/passwords";
  ASSERT_EQ(std::system(("mosquitto_passwd -b -c " + passwords + " other secret 2>&1").c_str()), 0);
  Mosquitto broker("allow_anonymous false\npassword_file " + passwords + "\n");
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.username = "sensor";
  config.password_file = files.write("password", "correct horse\n");
  SourceRig rig(config);
  ASSERT_TRUE(rig.until([&] { return rig.log().contains("refuses the connection"); }));
  EXPECT_TRUE(rig.log().contains("not authorised (0x87)") ||
              rig.log().contains("bad user name or password (0x86)"))
      << rig.log().all();
  EXPECT_FALSE(rig.log().contains("correct horse"));
  broker.terminate();
  ASSERT_EQ(
      std::system(("mosquitto_passwd -b " + passwords + " sensor 'correct horse' 2>&1").c_str()),
      0);
  ASSERT_TRUE(broker.start());
  EXPECT_TRUE(rig.until_connected()) << rig.log().all();
}

TEST(MqttSource, OversizeMessagesAreSetAsideAndAcknowledged) {
  for (const Version version : {Version::k311, Version::k5}) {
    Mosquitto broker("allow_anonymous true\nmax_inflight_messages 5\n");
    ASSERT_TRUE(broker.start());
    mqtt::MqttSourceConfig config = fast_retry(broker.url());
    config.version = version;
    config.max_message_bytes = 1000;
    SourceRig rig(config);
    ASSERT_TRUE(rig.until_connected());
    MqttPublisher publisher;
    ASSERT_TRUE(publisher.connect(broker.port()));
    // More of them than the broker allows in flight: they must be acknowledged to go on.
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(publisher.publish("t/big", std::string(10'000'000 / 20, 'x')));
    }
    ASSERT_TRUE(publisher.publish("t/small", "small") && publisher.drain());
    ASSERT_TRUE(rig.until([&] { return rig.lines.count("small") == 1; })) << rig.log().all();
    ASSERT_EQ(rig.bad.size(), 20u);
    EXPECT_EQ(rig.bad[0].reason, ports::BadReason::kTooLarge);
    EXPECT_EQ(rig.bad[0].topic, "t/big");
    EXPECT_EQ(rig.source().stats().oversize.get(), 20u);
    EXPECT_EQ(rig.source().stats().connects.get(), 1u);
  }
}

TEST(MqttSource, WildcardTopicsAndSharedSubscription) {
  Mosquitto broker;
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.topics = {"$share/g/plant/+/sensors/{id}", "raw/#"};
  SourceRig rig(config);
  ASSERT_TRUE(rig.until_connected()) << rig.log().all();
  MqttPublisher publisher;
  ASSERT_TRUE(publisher.connect(broker.port()));
  ASSERT_TRUE(publisher.publish("plant/a/sensors/s1", "one"));
  ASSERT_TRUE(publisher.publish("raw", "two"));
  ASSERT_TRUE(publisher.publish("raw/x/y", "three") && publisher.drain());
  ASSERT_TRUE(rig.until([&] { return rig.lines.size() == 3; })) << rig.log().all();
  EXPECT_EQ(rig.ids["one"], "s1");
  EXPECT_EQ(rig.ids["two"], "");
}

}  // namespace
}  // namespace leat::testing
