// The MQTT source and sink.
#include "agent/wiring/builders.h"
#include "agent/wiring/formats.h"
#include "core/data/key_table.h"
#include "transports/mqtt/sink.h"
#include "transports/mqtt/source.h"

namespace leat::wiring {
namespace {

std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[value >> shift & 15];
  return text;
}

mqtt::Version version_of(const job::Options& options) {
  return options.text("version") == "5" ? mqtt::Version::k5 : mqtt::Version::k311;
}

mqtt::TlsFiles tls_of(const job::Options& options) {
  const job::Options& tls = options.section("tls");
  return {tls.text_or("ca", ""), tls.text_or("cert", ""), tls.text_or("key", "")};
}

// What a client of ours is called when the job does not say: equal sources of one owner are one
// client, two owners never take each other's session.
std::string client_id(const WiringContext& context, const job::Options& options,
                      const std::string& topics, std::int64_t subtask) {
  const std::string suffix = subtask > 0 ? "-" + std::to_string(subtask) : "";
  if (options.has("client_id")) return options.text("client_id") + suffix;
  std::string identity = options.text("broker");
  for (const std::string& part : {topics, options.text_or("username", "")}) {
    identity += '\0';
    identity += part;
  }
  return "leat-" + context.owner + "-" + hex(data::hash_key(identity)) + suffix;
}

std::uint64_t jitter_seed(const WiringContext& context, const std::string& id) {
  return data::hash_key(context.owner + id);
}

}  // namespace

SourceResult build_mqtt_source(const WiringContext& context, const job::NodeSpec& node,
                               const job::SourceConfig& source, std::int64_t subtask) {
  const job::Options& options = source.options;
  mqtt::MqttSourceConfig config;
  config.broker = options.text("broker");
  config.topics = options.texts("topics");
  config.qos = static_cast<int>(options.integer("qos"));
  std::string topics;
  for (const std::string& topic : config.topics) topics += topic + '\n';
  config.client_id = client_id(context, options, topics, subtask);
  config.version = version_of(options);
  config.session_expiry_ms = options.duration_ms("session_expiry");
  config.username = options.text_or("username", "");
  config.password_file = options.text_or("password_file", "");
  config.tls = tls_of(options);
  const job::Options& ingest = options.section("ingest");
  config.max_message_bytes = ingest.size_bytes("max_message");
  config.max_in_flight = ingest.integer("max_in_flight");
  config.seed = jitter_seed(context, node.name);
  LEAT_TRY_ASSIGN(
      auto made, mqtt::MqttSource::make(config, decoder_config(source), context.loop, context.log));
  return std::unique_ptr<ports::Source>(std::move(made));
}

SinkResult build_mqtt_sink(const WiringContext& context, const job::NodeSpec& node,
                           const job::SinkConfig& sink, const data::SchemaPtr& input) {
  const job::Options& options = sink.options;
  mqtt::MqttSinkConfig config;
  config.broker = options.text("broker");
  config.topic = options.text("topic");
  config.qos = static_cast<int>(options.integer("qos"));
  config.retain = options.flag("retain");
  // Two sinks of one job are two clients, even when they publish to the same topic.
  config.client_id = client_id(context, options, context.job + '/' + node.name, 0);
  config.version = version_of(options);
  config.username = options.text_or("username", "");
  config.password_file = options.text_or("password_file", "");
  config.tls = tls_of(options);
  config.seed = jitter_seed(context, node.name);
  LEAT_TRY_ASSIGN(auto encoder, make_sink_encoder(sink, input));
  LEAT_TRY_ASSIGN(auto made, mqtt::MqttSink::make(config, *input, std::move(encoder), context.log));
  return std::unique_ptr<ports::Sink>(std::move(made));
}

}  // namespace leat::wiring
