// An MQTT 5 / 3.1.1 subscriber on a libuv loop that acknowledges when its owner says so.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <uv.h>
#include <vector>

#include "core/base/counter.h"
#include "core/env/clock.h"
#include "core/env/log.h"
#include "transports/mqtt/broker_address.h"
#include "transports/mqtt/chunk.h"
#include "transports/mqtt/chunk_reader.h"
#include "transports/mqtt/connection.h"
#include "transports/mqtt/micro_timer.h"
#include "transports/mqtt/packets.h"
#include "transports/mqtt/retry.h"

namespace leat::mqtt {

struct ClientOptions {
  BrokerAddress broker;
  TlsFiles tls;
  Version version = Version::k5;
  std::string client_id;  // not empty: the session is stored under it
  std::string username;   // empty: none
  std::string password;
  std::vector<std::string> filters;  // not empty
  std::uint8_t qos = 1;              // 0 or 1
  std::uint32_t session_expiry_s = 7 * 86400;
  std::uint16_t max_in_flight = 1000;         // Receive Maximum
  std::uint32_t max_packet_bytes = 1U << 20;  // what is larger is skipped, and counted
  std::uint16_t keep_alive_s = 30;
  std::int64_t connect_timeout_ms = 10'000;  // up to the SUBACK
  std::int64_t ping_timeout_ms = 10'000;
  RetryOptions retry;
  std::int64_t gather_us = 100;  // between two reads, for packets to pile up; 0: none
  std::size_t max_chunks = 16;   // handed over and not yet released; then reading stops
  std::uint64_t seed = 1;        // of the jitter
  env::Log log;
};

// Written on the loop's thread, read anywhere.
struct ClientStats {
  base::Counter messages;
  base::Counter bytes;
  base::Counter oversize;       // messages skipped because they are over the limit
  base::Counter connects;       // CONNACKs of success
  base::Counter failures;       // attempts and connections that ended in an error
  base::Counter lost_sessions;  // the broker no longer had the session of our last connection
  base::Counter acknowledged;   // PUBACKs written
  base::Counter stale;          // acknowledgements not sent: their connection is gone
};

// Connects, and goes on connecting: a broker that is away, refuses or talks nonsense is logged and
// tried again with growing, jittered pauses; it is never an error to the owner.
//
// Persistent session: clean start is off and the session outlives the connection by
// session_expiry_s (3.1.1: for as long as the broker keeps it). MQTT 5 subscribes on every
// connection with Retain Handling 1; 3.1.1 subscribes only when the broker has no session, since it
// would send the retained messages again. A QoS 1 message is delivered at least once: it comes
// again, on the next connection, until release() has acknowledged it.
//
// Everything runs on the loop's thread. Backpressure: when max_chunks are out, the socket is not
// read; PINGREQs still go out, so the broker keeps the connection.
class Client final : private ConnectionHandler, private ChunkReader::Owner {
 public:
  using TakeChunk = std::function<void(std::unique_ptr<Chunk>)>;

  // `take` gets what one read brought, in order, as soon as it is read.
  Client(uv_loop_t* loop, ClientOptions options, TakeChunk take);
  ~Client() override;  // only before start(), or after close() has called back
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Called with true when subscribed, with false when the connection is lost. Neither this callback
  // nor `take` may call close().
  void on_connected(std::function<void(bool)> callback) {
    connected_callback_ = std::move(callback);
  }

  // `clock` gives the time of arrival; it outlives the client.
  void start(const env::Clock* clock);
  // The messages of `chunk` are safe: their acknowledgements go out in the order of these calls,
  // many in one write, unless the connection they came on is gone (then the broker sends the
  // messages again). May be called from within `take`.
  void release(std::unique_ptr<Chunk> chunk);
  // Sends the acknowledgements gathered by release(). To be called after one or several of those.
  void flush();
  // Sends DISCONNECT and closes. `closed` is called when the loop holds nothing of this client.
  void close(std::function<void()> closed);

  const ClientStats& stats() const { return stats_; }

 private:
  enum class Phase { kIdle, kConnecting, kGreeting, kSubscribing, kRunning, kWaiting, kClosed };

  void on_open() override;
  std::span<char> read_buffer() override { return reader_.space(); }
  void on_read(std::size_t size) override;
  void on_failed(Error error) override;
  Result<void> on_frame(const Frame& frame) override;

  void connect();
  void say_connect();
  Result<void> on_connack(const Connack& connack);
  Result<void> on_suback(const Suback& suback);
  Result<void> on_packet(const Packet& packet);
  void subscribe(const std::vector<std::string>& filters);
  void run();
  void drop(const Error& error, bool tell_broker);
  void read_on();
  void start_gathering();
  void arm_phase_timer(std::int64_t delay_ms);
  void on_phase_timer();
  void arm_keep_alive();
  void on_keep_alive();
  void one_handle_less();
  void set_connected(bool connected);
  void log(env::LogLevel level, const std::string& text) const;
  std::string who() const;

  uv_loop_t* loop_;
  ClientOptions options_;
  const env::Clock* clock_ = nullptr;
  TakeChunk take_;
  std::function<void(bool)> connected_callback_;
  std::function<void()> closed_callback_;
  ClientStats stats_;
  Retry retry_;
  ChunkReader reader_;

  Phase phase_ = Phase::kIdle;
  Connection* connection_ = nullptr;
  std::uint64_t connection_number_ = 0;
  bool had_session_ = false;
  bool say_connected_ = true;  // the last failure was logged, so its end is too
  bool connected_ = false;
  std::uint16_t next_packet_id_ = 0;
  std::uint16_t subscribe_id_ = 0;
  std::vector<std::string> subscribing_;  // the filters of the SUBSCRIBE that waits for its SUBACK
  std::vector<std::string> refused_;      // to be tried again

  uv_timer_t phase_timer_{};
  uv_timer_t keep_alive_timer_{};
  MicroTimer gather_timer_;
  bool gathering_ = false;
  std::uint64_t connected_at_ms_ = 0;
  std::uint64_t last_sent_ms_ = 0;
  std::uint64_t ping_sent_ms_ = 0;  // 0: none outstanding
  std::int64_t keep_alive_ms_ = 0;
  int closing_ = 0;
};

}  // namespace leat::mqtt
