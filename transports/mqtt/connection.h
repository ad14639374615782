// One TCP or TLS connection to a broker on a libuv loop: resolve, connect, handshake, bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <uv.h>

#include "core/base/result.h"
#include "transports/mqtt/broker_address.h"
#include "transports/mqtt/tls_session.h"

namespace leat::mqtt {

// Whoever uses the connection. Called on the loop's thread; any call may close() the connection.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  // Bytes may be written and will be read from now on.
  virtual void on_open() = 0;
  // Where the next bytes go; not empty.
  virtual std::span<char> read_buffer() = 0;
  // That many bytes have been put there.
  virtual void on_read(std::size_t size) = 0;
  // The end, once; only close() may be called after it.
  virtual void on_failed(Error error) = 0;
};

// Used on the loop's thread. It deletes itself: whoever opened it calls close() exactly once and
// forgets it; the handler is not called after that. The loop runs until its handles are closed.
class Connection {
 public:
  // Begins to connect. Even what fails at once is reported from the loop, never from within open().
  static Connection* open(uv_loop_t* loop, const BrokerAddress& address, const TlsFiles& tls,
                          ConnectionHandler* handler);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Gathers bytes to send; flush() hands them to the system, in one write when it can take them.
  void write(std::string_view bytes) { outgoing_.append(bytes); }
  std::string& write_buffer() { return outgoing_; }
  void flush();

  // While paused nothing is read, so the broker is held back by TCP.
  void pause_reading();
  void resume_reading();

  void close();
  // Sends what is written, ends the sending direction, reads and throws away what still comes (a
  // socket closed over unread bytes would reset the connection, and the broker might lose the last
  // acknowledgements), and closes at the broker's end or after half a second.
  void finish();

 private:
  Connection(uv_loop_t* loop, BrokerAddress address, ConnectionHandler* handler);
  ~Connection();

  void start(const TlsFiles& tls);
  void resolve();
  void on_resolved(int status, addrinfo* addresses);
  void connect_next();
  void connect_to(const sockaddr* address);
  void on_connected(int status);
  void on_bytes(ssize_t size, const uv_buf_t* buffer);
  void on_ciphertext(std::string_view bytes);
  void deliver_plaintext();
  void deliver_records();
  void send(std::string bytes);
  void on_written(int status);
  void read_start();
  void fail(Error error);
  void fail_soon(Error error);
  void close_socket();
  void begin_shutdown();
  void release();  // one libuv request or handle less

  uv_loop_t* loop_;
  BrokerAddress address_;
  ConnectionHandler* handler_;
  std::unique_ptr<TlsSession> tls_;
  bool tls_ready_ = false;

  uv_tcp_t tcp_{};
  uv_timer_t timer_{};
  uv_getaddrinfo_t resolve_request_{};
  uv_connect_t connect_request_{};
  uv_write_t write_request_{};
  uv_shutdown_t shutdown_request_{};
  addrinfo* addresses_ = nullptr;
  addrinfo* next_address_ = nullptr;
  int pending_ = 0;  // handles and requests that libuv still holds

  std::string connect_error_;
  std::string outgoing_;
  std::string writing_;
  std::string ciphertext_;  // read buffer under TLS, and for what is thrown away
  Error failure_{ErrorCode::kInternal, ""};
  bool resolving_ = false;
  bool delivering_ = false;
  bool tcp_open_ = false;
  bool connected_ = false;
  bool writing_now_ = false;
  bool reading_ = false;
  bool paused_ = false;
  bool failed_ = false;
  bool closed_ = false;
  bool finishing_ = false;
};

}  // namespace leat::mqtt
