// What an MQTT sink has taken and not yet seen acknowledged: waiting, or sent.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace leat::mqtt {

struct Outgoing {
  std::string topic;
  std::string payload;
};

struct PublishLimits {
  // Sent and not acknowledged. Brokers with MQTT 5 commonly allow 20 (mosquitto's default), and
  // Paho 1.3 wakes up only once a second for what it holds back beyond that.
  std::size_t max_sent = 16;
  std::size_t max_held = 1000;  // with what waits: then the sink is full
  std::size_t max_held_bytes = 4 * 1024 * 1024;
};

// Thread-safe. Each sending of a message is an attempt with a number of its own, so what a library
// reports late about a connection that is gone cannot be mistaken. Attempts that a lost connection
// leaves unanswered are sent again, in order: at least once.
class PublishWindow {
 public:
  using Attempt = std::uint32_t;  // never 0
  explicit PublishWindow(PublishLimits limits) : limits_(limits) {}

  void add(Outgoing message);
  // The next message to send now, in order, with its attempt's number; null when there is none, the
  // window is full or there is no connection.
  std::shared_ptr<const Outgoing> next(Attempt& attempt);

  void on_connected();
  void on_connection_lost();
  bool connected() const;
  // The broker has it; false when the attempt is forgotten.
  bool acknowledge(Attempt attempt);
  // The broker refuses it for good.
  bool refuse(Attempt attempt);
  // It was not sent after all: it waits again, in its place.
  void retry(Attempt attempt);

  bool full() const;
  std::size_t held() const;
  std::uint64_t forwarded() const;
  std::uint64_t refused() const;

 private:
  struct Entry {
    std::uint64_t number = 0;  // the order of add()
    std::shared_ptr<const Outgoing> message;
  };
  bool forget(Attempt attempt);
  void wait_again(Entry entry);

  const PublishLimits limits_;
  mutable std::mutex mutex_;
  std::deque<Entry> waiting_;  // ascending by number
  std::map<Attempt, Entry> sent_;
  std::uint64_t next_number_ = 0;
  Attempt last_attempt_ = 0;
  std::size_t held_bytes_ = 0;
  bool connected_ = false;
  std::uint64_t forwarded_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace leat::mqtt
