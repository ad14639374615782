// The `mqtt` sink: a message for each row, at least once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "core/env/log.h"
#include "core/ports/sink.h"
#include "transports/formats/encoder.h"
#include "transports/mqtt/paho_publisher.h"
#include "transports/mqtt/topic_template.h"

namespace leat::mqtt {

// The keys of the job file, as plain values.
struct MqttSinkConfig {
  std::string broker = "mqtt://localhost:1883";
  std::string topic;  // {field} is replaced from the row
  int qos = 1;        // 0 or 1
  bool retain = false;
  std::string client_id;  // required; two clients of one id throw each other out
  Version version = Version::k5;
  std::string username;
  std::string password_file;
  TlsFiles tls;
  PublishLimits limits;
  std::int64_t close_timeout_ms = 5000;  // close() waits that long for acknowledgements
  std::uint64_t seed = 1;
  RetryOptions retry;
};

// A row is forwarded when the broker has acknowledged it (QoS 0: when it was written). A broker
// that is away is no error: rows are held, up to `limits`, then ready() is false. A row whose topic
// cannot be, or that the broker refuses for good, counts as an error of the ledger and is logged.
class MqttSink final : public ports::Sink {
 public:
  static Result<std::unique_ptr<MqttSink>> make(const MqttSinkConfig& config,
                                                const data::Schema& schema,
                                                std::unique_ptr<formats::Encoder> encoder,
                                                env::Log log);
  ~MqttSink() override;

  Result<void> open(const ports::SinkContext& context) override;
  bool ready() const override { return !window_.full(); }
  Result<void> write(const data::Batch& rows) override;
  Result<void> flush() override;
  std::size_t in_flight() const override { return window_.held(); }
  // Waits for what is in flight, at most close_timeout_ms; the rest is dropped, counted and logged.
  Result<void> close() override;

 private:
  MqttSink(const MqttSinkConfig& config, TopicTemplate topic,
           std::unique_ptr<formats::Encoder> encoder, env::Log log);
  void on_progress();
  void refuse(const std::string& problem);
  void count();

  TopicTemplate topic_;
  std::unique_ptr<formats::Encoder> encoder_;
  env::Log log_;
  std::string name_;
  std::int64_t close_timeout_ms_;
  ports::SinkContext context_;
  PublishWindow window_;
  std::uint64_t bad_topics_ = 0;
  std::string last_problem_;
  std::int64_t problem_logged_ns_ = 0;

  std::mutex mutex_;
  std::condition_variable progress_;
  bool was_full_ = false;  // guarded by mutex_: the task waits for room
  std::unique_ptr<PahoPublisher> publisher_;
};

}  // namespace leat::mqtt
