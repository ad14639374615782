#include "transports/mqtt/paho_publisher.h"

#include <chrono>
#include <condition_variable>
#include <mqtt/async_client.h>
#include <mutex>
#include <optional>
#include <thread>

#include "transports/mqtt/reason.h"

namespace leat::mqtt {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kGoodbye = std::chrono::milliseconds(500);

std::string paho_url(const BrokerAddress& broker) {
  const bool is_ipv6 = broker.host.find(':') != std::string::npos;
  return std::string(broker.tls ? "ssl://" : "tcp://") +
         (is_ipv6 ? "[" + broker.host + "]" : broker.host) + ":" + std::to_string(broker.port);
}

int paho_version(Version version) {
  return version == Version::k5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
}

::mqtt::connect_options connect_options(const PublisherOptions& options) {
  ::mqtt::connect_options connect;
  connect.set_mqtt_version(paho_version(options.version));
  if (options.version == Version::k5) {
    connect.set_clean_start(true);
  } else {
    connect.set_clean_session(true);
  }
  connect.set_keep_alive_interval(30);
  connect.set_connect_timeout(10);
  connect.set_automatic_reconnect(false);
  if (!options.username.empty()) connect.set_user_name(options.username);
  if (!options.password.empty()) connect.set_password(options.password);
  if (options.broker.tls) {
    ::mqtt::ssl_options tls;
    tls.set_trust_store(options.tls.ca.empty() ? "/etc/ssl/certs/ca-certificates.crt"
                                               : options.tls.ca);
    if (!options.tls.cert.empty()) tls.set_key_store(options.tls.cert);
    if (!options.tls.key.empty()) tls.set_private_key(options.tls.key);
    tls.set_enable_server_cert_auth(true);
    tls.set_verify(true);
    connect.set_ssl(tls);
  }
  return connect;
}

class Listener final : public ::mqtt::iaction_listener {
 public:
  using Function = std::function<void(const ::mqtt::token&)>;
  Listener(Function success, Function failure)
      : success_(std::move(success)), failure_(std::move(failure)) {}
  void on_success(const ::mqtt::token& token) override { success_(token); }
  void on_failure(const ::mqtt::token& token) override { failure_(token); }

 private:
  Function success_;
  Function failure_;
};

// The broker's reason, or 0 when it gave none: Paho puts 0xff where there is no MQTT 5 reason.
std::uint8_t reason_of(const ::mqtt::token& token) {
  const auto reason = static_cast<std::uint8_t>(token.get_reason_code());
  return reason == 0xff ? 0 : reason;
}

::mqtt::create_options create_options(const PublisherOptions& options) {
  ::mqtt::create_options create(paho_version(options.version));
  // The window bounds what is sent; Paho's own bound would only turn a burst into an error.
  create.set_max_buffered_messages(10'000);
  return create;
}

PublishWindow::Attempt attempt_of(const ::mqtt::token& token) {
  return static_cast<PublishWindow::Attempt>(
      reinterpret_cast<std::uintptr_t>(token.get_user_context()));
}

void* context_of(PublishWindow::Attempt attempt) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(attempt));
}

}  // namespace

class PahoPublisher::Impl {
 public:
  Impl(PublisherOptions options, PublishWindow* window, std::function<void()> progress,
       env::Log log)
      : options_(std::move(options)),
        window_(window),
        progress_(std::move(progress)),
        log_(std::move(log)),
        retry_(options_.retry, options_.seed),
        connecting_([this](const ::mqtt::token&) { on_connected(); },
                    [this](const ::mqtt::token& token) { on_connect_failed(token); }),
        publishing_([this](const ::mqtt::token& token) { on_published(token); },
                    [this](const ::mqtt::token& token) { on_publish_failed(token); }),
        client_(paho_url(options_.broker), options_.client_id, create_options(options_),
                static_cast<::mqtt::iclient_persistence*>(nullptr)) {
    client_.set_connection_lost_handler(
        [this](const std::string& cause) { on_lost(cause.empty() ? "connection lost" : cause); });
    client_.set_disconnected_handler([this](const ::mqtt::properties&, ::mqtt::ReasonCode reason) {
      on_lost("the broker disconnects: " + explain_reason(static_cast<std::uint8_t>(reason)));
    });
  }

  ~Impl() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    try {
      if (client_.is_connected()) client_.disconnect(kGoodbye)->wait_for(kGoodbye);
    } catch (const std::exception&) {  // it was lost meanwhile
    }
  }

  void start() {
    connect_at_ = SteadyClock::now();
    thread_ = std::thread([this] { supervise(); });
  }

  // Only one thread pumps at a time, so messages keep their order; another one asks it to look
  // again. Paho is called without a lock held: it calls back holding one of its own.
  void pump() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      pump_again_ = true;
      if (pumping_) return;
      pumping_ = true;
    }
    while (true) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!pump_again_) {
          pumping_ = false;
          return;
        }
        pump_again_ = false;
      }
      PublishWindow::Attempt attempt = 0;
      while (const std::shared_ptr<const Outgoing> message = window_->next(attempt)) {
        if (!publish(*message, attempt)) break;
      }
    }
  }

 private:
  bool publish(const Outgoing& message, PublishWindow::Attempt attempt) {
    try {
      client_.publish(message.topic, message.payload.data(), message.payload.size(), options_.qos,
                      options_.retain, context_of(attempt), publishing_);
      return true;
    } catch (const std::exception& error) {
      window_->retry(attempt);
      // A connection that is gone reports itself; anything else must not leave the row lying.
      if (client_.is_connected()) on_lost(error.what());
      return false;
    }
  }

  void supervise() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      if (!connect_at_) {
        changed_.wait(lock);
      } else if (SteadyClock::now() < *connect_at_) {
        changed_.wait_until(lock, *connect_at_);
      } else {
        connect_at_.reset();
        lock.unlock();
        connect();
        lock.lock();
      }
    }
  }

  void connect() {
    try {
      // After a failure in publish() the library may still think that it is connected.
      if (client_.is_connected()) client_.disconnect(kGoodbye)->wait_for(kGoodbye);
      client_.connect(connect_options(options_), nullptr, connecting_);
    } catch (const std::exception& error) {
      on_lost(error.what());
    }
  }

  void on_connected() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      connected_at_ = SteadyClock::now();
      if (say_connected_) log(env::LogLevel::kInfo, "connected");
      say_connected_ = false;
    }
    window_->on_connected();
    pump();
    progress_();
  }

  void on_connect_failed(const ::mqtt::token& token) {
    const int code = token.get_return_code();
    const std::uint8_t reason = reason_of(token);
    if (reason >= 0x80) {
      on_lost("the broker refuses the connection: " + explain_connack(reason, options_.version));
    } else if (code > 0 && code <= 5) {
      on_lost("the broker refuses the connection: " +
              explain_connack(static_cast<std::uint8_t>(code), Version::k311));
    } else {
      // -1 is all it says of a TCP or TLS connection that does not come about.
      const char* text = code == MQTTASYNC_FAILURE ? nullptr : MQTTAsync_strerror(code);
      on_lost(text == nullptr ? "no connection" : std::string("no connection: ") + text);
    }
  }

  void on_lost(const std::string& why) {
    window_->on_connection_lost();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_ || connect_at_) return;
      const auto now = SteadyClock::now();
      const auto stable = std::chrono::milliseconds(options_.retry.stable_ms);
      if (connected_at_ && now - *connected_at_ >= stable) retry_.on_stable();
      connected_at_.reset();
      const std::int64_t delay_ms = retry_.next_delay_ms();
      connect_at_ = now + std::chrono::milliseconds(delay_ms);
      const auto now_ms = static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
      std::uint64_t repeats = 0;
      if (retry_.should_log(why, now_ms, repeats)) {
        say_connected_ = true;
        log(env::LogLevel::kWarning, why + "; next try in " + std::to_string(delay_ms) + " ms");
      }
      changed_.notify_all();
    }
    progress_();
  }

  void on_published(const ::mqtt::token& token) {
    if (!window_->acknowledge(attempt_of(token))) return;
    pump();
    progress_();
  }

  void on_publish_failed(const ::mqtt::token& token) {
    const std::uint8_t reason = reason_of(token);
    if (reason < 0x80) {
      window_->retry(attempt_of(token));
      pump();
    } else if (window_->refuse(attempt_of(token))) {
      log_refusal("the broker refuses a message: " + explain_reason(reason));
      pump();
      progress_();
    }
  }

  void log_refusal(const std::string& text) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto now = SteadyClock::now();
    if (text == last_refusal_ && now - refusal_logged_at_ < std::chrono::seconds(30)) return;
    last_refusal_ = text;
    refusal_logged_at_ = now;
    log(env::LogLevel::kError, text);
  }

  void log(env::LogLevel level, const std::string& text) const {
    if (log_) {
      log_(level, options_.broker.to_string() + " as \"" + options_.client_id + "\": " + text);
    }
  }

  const PublisherOptions options_;
  PublishWindow* const window_;
  const std::function<void()> progress_;
  const env::Log log_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Retry retry_;
  std::optional<SteadyClock::time_point> connect_at_;
  std::optional<SteadyClock::time_point> connected_at_;
  std::string last_refusal_;
  SteadyClock::time_point refusal_logged_at_;
  bool say_connected_ = true;
  bool stopping_ = false;
  bool pumping_ = false;
  bool pump_again_ = false;
  std::thread thread_;

  Listener connecting_;
  Listener publishing_;
  ::mqtt::async_client client_;  // destroyed first: it calls the others
};

PahoPublisher::PahoPublisher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PahoPublisher::~PahoPublisher() = default;

Result<std::unique_ptr<PahoPublisher>> PahoPublisher::make(PublisherOptions options,
                                                           PublishWindow* window,
                                                           std::function<void()> progress,
                                                           env::Log log) {
  try {
    return std::unique_ptr<PahoPublisher>(new PahoPublisher(
        std::make_unique<Impl>(std::move(options), window, std::move(progress), std::move(log))));
  } catch (const std::exception& error) {
    return Error(ErrorCode::kInternal, std::string("mqtt: ") + error.what());
  }
}

void PahoPublisher::start() { impl_->start(); }
void PahoPublisher::pump() { impl_->pump(); }

}  // namespace leat::mqtt
