#include "transports/mqtt/source.h"

#include <algorithm>

#include "core/base/text.h"
#include "transports/mqtt/credentials.h"

namespace leat::mqtt {

namespace {

constexpr std::size_t kBadPayloadBytes = 64 * 1024;
// Around the payload of a PUBLISH: the header, the longest topic, and room for properties.
constexpr std::int64_t kPacketOverhead = 5 + 2 + 65535 + 2 + 4096;

Result<ClientOptions> client_options(const MqttSourceConfig& config, const TopicBinder& binder) {
  ClientOptions options;
  LEAT_TRY_ASSIGN(options.broker, parse_broker_address(config.broker));
  if (config.qos != 0 && config.qos != 1) return base::invalid("qos: expected 0 or 1");
  LEAT_TRY(check_client_id(config.client_id));
  LEAT_TRY(check_username(config.username));
  if (config.max_in_flight < 1 || config.max_in_flight > 65535) {
    return base::invalid("ingest.max_in_flight: expected 1 to 65535");
  }
  const std::int64_t most = std::int64_t{kMaxRemainingLength} - kPacketOverhead;
  if (config.max_message_bytes < 1 || config.max_message_bytes > most) {
    return base::invalid("ingest.max_message: expected 1B to " + std::to_string(most) + "B");
  }
  if (config.session_expiry_ms < 0) return base::invalid("session_expiry: negative");
  options.tls = config.tls;
  options.version = config.version;
  options.client_id = config.client_id;
  options.username = config.username;
  LEAT_TRY_ASSIGN(options.password, read_password(config.username, config.password_file));
  options.filters = binder.filters();
  options.qos = static_cast<std::uint8_t>(config.qos);
  // 0xFFFFFFFF would mean "never"; a part of a second counts as a whole one.
  options.session_expiry_s = static_cast<std::uint32_t>(
      std::min<std::int64_t>((config.session_expiry_ms + 999) / 1000, 0xfffffffe));
  options.max_in_flight = static_cast<std::uint16_t>(config.max_in_flight);
  options.max_packet_bytes = static_cast<std::uint32_t>(config.max_message_bytes + kPacketOverhead);
  options.seed = config.seed;
  options.retry = config.retry;
  options.gather_us = config.gather_us;
  return options;
}

}  // namespace

MqttSource::MqttSource(std::shared_ptr<SourceLink> link, TopicBinder binder,
                       std::unique_ptr<formats::Decoder> decoder)
    : link_(std::move(link)), binder_(std::move(binder)), decoder_(std::move(decoder)) {}

MqttSource::~MqttSource() { close(); }

Result<std::unique_ptr<MqttSource>> MqttSource::make(const MqttSourceConfig& config,
                                                     const data::SchemaPtr& schema,
                                                     std::unique_ptr<formats::Decoder> decoder,
                                                     uv_loop_t* loop, env::Log log) {
  LEAT_TRY_ASSIGN(TopicBinder binder, TopicBinder::create(config.topics, *schema));
  LEAT_TRY_ASSIGN(ClientOptions options, client_options(config, binder));
  options.log = std::move(log);
  LEAT_TRY_ASSIGN(std::shared_ptr<SourceLink> link, SourceLink::create(loop, std::move(options)));
  return std::unique_ptr<MqttSource>(
      new MqttSource(std::move(link), std::move(binder), std::move(decoder)));
}

Result<std::unique_ptr<MqttSource>> MqttSource::make(const MqttSourceConfig& config,
                                                     formats::DecoderConfig format, uv_loop_t* loop,
                                                     env::Log log) {
  LEAT_TRY_ASSIGN(const TopicBinder binder, TopicBinder::create(config.topics, *format.schema));
  format.bound_fields = binder.bound_fields();
  format.max_message_bytes = config.max_message_bytes;
  LEAT_TRY_ASSIGN(std::unique_ptr<formats::Decoder> decoder, formats::make_decoder(format));
  return make(config, format.schema, std::move(decoder), loop, std::move(log));
}

Result<void> MqttSource::open(const ports::SourceContext& context) {
  link_->open(context.waker, context.clock);
  return {};
}

Result<ports::SourceStatus> MqttSource::poll(std::size_t max_rows, ports::SourceBatch& out) {
  while (out.rows.rows() < max_rows) {
    if (!current_) {
      current_ = link_->next();
      next_message_ = 0;
      if (!current_) return ports::SourceStatus::kQuiet;
    }
    decode(current_->messages[next_message_], out);
    if (++next_message_ == current_->messages.size()) taken_.push_back(std::move(current_));
  }
  return ports::SourceStatus::kMore;
}

void MqttSource::decode(const ChunkMessage& message, ports::SourceBatch& out) {
  formats::MessageInfo info;
  info.topic = current_->topic(message);
  info.received_ms = current_->received_ms;
  const std::string_view payload = current_->payload(message);
  if (!message.oversize && binder_.bind(info.topic, bound_)) {
    info.bound = bound_;
    decoder_->decode(payload, info, out);
    return;
  }
  ports::BadRecord bad;
  bad.topic = std::string(info.topic);
  bad.received_ms = info.received_ms;
  if (message.oversize) {
    bad.reason = ports::BadReason::kTooLarge;
    bad.detail = "a message of " + std::to_string(message.payload_size) + " bytes was not read";
  } else {
    bad.payload = std::string(payload.substr(0, kBadPayloadBytes));
    bad.reason = ports::BadReason::kTopicMismatch;
    bad.detail = "the topic matches none of the patterns";
  }
  bad.before_row = out.rows.rows();
  out.bad.push_back(std::move(bad));
}

void MqttSource::acknowledge() {
  if (taken_.empty() || closed_) return;
  for (std::unique_ptr<Chunk>& chunk : taken_) link_->give_back(std::move(chunk));
  taken_.clear();
  link_->wake_loop();
}

void MqttSource::close() {
  if (closed_) return;
  closed_ = true;
  link_->close();
}

}  // namespace leat::mqtt
