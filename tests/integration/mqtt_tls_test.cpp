// mqtts:// against a real mosquitto: source and sink, client certificates, and what must be
// refused.
#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/bench/mqtt_publisher.h"
#include "tests/integration/mqtt_source_rig.h"
#include "transports/mqtt/sink.h"

namespace leat::testing {
namespace {

// A small authority: ca.crt, and for each name NAME.crt and NAME.key.
class Authority {
 public:
  Authority() {
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca "
        "-keyout ca.key -out ca.crt");
  }
  void issue(const std::string& name, const std::string& alternative_name) {
    directory_.write(name + ".ext", "subjectAltName=" + alternative_name + "\n");
    run("openssl req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name +
        ".key -out " + name + ".csr");
    run("openssl x509 -req -days 2 -CA ca.crt -CAkey ca.key -CAcreateserial -in " + name +
        ".csr -extfile " + name + ".ext -out " + name + ".crt");
  }
  std::string path(const std::string& file) const { return directory_.path() + "/" + file; }
  std::string broker_settings(const std::string& name) const {
    return "allow_anonymous true\nmax_queued_messages 0\ncafile " + path("ca.crt") + "\ncertfile " +
           path(name + ".crt") + "\nkeyfile " + path(name + ".key") + "\n";
  }

 private:
  void run(const std::string& command) {
    const std::string line = "cd " + directory_.path() + " && " + command + " >>openssl.log 2>&1";
    LEAT_ASSERT(std::system(line.c_str()) == 0);
  }
  TempDirectory directory_;
};

Authority& authority() {
  static auto* one = [] {
    auto* made = new Authority;
    made->issue("address", "IP:127.0.0.1");
    made->issue("host", "DNS:localhost");
    made->issue("elsewhere", "DNS:elsewhere.example,IP:10.0.0.1");
    made->issue("gateway", "DNS:gateway");
    return made;
  }();
  return *one;
}

mqtt::MqttSourceConfig tls_config(const Mosquitto& broker, const std::string& host) {
  mqtt::MqttSourceConfig config =
      fast_retry("mqtts://" + host + ":" + std::to_string(broker.port()));
  config.tls.ca = authority().path("ca.crt");
  return config;
}

class IdEncoder final : public formats::Encoder {
 public:
  void encode(const data::Batch& batch, std::size_t row, std::string& out) const override {
    out += batch.columns[0].text(row);
  }
  std::string header() const override { return {}; }
};

void sink_to_source(const mqtt::MqttSourceConfig& source) {
  SourceRig rig(source);
  ASSERT_TRUE(rig.until_connected()) << rig.log().all();
  mqtt::MqttSinkConfig config;
  config.broker = source.broker;
  config.tls = source.tls;
  config.client_id = "sink";
  config.topic = "t/x";
  LogLines log;
  auto sink = mqtt::MqttSink::make(config, *line_schema(), std::make_unique<IdEncoder>(),
                                   [&](env::LogLevel, std::string_view text) { log.add(text); });
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->open({}).ok());
  data::Batch batch(line_schema());
  // Larger than a TLS record, so both directions are cut and put together.
  for (int i = 0; i < 50; ++i) {
    batch.append_values({std::string(40'000, 'x') + std::to_string(i), "i"}, 0);
  }
  ASSERT_TRUE((*sink)->write(batch).ok());
  ASSERT_TRUE(rig.until([&] { return rig.lines.size() == 50; })) << log.all() << rig.log().all();
  ASSERT_TRUE((*sink)->close().ok());
}

TEST(MqttTls, SourceAndSinkByAddressAndByName) {
  Mosquitto by_address(authority().broker_settings("address"));
  ASSERT_TRUE(by_address.start());
  sink_to_source(tls_config(by_address, "127.0.0.1"));
  Mosquitto by_name(authority().broker_settings("host"));
  ASSERT_TRUE(by_name.start());
  sink_to_source(tls_config(by_name, "localhost"));
}

TEST(MqttTls, ClientCertificates) {
  Mosquitto broker(authority().broker_settings("address") + "require_certificate true\n");
  ASSERT_TRUE(broker.start());
  mqtt::MqttSourceConfig config = tls_config(broker, "127.0.0.1");
  config.tls.cert = authority().path("gateway.crt");
  config.tls.key = authority().path("gateway.key");
  sink_to_source(config);
  mqtt::MqttSourceConfig without = tls_config(broker, "127.0.0.1");
  SourceRig rig(without);
  EXPECT_TRUE(rig.until([&] { return rig.log().contains("next try in"); }));
  EXPECT_FALSE(rig.source().connected());
}

// The log of a source that must not connect.
std::string refused(const mqtt::MqttSourceConfig& config) {
  SourceRig rig(config);
  EXPECT_TRUE(rig.until([&] { return rig.log().contains("next try in"); }));
  EXPECT_FALSE(rig.source().connected());
  return rig.log().all();
}

TEST(MqttTls, RefusesTheWrongBroker) {
  Mosquitto elsewhere(authority().broker_settings("elsewhere"));
  ASSERT_TRUE(elsewhere.start());
  EXPECT_NE(refused(tls_config(elsewhere, "127.0.0.1")).find("not for this IP address"),
            std::string::npos);
  EXPECT_NE(refused(tls_config(elsewhere, "localhost")).find("does not match"), std::string::npos);
  Mosquitto address(authority().broker_settings("address"));
  ASSERT_TRUE(address.start());
  mqtt::MqttSourceConfig stranger = tls_config(address, "127.0.0.1");
  Authority other;
  stranger.tls.ca = other.path("ca.crt");
  EXPECT_NE(refused(stranger).find("not correctly signed by the trusted CA"), std::string::npos);
  mqtt::MqttSourceConfig missing = tls_config(address, "127.0.0.1");
  missing.tls.ca = "/nonexistent/ca.crt";
  EXPECT_NE(refused(missing).find("tls.ca: cannot read /nonexistent/ca.crt"), std::string::npos);
}

TEST(MqttTls, PlainAndTlsMixedUp) {
  Mosquitto tls(authority().broker_settings("address"));
  ASSERT_TRUE(tls.start());
  refused(fast_retry(tls.url()));
  Mosquitto plain;
  ASSERT_TRUE(plain.start());
  refused(tls_config(plain, "127.0.0.1"));
}

}  // namespace
}  // namespace leat::testing
