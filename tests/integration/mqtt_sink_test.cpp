// The mqtt sink against a real mosquitto: what it counts as forwarded has arrived.
#include <gtest/gtest.h>
#include <mutex>
#include <set>

#include "tests/bench/mqtt_publisher.h"
#include "tests/integration/mqtt_source_rig.h"
#include "transports/mqtt/sink.h"

namespace leat::testing {
namespace {

class IdEncoder final : public formats::Encoder {
 public:
  void encode(const data::Batch& batch, std::size_t row, std::string& out) const override {
    out += std::to_string(batch.columns[1].int64s()[row]);
  }
  std::string header() const override { return {}; }
};

data::SchemaPtr sink_schema() {
  return data::make_schema({{"line", data::kString}, {"n", data::kBigint}});
}

struct SinkRig {
  explicit SinkRig(const mqtt::MqttSinkConfig& config) {
    auto made =
        mqtt::MqttSink::make(config, *sink_schema(), std::make_unique<IdEncoder>(),
                             [this](env::LogLevel, std::string_view text) { log.add(text); });
    LEAT_ASSERT(made.ok());
    sink = std::move(made).value();
    ports::SinkContext context;
    context.waker = &waker;
    context.clock = &clock;
    context.ledger = &ledger;
    LEAT_ASSERT(sink->open(context).ok());
  }
  void write(data::Value line, std::int64_t n, bool wait = true) {
    data::Batch batch(sink_schema());
    batch.append_values({std::move(line), n}, 0);
    while (wait && !sink->ready()) waker.wait();
    LEAT_ASSERT(sink->write(batch).ok());
  }
  bool until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      waker.wait();
      LEAT_ASSERT(sink->flush().ok());
    }
    return true;
  }

  LogLines log;
  RealClock clock;
  WaitableWaker waker;
  ports::SinkLedger ledger;
  std::unique_ptr<mqtt::MqttSink> sink;
};

mqtt::MqttSinkConfig sink_config(const Mosquitto& broker) {
  mqtt::MqttSinkConfig config;
  config.broker = broker.url();
  config.topic = "out/{line}";
  config.client_id = "leat-sink";
  config.retry.min_ms = 10;
  config.retry.max_ms = 200;
  return config;
}

constexpr char kStoring[] = "allow_anonymous true\nmax_queued_messages 0\n";

mqtt::MqttSourceConfig listener(const Mosquitto& broker) {
  mqtt::MqttSourceConfig config = fast_retry(broker.url());
  config.topics = {"out/{id}"};
  config.client_id = "listener";
  return config;
}

class MqttSinkVersions : public ::testing::TestWithParam<mqtt::Version> {};

TEST_P(MqttSinkVersions, RowsArriveInOrderOfTheirTopics) {
  Mosquitto broker(kStoring);
  ASSERT_TRUE(broker.start());
  SourceRig reader(listener(broker));
  ASSERT_TRUE(reader.until_connected());
  mqtt::MqttSinkConfig config = sink_config(broker);
  config.version = GetParam();
  SinkRig rig(config);
  for (int n = 0; n < 3000; ++n) rig.write(n % 2 == 0 ? "a" : "b", n);
  // A value that would reach another topic than the one meant, or none.
  rig.write("x/y", 1);
  rig.write("+", 1);
  rig.write("", 1);
  rig.write(data::Value(), 1);
  ASSERT_TRUE(rig.until([&] { return rig.sink->in_flight() == 0; })) << rig.log.all();
  ASSERT_TRUE(reader.until([&] { return reader.rows >= 3000; }));
  EXPECT_EQ(reader.rows, 3000u);
  EXPECT_EQ(reader.ids["7"], "b");
  ASSERT_TRUE(rig.sink->close().ok());
  EXPECT_EQ(rig.ledger.forwarded.get(), 3000u);
  EXPECT_EQ(rig.ledger.errors.get(), 4u);
  EXPECT_EQ(rig.ledger.in_outbox.get(), 0u);
  EXPECT_TRUE(rig.log.contains("{line} of the topic holds /, + or #"));
}

TEST_P(MqttSinkVersions, HoldsRowsWhileTheBrokerIsAwayAndLosesNone) {
  // The listener's session must outlive the broker: its store is on disk.
  Mosquitto* broker = nullptr;
  TempDirectory store;
  Mosquitto real(
      "allow_anonymous true\nmax_queued_messages 0\npersistence true\n"
      "persistence_location " +
      store.path() + "/\n");
  broker = &real;
  mqtt::MqttSinkConfig config = sink_config(*broker);
  config.version = GetParam();
  config.limits.max_held = 500;
  SinkRig rig(config);  // down at start
  for (int n = 0; n < 500; ++n) rig.write("a", n);
  EXPECT_FALSE(rig.sink->ready());
  ASSERT_TRUE(rig.until([&] { return rig.log.contains("next try in"); }));
  ASSERT_TRUE(broker->start());
  SourceRig reader(listener(*broker));
  ASSERT_TRUE(reader.until_connected());
  int n = 500;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 400; ++i) rig.write("a", n++);
    broker->terminate();  // with messages in flight
    for (int i = 0; i < 50; ++i) rig.write("a", n++, false);
    ASSERT_TRUE(broker->start());
  }
  ASSERT_TRUE(rig.until([&] { return rig.sink->in_flight() == 0; })) << rig.log.all();
  ASSERT_TRUE(rig.sink->close().ok());
  EXPECT_EQ(rig.ledger.forwarded.get(), static_cast<std::uint64_t>(n));
  // Those of before its subscription are not the listener's.
  ASSERT_TRUE(reader.until([&] {
    for (int i = 500; i < n; ++i) {
      if (reader.lines.count(std::to_string(i)) == 0) return false;
    }
    return true;
  })) << reader.lines.size();
}

INSTANTIATE_TEST_SUITE_P(Both, MqttSinkVersions,
                         ::testing::Values(mqtt::Version::k5, mqtt::Version::k311),
                         [](const auto& given) {
                           return given.param == mqtt::Version::k5 ? "Mqtt5" : "Mqtt311";
                         });

TEST(MqttSink, CloseGivesUpAfterItsDeadlineAndSaysSo) {
  Mosquitto broker;  // never started
  mqtt::MqttSinkConfig config = sink_config(broker);
  config.close_timeout_ms = 50;
  SinkRig rig(config);
  rig.write("a", 1);
  ASSERT_TRUE(rig.sink->close().ok());
  EXPECT_EQ(rig.ledger.dropped.get(), 1u);
  EXPECT_TRUE(rig.log.contains("closed with 1 rows"));
}

}  // namespace
}  // namespace leat::testing
