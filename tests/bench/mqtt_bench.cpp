// The mqtt source through a real mosquitto against a bare Paho C subscriber that only counts, in
// the same run: messages live as they are published, a stored session drained, and 100 readings in
// a message.
//
// usage: mqtt_bench [messages [repetitions]]     medians; the source's rows are parsed from JSON
#include <MQTTAsync.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/mqtt_publisher.h"
#include "tests/integration/mqtt_support.h"
#include "transports/mqtt/source.h"

namespace leat::testing {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kTopic[] = "plant/a/sensors/s1";

void check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "mqtt_bench: %s failed\n", what);
  std::exit(1);
}

// 71 bytes.
std::string reading(int i) {
  char text[128];
  std::snprintf(text, sizeof text,
                "{\"id\":\"sensor-%05d\",\"temperature\":%05.2f,\"ts\":%lld,\"line\":\"a\"}",
                i % 10000, 20.0 + (i % 1000) / 100.0, 1'700'000'000'000LL + i);
  return text;
}

std::string array_of(int i, int readings) {
  std::string text = "[";
  for (int n = 0; n < readings; ++n) text += (n > 0 ? "," : "") + reading(i * readings + n);
  return text + "]";
}

void publish_all(std::uint16_t port, const std::vector<std::string>& payloads, int messages) {
  MqttPublisher publisher(200);
  check(publisher.connect(port), "publisher");
  for (int i = 0; i < messages; ++i) {
    check(publisher.publish(kTopic, payloads[static_cast<std::size_t>(i) % payloads.size()]),
          "publish");
  }
  check(publisher.drain(), "drain");
}

// A subscriber: connects under one client id, so its session is kept from one to the next.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  virtual void wait_until_subscribed() = 0;
  // Until that many rows have come.
  virtual void receive(std::uint64_t rows) = 0;
  virtual SteadyClock::time_point first_at() const = 0;
};

class SourceSubscriber final : public Subscriber {
 public:
  SourceSubscriber(const std::string& url, int in_flight) {
    data::SchemaPtr schema = data::make_schema({{"id", data::kString},
                                                {"line", data::kString},
                                                {"temperature", data::kDouble},
                                                {"ts", data::kTimestamp}});
    schema_ = schema;
    formats::DecoderConfig format;
    format.format = "json";
    format.schema = schema;
    for (const data::Field& field : schema->fields()) {
      job::SourceField source;
      source.name = field.name;
      source.type = field.type;
      source.path = {field.name};
      format.fields.push_back(source);
    }
    mqtt::MqttSourceConfig config;
    config.broker = url;
    config.client_id = "bench-leat";
    config.max_in_flight = in_flight;
    config.topics = {"plant/{line}/sensors/+"};
    if (const char* gather = std::getenv("GATHER_US")) config.gather_us = std::atoi(gather);
    thread_.run([&] {
      auto made = mqtt::MqttSource::make(config, format, thread_.loop(),
                                         [](env::LogLevel level, std::string_view text) {
                                           if (level < env::LogLevel::kWarning) return;
                                           std::fprintf(stderr, "%s\n", std::string(text).c_str());
                                         });
      check(made.ok(), "source");
      source_ = std::move(made).value();
    });
    batch_.rows = data::Batch(schema_);
    ports::SourceContext context;
    context.waker = &waker_;
    context.clock = &clock_;
    check(source_->open(context).ok(), "open");
  }
  ~SourceSubscriber() override {
    const mqtt::ClientStats& stats = source_->stats();
    if (std::getenv("VERBOSE") != nullptr) {
      std::fprintf(stderr, "messages %llu in %llu polls\n",
                   static_cast<unsigned long long>(stats.messages.get()),
                   static_cast<unsigned long long>(polls_));
    }
    source_->close();
  }
  void wait_until_subscribed() override {
    while (!source_->connected()) waker_.wait();
  }
  void receive(std::uint64_t rows) override {
    while (rows_ < rows) {
      for (data::Column& column : batch_.rows.columns) column.clear();
      batch_.rows.event_times.clear();
      const auto status = source_->poll(512, batch_);
      check(status.ok() && batch_.bad.empty(), "poll");
      ++polls_;
      if (rows_ == 0 && batch_.rows.rows() > 0) first_at_ = SteadyClock::now();
      rows_ += batch_.rows.rows();
      source_->acknowledge();
      if (status.value() == ports::SourceStatus::kQuiet && rows_ < rows) waker_.wait();
    }
  }
  SteadyClock::time_point first_at() const override { return first_at_; }

 private:
  data::SchemaPtr schema_;
  RealClock clock_;
  WaitableWaker waker_;
  LoopThread thread_;
  std::unique_ptr<mqtt::MqttSource> source_;
  ports::SourceBatch batch_;
  std::uint64_t rows_ = 0;
  std::uint64_t polls_ = 0;
  SteadyClock::time_point first_at_;
};

class PahoSubscriber final : public Subscriber {
 public:
  PahoSubscriber(std::string url, int in_flight) {
    url.replace(0, 4, "tcp");
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
    create.MQTTVersion = MQTTVERSION_5;
    check(MQTTAsync_createWithOptions(&client_, url.c_str(), "bench-paho",
                                      MQTTCLIENT_PERSISTENCE_NONE, nullptr,
                                      &create) == MQTTASYNC_SUCCESS,
          "paho create");
    MQTTAsync_setCallbacks(client_, this, nullptr, &PahoSubscriber::arrived, nullptr);
    MQTTProperties properties = MQTTProperties_initializer;
    MQTTProperty expiry{};
    expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
    expiry.value.integer4 = 3600;
    MQTTProperties_add(&properties, &expiry);
    MQTTProperty receive_maximum{};
    receive_maximum.identifier = MQTTPROPERTY_CODE_RECEIVE_MAXIMUM;
    receive_maximum.value.integer2 = static_cast<std::uint16_t>(in_flight);
    MQTTProperties_add(&properties, &receive_maximum);
    MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer5;
    connect.cleanstart = 0;
    connect.connectProperties = &properties;
    connect.context = this;
    connect.onSuccess5 = [](void* context, MQTTAsync_successData5*) {
      auto* self = static_cast<PahoSubscriber*>(context);
      MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
      response.context = self;
      response.onSuccess5 = [](void* subscribed, MQTTAsync_successData5*) {
        static_cast<PahoSubscriber*>(subscribed)->subscribed_ = true;
      };
      MQTTAsync_subscribe(self->client_, "plant/+/sensors/+", 1, &response);
    };
    check(MQTTAsync_connect(client_, &connect) == MQTTASYNC_SUCCESS, "paho connect");
    MQTTProperties_free(&properties);
  }
  ~PahoSubscriber() override {
    MQTTAsync_disconnectOptions disconnect = MQTTAsync_disconnectOptions_initializer5;
    disconnect.timeout = 1000;
    MQTTAsync_disconnect(client_, &disconnect);
    while (MQTTAsync_isConnected(client_) != 0) std::this_thread::yield();
    MQTTAsync_destroy(&client_);
  }
  void wait_until_subscribed() override {
    while (!subscribed_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  void receive(std::uint64_t rows) override {
    while (count_ < rows) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  SteadyClock::time_point first_at() const override { return first_at_; }

 private:
  static int arrived(void* context, char* topic, int, MQTTAsync_message* message) {
    auto* self = static_cast<PahoSubscriber*>(context);
    if (self->count_ == 0) self->first_at_ = SteadyClock::now();
    self->count_.store(self->count_ + 1);
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }
  MQTTAsync client_ = nullptr;
  std::atomic<bool> subscribed_{false};
  std::atomic<std::uint64_t> count_{0};
  SteadyClock::time_point first_at_;
};

using Make = std::function<std::unique_ptr<Subscriber>(const std::string& url)>;

// mosquitto lets an MQTT 5 client raise its 20 messages in flight by a Receive Maximum; both
// subscribers ask for the same.
Make source(int in_flight) {
  return [in_flight](const std::string& url) {
    return std::make_unique<SourceSubscriber>(url, in_flight);
  };
}
Make paho(int in_flight) {
  return [in_flight](const std::string& url) {
    return std::make_unique<PahoSubscriber>(url, in_flight);
  };
}

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Rows a second, from the first one that arrives to the last.
double live(const Make& make, const std::vector<std::string>& payloads, int messages,
            int rows_each) {
  Mosquitto broker("allow_anonymous true\nmax_queued_messages 0\n");
  check(broker.start(), "mosquitto");
  const std::unique_ptr<Subscriber> subscriber = make(broker.url());
  subscriber->wait_until_subscribed();
  std::thread publishing([&] { publish_all(broker.port(), payloads, messages); });
  const auto rows = static_cast<std::uint64_t>(messages) * static_cast<std::uint64_t>(rows_each);
  subscriber->receive(rows);
  const double seconds = seconds_since(subscriber->first_at());
  publishing.join();
  return static_cast<double>(rows) / seconds;
}

double drain(const Make& make, const std::vector<std::string>& payloads, int messages) {
  Mosquitto broker("allow_anonymous true\nmax_queued_messages 0\n");
  check(broker.start(), "mosquitto");
  make(broker.url())->wait_until_subscribed();  // makes the session and leaves
  publish_all(broker.port(), payloads, messages);
  const auto start = SteadyClock::now();
  const std::unique_ptr<Subscriber> subscriber = make(broker.url());
  subscriber->receive(static_cast<std::uint64_t>(messages));
  return messages / seconds_since(start);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const char* name, int in_flight, int repetitions,
             const std::function<double(const Make&)>& measure, double target) {
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int i = 0; i < repetitions; ++i) {
    theirs.push_back(measure(paho(in_flight)));
    ours.push_back(measure(source(in_flight)));
  }
  const double ratio = median(ours) / median(theirs);
  std::printf("%-34s %12.0f %12.0f %7.2f %7.2f %s\n", name, median(ours), median(theirs), ratio,
              target, ratio >= target ? "" : "below");
  std::fflush(stdout);
}

}  // namespace
}  // namespace leat::testing

int main(int argc, char** argv) {
  using namespace leat::testing;
  const int messages = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 5;
  std::vector<std::string> single;
  std::vector<std::string> hundreds;
  for (int i = 0; i < 1000; ++i) single.push_back(reading(i));
  for (int i = 0; i < 100; ++i) hundreds.push_back(array_of(i, 100));
  std::printf("QoS 1 through mosquitto, %zu-byte readings, medians of %d, rows/s\n",
              single[0].size(), repetitions);
  std::printf("%-34s %12s %12s %7s %7s\n", "", "leat, parsed", "Paho counts", "ratio", "target");
  const auto measure_live = [&](const Make& make) { return live(make, single, messages, 1); };
  const auto measure_drain = [&](const Make& make) { return drain(make, single, messages); };
  compare("live, 20 in flight", 20, repetitions, measure_live, 1.3);
  compare("draining, 20 in flight", 20, repetitions, measure_drain, 2.0);
  compare("live, 1000 in flight", 1000, repetitions, measure_live, 1.3);
  compare("draining, 1000 in flight", 1000, repetitions, measure_drain, 2.0);
  std::vector<double> rates;
  for (int i = 0; i < repetitions; ++i) {
    rates.push_back(live(source(20), hundreds, std::max(messages / 4, 1), 100));
  }
  std::printf("%-34s %12.0f %12s %7s %7s target 2000000 %s\n", "100 in a message, 20 in flight",
              median(rates), "", "", "", median(rates) >= 2e6 ? "" : "below");
  return 0;
}
