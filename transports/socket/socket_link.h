// What lies between the two threads of a socket source: TCP on the loop's thread, the task that
// polls on its own, two rings of chunks between them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <uv.h>
#include <vector>

#include "core/base/counter.h"
#include "core/base/spsc_ring.h"
#include "core/env/clock.h"
#include "core/env/executor.h"
#include "core/env/log.h"
#include "transports/socket/address.h"
#include "transports/socket/backoff.h"
#include "transports/socket/chunk.h"

namespace leat::socket {

// On their way at most; then nothing is read.
inline constexpr std::size_t kMaxChunks = 32;

struct LinkOptions {
  Address address;
  bool listen = false;  // otherwise connect
  std::size_t max_connections = 64;
  std::int64_t connect_timeout_ms = 10'000;
  BackoffOptions backoff;
  std::uint64_t seed = 1;  // of the jitter
  env::Log log;
};

// Written on the loop's thread, read anywhere.
struct LinkStats {
  base::Counter connections;  // established
  base::Counter refused;      // over max_connections
  base::Counter failures;     // attempts that failed, and connections that broke
  base::Counter bytes;
};

// Chunks go to the task in the order they were read and come back empty. Every end of a connection
// is a chunk too. A peer that is away or goes away is logged and tried again; never an error.
//
// Lives as long as either side needs it: the loop's side holds it until its handles are closed.
class SocketLink : public std::enable_shared_from_this<SocketLink> {
 public:
  // On the loop's thread. Listening begins here, so that an address that cannot be had is an error
  // (kIo; the host is looked up and that is waited for); accepting begins with open().
  static Result<std::shared_ptr<SocketLink>> create(uv_loop_t* loop, LinkOptions options);
  ~SocketLink();

  // The task's thread, none after close().
  void open(env::Waker* waker, const env::Clock* clock);
  std::unique_ptr<Chunk> next();
  void give_back(std::unique_ptr<Chunk> chunk);  // wakes the loop when it waits for one
  void close();                                  // waits for nothing

  // Any thread.
  bool connected() const { return connected_.load(std::memory_order_acquire); }
  const LinkStats& stats() const { return stats_; }
  std::uint16_t port() const { return port_; }  // listening: the one it got

 private:
  struct Peer;
  SocketLink(uv_loop_t* loop, LinkOptions options);
  Result<void> listen();
  void on_wake();
  void start();
  void accept_one();
  void look_up();
  void on_looked_up(int status, addrinfo* found);
  void try_next_address();
  void on_connect(Peer* peer, int status);
  void retry_later(const std::string& reason);
  void on_timer();
  void establish(Peer* peer);
  void read_from(Peer* peer);
  void on_alloc(uv_buf_t* buffer);
  void on_read(Peer* peer, ssize_t size);
  void send(Peer* peer, std::size_t size, bool last);
  void drop(Peer* peer);
  void pause_or_resume();
  void close_all();
  void close_handle(uv_handle_t* handle);
  void close_peer(Peer* peer);
  void one_less();
  void log(env::LogLevel level, const std::string& text) const;

  uv_loop_t* loop_;
  LinkOptions options_;
  LinkStats stats_;
  std::uint16_t port_ = 0;
  std::shared_ptr<SocketLink> self_;  // the loop's share
  uv_async_t async_{};
  uv_timer_t timer_{};
  uv_tcp_t listener_{};
  uv_getaddrinfo_t lookup_{};
  bool looking_up_ = false;
  bool accept_pending_ = false;
  int open_handles_ = 0;
  std::vector<sockaddr_storage> addresses_;  // not tried yet, the next one last
  std::string last_failure_;
  Backoff backoff_;
  Peer* connecting_ = nullptr;
  std::unordered_map<std::uint64_t, Peer*> peers_;
  std::uint64_t next_connection_ = 1;
  std::vector<std::unique_ptr<Chunk>> spare_;
  std::unique_ptr<Chunk> filling_;
  std::size_t chunks_out_ = 0;
  bool paused_ = false;
  bool started_ = false;
  bool closing_ = false;

  base::SpscRing<std::unique_ptr<Chunk>> received_;
  base::SpscRing<std::unique_ptr<Chunk>> returned_;
  std::atomic<bool> connected_{false};
  std::atomic<bool> waits_for_chunks_{false};

  // Written before the wake-up that makes them known.
  env::Waker* waker_ = nullptr;
  const env::Clock* clock_ = nullptr;
  std::atomic<bool> open_{false};
  // Held over "flag set and loop woken", so that the loop's side does not close its handle between.
  std::mutex close_mutex_;
  bool close_wanted_ = false;
};

}  // namespace leat::socket
