// An MqttSource on a loop thread with a trivial decoder, polled by the test's thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "tests/integration/mqtt_support.h"
#include "transports/mqtt/source.h"

namespace leat::testing {

// The payload is the field `line`; what the topic binds goes to its field.
class LineDecoder final : public formats::Decoder {
 public:
  void decode(std::string_view payload, const formats::MessageInfo& info,
              ports::SourceBatch& out) override {
    std::string_view id;
    for (const formats::BoundText& bound : info.bound) {
      if (bound.field == 1) id = bound.text;
    }
    out.rows.columns[0].append_text(payload);
    out.rows.columns[1].append_text(id);
    out.rows.close_row(info.received_ms);
  }
};

inline data::SchemaPtr line_schema() {
  return data::make_schema({{"line", data::kString}, {"id", data::kString}});
}

class SourceRig {
 public:
  explicit SourceRig(mqtt::MqttSourceConfig config) {
    if (config.topics.empty()) config.topics = {"t/{id}"};
    if (config.client_id.empty()) config.client_id = "leat-test";
    thread_.run([&] {
      auto made = mqtt::MqttSource::make(
          config, line_schema(), std::make_unique<LineDecoder>(), thread_.loop(),
          [this](env::LogLevel, std::string_view text) { log_.add(text); });
      LEAT_ASSERT(made.ok());
      source_ = std::move(made).value();
    });
    ports::SourceContext context;
    context.waker = &waker_;
    context.clock = &clock_;
    LEAT_ASSERT(source_->open(context).ok());
  }
  ~SourceRig() { source_->close(); }
  SourceRig(const SourceRig&) = delete;
  SourceRig& operator=(const SourceRig&) = delete;

  mqtt::MqttSource& source() { return *source_; }
  LogLines& log() { return log_; }
  ports::SourceBatch& batch() { return batch_; }

  // Polls once, counts the lines, keeps the bad records; acknowledges unless told not to.
  void step(bool acknowledge = true) {
    batch_ = ports::SourceBatch();
    batch_.rows = data::Batch(line_schema());
    const Result<ports::SourceStatus> status = source_->poll(500, batch_);
    LEAT_ASSERT(status.ok());
    for (std::size_t row = 0; row < batch_.rows.rows(); ++row) {
      ++lines[std::string(batch_.rows.columns[0].text(row))];
      ids[std::string(batch_.rows.columns[0].text(row))] = batch_.rows.columns[1].text(row);
      ++rows;
    }
    for (ports::BadRecord& record : batch_.bad) bad.push_back(std::move(record));
    if (acknowledge) source_->acknowledge();
    if (status.value() == ports::SourceStatus::kQuiet) waker_.wait();
  }
  // Steps until it holds; false after a long time in which it did not.
  bool until(const std::function<bool()>& condition, bool acknowledge = true) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      step(acknowledge);
    }
    return true;
  }
  bool until_connected() {
    return until([this] { return source_->connected(); });
  }

  std::map<std::string, int> lines;        // how often each came
  std::map<std::string, std::string> ids;  // line -> what the topic bound
  std::vector<ports::BadRecord> bad;
  std::size_t rows = 0;

 private:
  LogLines log_;
  RealClock clock_;
  WaitableWaker waker_;
  LoopThread thread_;
  std::unique_ptr<mqtt::MqttSource> source_;
  ports::SourceBatch batch_;
};

inline mqtt::MqttSourceConfig fast_retry(std::string broker) {
  mqtt::MqttSourceConfig config;
  config.broker = std::move(broker);
  config.retry.min_ms = 10;
  config.retry.max_ms = 200;
  return config;
}

}  // namespace leat::testing
