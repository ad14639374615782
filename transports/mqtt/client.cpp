#include "transports/mqtt/client.h"

#include <algorithm>

#include "transports/mqtt/reason.h"

namespace leat::mqtt {

namespace {

// MQTT 5 reason code for a DISCONNECT after an error of the broker's.
std::uint8_t reason_for(ErrorCode code) {
  if (code == ErrorCode::kCorrupt) return 0x81;
  if (code == ErrorCode::kLimit) return 0x95;
  return 0x82;
}

template <class Handle>
uv_handle_t* as_handle(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

}  // namespace

Client::Client(uv_loop_t* loop, ClientOptions options, TakeChunk take)
    : loop_(loop),
      options_(std::move(options)),
      take_(std::move(take)),
      retry_(options_.retry, options_.seed),
      reader_(this, options_.version, options_.max_packet_bytes, options_.max_chunks),
      gather_timer_(loop, [this] {
        gathering_ = false;
        read_on();
      }) {
  LEAT_ASSERT(!options_.client_id.empty() && !options_.filters.empty() && options_.qos <= 1);
}

Client::~Client() {
  LEAT_ASSERT(phase_ == Phase::kIdle || (phase_ == Phase::kClosed && closing_ == 0));
}

void Client::start(const env::Clock* clock) {
  LEAT_ASSERT(phase_ == Phase::kIdle);
  clock_ = clock;
  uv_timer_init(loop_, &phase_timer_);
  uv_timer_init(loop_, &keep_alive_timer_);
  phase_timer_.data = this;
  keep_alive_timer_.data = this;
  const Result<void> timer = gather_timer_.open();
  if (!timer.ok()) {
    log(env::LogLevel::kWarning, timer.error().message());
    options_.gather_us = 0;
  }
  connect();
}

void Client::connect() {
  ++connection_number_;
  reader_.reset(connection_number_);
  phase_ = Phase::kConnecting;
  gathering_ = false;
  ping_sent_ms_ = 0;
  arm_phase_timer(options_.connect_timeout_ms);
  connection_ = Connection::open(loop_, options_.broker, options_.tls, this);
  // Chunks of the last connection may all still be out.
  if (!reader_.can_receive()) connection_->pause_reading();
}

void Client::on_open() {
  phase_ = Phase::kGreeting;
  say_connect();
}

void Client::say_connect() {
  Connect connect;
  connect.version = options_.version;
  connect.clean_start = false;
  connect.keep_alive_s = options_.keep_alive_s;
  connect.client_id = options_.client_id;
  if (!options_.username.empty()) connect.username = options_.username;
  if (!options_.password.empty()) connect.password = options_.password;
  if (options_.version == Version::k5) {
    // No Maximum Packet Size: the broker would drop what is larger and nobody would know.
    connect.properties = {
        {PropertyId::kSessionExpiry, options_.session_expiry_s, {}, {}},
        {PropertyId::kReceiveMaximum, options_.max_in_flight, {}, {}},
    };
  }
  encode(Packet(std::move(connect)), options_.version, connection_->write_buffer());
  keep_alive_ms_ = std::int64_t{options_.keep_alive_s} * 1000;
  flush();
}

void Client::on_read(std::size_t size) {
  ping_sent_ms_ = 0;
  const Result<void> read = reader_.received(size);
  stats_.oversize.set(reader_.oversize_count());
  std::unique_ptr<Chunk> chunk = reader_.take(clock_->now_ms());
  const bool brought_messages = chunk != nullptr;
  if (chunk) {
    stats_.messages.add(chunk->messages.size());
    stats_.bytes.add(chunk->size);
    take_(std::move(chunk));
  }
  if (!read.ok()) {
    drop(read.error(), true);
    return;
  }
  if (!reader_.can_receive()) connection_->pause_reading();
  if (brought_messages) start_gathering();
}

// A broker sends the next packet for each acknowledgement: read at once, that is a wake-up and a
// system call a packet on both sides. A short pause lets as many gather as the broker allows.
void Client::start_gathering() {
  if (options_.gather_us <= 0 || phase_ != Phase::kRunning) return;
  gathering_ = true;
  connection_->pause_reading();
  gather_timer_.start(options_.gather_us);
}

void Client::read_on() {
  if (connection_ == nullptr || gathering_ || !reader_.can_receive()) return;
  connection_->resume_reading();
}

void Client::release(std::unique_ptr<Chunk> chunk) {
  const bool current = connection_ != nullptr && chunk->connection == connection_number_;
  std::uint64_t acknowledged = 0;
  for (const ChunkMessage& message : chunk->messages) {
    if (message.qos == 0) continue;
    ++acknowledged;
    if (!current) continue;
    encode_ack(message.qos == 1 ? PacketType::kPuback : PacketType::kPubrec, message.packet_id,
               connection_->write_buffer());
  }
  (current ? stats_.acknowledged : stats_.stale).add(acknowledged);
  const bool was_held_back = !reader_.can_receive();
  reader_.recycle(std::move(chunk));
  if (!was_held_back || phase_ == Phase::kClosed) return;
  // The answer to a ping could not be read meanwhile.
  ping_sent_ms_ = 0;
  read_on();
}

void Client::flush() {
  if (connection_ == nullptr || phase_ == Phase::kConnecting) return;
  if (!connection_->write_buffer().empty()) last_sent_ms_ = uv_now(loop_);
  connection_->flush();
}

Result<void> Client::on_frame(const Frame& frame) {
  LEAT_TRY_ASSIGN(const Packet packet, decode_packet(frame, options_.version));
  if (phase_ == Phase::kGreeting) {
    const auto* connack = std::get_if<Connack>(&packet);
    if (connack == nullptr) {
      return base::invalid(std::string(to_string(frame.type)) + " instead of CONNACK");
    }
    return on_connack(*connack);
  }
  return on_packet(packet);
}

Result<void> Client::on_packet(const Packet& packet) {
  if (std::holds_alternative<Pingresp>(packet)) return {};
  if (const auto* suback = std::get_if<Suback>(&packet)) {
    if (suback->type == PacketType::kSuback) return on_suback(*suback);
  }
  if (const auto* ack = std::get_if<Ack>(&packet)) {
    if (ack->type == PacketType::kPubrel) {
      encode_ack(PacketType::kPubcomp, ack->packet_id, connection_->write_buffer());
      flush();
    }
    return {};  // acknowledgements of what we never sent do no harm
  }
  if (const auto* disconnect = std::get_if<Disconnect>(&packet)) {
    if (options_.version == Version::k5) {
      return Error(
          ErrorCode::kUnavailable,
          with_reason_string("the broker disconnects: " + explain_reason(disconnect->reason),
                             disconnect->properties));
    }
  }
  return base::invalid("a packet that brokers do not send");
}

Result<void> Client::on_connack(const Connack& connack) {
  if (connack.reason != 0) {
    return Error(ErrorCode::kUnavailable,
                 with_reason_string("the broker refuses the connection: " +
                                        explain_connack(connack.reason, options_.version),
                                    connack.properties));
  }
  const Property* keep_alive = find_property(connack.properties, PropertyId::kServerKeepAlive);
  if (keep_alive != nullptr) keep_alive_ms_ = std::int64_t{keep_alive->number} * 1000;
  stats_.connects.add();
  connected_at_ms_ = uv_now(loop_);
  if (had_session_ && !connack.session_present) {
    stats_.lost_sessions.add();
    log(env::LogLevel::kWarning, "the broker has lost our session: what it held for us is gone");
  }
  had_session_ = options_.version == Version::k311 || options_.session_expiry_s > 0;
  if (say_connected_) {
    say_connected_ = false;
    log(env::LogLevel::kInfo, connack.session_present ? "connected, session resumed" : "connected");
  }
  if (options_.version == Version::k311 && connack.session_present) {
    run();
    set_connected(true);
  } else {
    phase_ = Phase::kSubscribing;
    subscribe(options_.filters);
  }
  arm_keep_alive();
  return {};
}

void Client::subscribe(const std::vector<std::string>& filters) {
  if (++next_packet_id_ == 0) next_packet_id_ = 1;
  subscribe_id_ = next_packet_id_;
  subscribing_ = filters;
  Subscribe subscribe;
  subscribe.packet_id = subscribe_id_;
  for (const std::string& filter : subscribing_) {
    subscribe.subscriptions.push_back({filter, options_.qos, false, false, 1});
  }
  encode(Packet(std::move(subscribe)), options_.version, connection_->write_buffer());
  flush();
}

Result<void> Client::on_suback(const Suback& suback) {
  if (suback.packet_id != subscribe_id_ || suback.reasons.size() != subscribing_.size()) {
    return base::invalid("SUBACK: does not answer our SUBSCRIBE");
  }
  subscribe_id_ = 0;
  refused_.clear();
  for (std::size_t i = 0; i < subscribing_.size(); ++i) {
    const auto reason = static_cast<std::uint8_t>(suback.reasons[i]);
    if (reason >= 0x80) {
      log(env::LogLevel::kError,
          with_reason_string("the broker refuses the subscription to \"" + subscribing_[i] +
                                 "\": " + explain_reason(reason),
                             suback.properties));
      refused_.push_back(subscribing_[i]);
    } else if (reason < options_.qos) {
      log(env::LogLevel::kWarning, "the broker grants \"" + subscribing_[i] + "\" with QoS " +
                                       std::to_string(reason) + " only: messages can be lost");
    }
  }
  run();
  if (refused_.size() < options_.filters.size()) set_connected(true);
  if (!refused_.empty()) arm_phase_timer(options_.retry.max_ms);
  return {};
}

void Client::run() {
  phase_ = Phase::kRunning;
  uv_timer_stop(&phase_timer_);
}

void Client::on_failed(Error error) { drop(error, false); }

void Client::drop(const Error& error, bool tell_broker) {
  const bool greeted = phase_ == Phase::kSubscribing || phase_ == Phase::kRunning;
  if (tell_broker && greeted && options_.version == Version::k5 &&
      error.code() != ErrorCode::kUnavailable) {
    Disconnect disconnect;
    disconnect.reason = reason_for(error.code());
    encode(Packet(std::move(disconnect)), options_.version, connection_->write_buffer());
    connection_->flush();
  }
  connection_->close();
  connection_ = nullptr;
  if (gathering_) gather_timer_.stop();
  gathering_ = false;
  uv_timer_stop(&keep_alive_timer_);
  stats_.failures.add();
  const std::uint64_t now = uv_now(loop_);
  const auto stable_ms = static_cast<std::uint64_t>(options_.retry.stable_ms);
  if (greeted && now - connected_at_ms_ >= stable_ms) retry_.on_stable();
  set_connected(false);
  phase_ = Phase::kWaiting;
  const std::int64_t delay_ms = retry_.next_delay_ms();
  std::uint64_t repeats = 0;
  if (retry_.should_log(error.message(), now, repeats)) {
    say_connected_ = true;
    std::string text = error.message();
    if (repeats > 0) text += " (" + std::to_string(repeats) + " times more since last said)";
    log(env::LogLevel::kWarning, text + "; next try in " + std::to_string(delay_ms) + " ms");
  }
  arm_phase_timer(delay_ms);
}

void Client::arm_phase_timer(std::int64_t delay_ms) {
  uv_timer_start(
      &phase_timer_, [](uv_timer_t* timer) { static_cast<Client*>(timer->data)->on_phase_timer(); },
      static_cast<std::uint64_t>(delay_ms), 0);
}

void Client::on_phase_timer() {
  const std::string bound = " within " + std::to_string(options_.connect_timeout_ms) + " ms";
  switch (phase_) {
    case Phase::kWaiting:
      connect();
      break;
    case Phase::kRunning:
      subscribe(refused_);
      break;
    case Phase::kConnecting:
      drop(Error(ErrorCode::kUnavailable, "no connection" + bound), false);
      break;
    case Phase::kGreeting:
      if (!reader_.can_receive()) {
        arm_phase_timer(options_.connect_timeout_ms);
        break;
      }
      drop(Error(ErrorCode::kUnavailable, "no CONNACK" + bound), false);
      break;
    case Phase::kSubscribing:
      // A stored session may pour in before the SUBACK: no reason to give up while we hold it back.
      if (!reader_.can_receive()) {
        arm_phase_timer(options_.connect_timeout_ms);
        break;
      }
      drop(Error(ErrorCode::kUnavailable, "no SUBACK" + bound), false);
      break;
    case Phase::kIdle:
    case Phase::kClosed:
      break;
  }
}

void Client::arm_keep_alive() {
  if (keep_alive_ms_ <= 0) return;
  const auto now = static_cast<std::int64_t>(uv_now(loop_));
  std::int64_t due = static_cast<std::int64_t>(last_sent_ms_) + keep_alive_ms_ * 3 / 4;
  if (ping_sent_ms_ != 0) {
    due = std::min(due, static_cast<std::int64_t>(ping_sent_ms_) + options_.ping_timeout_ms);
  }
  uv_timer_start(
      &keep_alive_timer_,
      [](uv_timer_t* timer) { static_cast<Client*>(timer->data)->on_keep_alive(); },
      static_cast<std::uint64_t>(std::max<std::int64_t>(due - now, 1)), 0);
}

void Client::on_keep_alive() {
  const std::uint64_t now = uv_now(loop_);
  // While we do not read, the broker's answer cannot arrive: its silence proves nothing.
  if (!reader_.can_receive()) ping_sent_ms_ = 0;
  if (ping_sent_ms_ != 0 &&
      now - ping_sent_ms_ >= static_cast<std::uint64_t>(options_.ping_timeout_ms)) {
    drop(Error(ErrorCode::kUnavailable,
               "no answer to a ping within " + std::to_string(options_.ping_timeout_ms) + " ms"),
         false);
    return;
  }
  if (now - last_sent_ms_ >= static_cast<std::uint64_t>(keep_alive_ms_ * 3 / 4)) {
    encode(Packet(Pingreq{}), options_.version, connection_->write_buffer());
    flush();
    if (ping_sent_ms_ == 0) ping_sent_ms_ = now;
  }
  arm_keep_alive();
}

void Client::set_connected(bool connected) {
  if (connected_ == connected) return;
  connected_ = connected;
  if (connected_callback_) connected_callback_(connected);
}

void Client::log(env::LogLevel level, const std::string& text) const {
  if (options_.log) options_.log(level, who() + ": " + text);
}

std::string Client::who() const {
  return options_.broker.to_string() + " as \"" + options_.client_id + "\"";
}

void Client::close(std::function<void()> closed) {
  LEAT_ASSERT(phase_ != Phase::kClosed);
  closed_callback_ = std::move(closed);
  if (phase_ == Phase::kIdle) {
    phase_ = Phase::kClosed;
    closing_ = 1;
    one_handle_less();
    return;
  }
  if (connection_ != nullptr) {
    if (phase_ == Phase::kSubscribing || phase_ == Phase::kRunning) {
      encode(Packet(Disconnect{}), options_.version, connection_->write_buffer());
      connection_->finish();
    } else {
      connection_->close();
    }
    connection_ = nullptr;
  }
  phase_ = Phase::kClosed;
  set_connected(false);
  closing_ = 3;
  for (uv_timer_t* timer : {&phase_timer_, &keep_alive_timer_}) {
    uv_close(as_handle(*timer),
             [](uv_handle_t* handle) { static_cast<Client*>(handle->data)->one_handle_less(); });
  }
  gather_timer_.close([this] { one_handle_less(); });
}

void Client::one_handle_less() {
  if (--closing_ > 0) return;
  const std::function<void()> closed = std::move(closed_callback_);
  closed();
}

}  // namespace leat::mqtt
