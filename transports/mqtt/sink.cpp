#include "transports/mqtt/sink.h"

#include <chrono>

#include "transports/mqtt/credentials.h"

namespace leat::mqtt {

namespace {

constexpr std::int64_t kRepeatLogNs = 30'000'000'000;

}  // namespace

MqttSink::MqttSink(const MqttSinkConfig& config, TopicTemplate topic,
                   std::unique_ptr<formats::Encoder> encoder, env::Log log)
    : topic_(std::move(topic)),
      encoder_(std::move(encoder)),
      log_(std::move(log)),
      close_timeout_ms_(config.close_timeout_ms),
      window_(config.limits) {}

MqttSink::~MqttSink() = default;

Result<std::unique_ptr<MqttSink>> MqttSink::make(const MqttSinkConfig& config,
                                                 const data::Schema& schema,
                                                 std::unique_ptr<formats::Encoder> encoder,
                                                 env::Log log) {
  if (config.qos != 0 && config.qos != 1) return base::invalid("qos: expected 0 or 1");
  LEAT_TRY(check_client_id(config.client_id));
  LEAT_TRY(check_username(config.username));
  LEAT_TRY_ASSIGN(TopicTemplate topic, TopicTemplate::make(config.topic, schema));
  PublisherOptions options;
  LEAT_TRY_ASSIGN(options.broker, parse_broker_address(config.broker));
  LEAT_TRY_ASSIGN(options.password, read_password(config.username, config.password_file));
  if (config.tls.cert.empty() != config.tls.key.empty()) {
    return base::invalid("tls: cert and key belong together; one of them is missing");
  }
  options.tls = config.tls;
  options.version = config.version;
  options.client_id = config.client_id;
  options.username = config.username;
  options.qos = config.qos;
  options.retain = config.retain;
  options.retry = config.retry;
  options.seed = config.seed;
  std::unique_ptr<MqttSink> sink(
      new MqttSink(config, std::move(topic), std::move(encoder), std::move(log)));
  sink->name_ = options.broker.to_string();
  MqttSink* self = sink.get();
  LEAT_TRY_ASSIGN(sink->publisher_, PahoPublisher::make(
                                        std::move(options), &sink->window_,
                                        [self] { self->on_progress(); }, sink->log_));
  return sink;
}

Result<void> MqttSink::open(const ports::SinkContext& context) {
  context_ = context;
  publisher_->start();
  return {};
}

Result<void> MqttSink::write(const data::Batch& rows) {
  std::string problem;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Outgoing message;
    if (!topic_.render(rows, row, message.topic, problem)) {
      refuse(problem);
      continue;
    }
    encoder_->encode(rows, row, message.payload);
    window_.add(std::move(message));
  }
  return flush();
}

Result<void> MqttSink::flush() {
  publisher_->pump();
  count();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    was_full_ = true;
  }
  // What was acknowledged between the two would otherwise wake nobody.
  if (!window_.full()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    was_full_ = false;
  }
  return {};
}

// On a thread of Paho's.
void MqttSink::on_progress() {
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool full = window_.full();
    wake = (was_full_ && !full) || window_.held() == 0;
    if (!full) was_full_ = false;
  }
  progress_.notify_all();
  if (wake && context_.waker != nullptr) context_.waker->wake();
}

void MqttSink::refuse(const std::string& problem) {
  ++bad_topics_;
  const std::int64_t now = context_.clock != nullptr ? context_.clock->monotonic_ns() : 0;
  if (problem == last_problem_ && now - problem_logged_ns_ < kRepeatLogNs) return;
  last_problem_ = problem;
  problem_logged_ns_ = now;
  if (log_) log_(env::LogLevel::kWarning, name_ + ": a row is not published: " + problem);
}

// Counters have one writer, the task's thread; the window is filled by others.
void MqttSink::count() {
  if (context_.ledger == nullptr) return;
  context_.ledger->forwarded.set(window_.forwarded());
  context_.ledger->errors.set(window_.refused() + bad_topics_);
  context_.ledger->in_outbox.set(window_.held());
}

Result<void> MqttSink::close() {
  if (!publisher_) return {};
  publisher_->pump();
  {
    std::unique_lock<std::mutex> lock(mutex_);
    progress_.wait_for(lock, std::chrono::milliseconds(close_timeout_ms_),
                       [this] { return window_.held() == 0; });
  }
  publisher_.reset();
  const std::size_t left = window_.held();
  count();
  if (left == 0) return {};
  if (context_.ledger != nullptr) {
    context_.ledger->in_outbox.set(0);
    context_.ledger->dropped.add(left);
  }
  if (log_) {
    log_(env::LogLevel::kError, name_ + ": closed with " + std::to_string(left) +
                                    " rows that the broker has not acknowledged");
  }
  return {};
}

}  // namespace leat::mqtt
