#include "transports/mqtt/connection.h"

#include <cstring>

namespace leat::mqtt {

namespace {

constexpr std::size_t kCiphertextBytes = 32 * 1024;
constexpr std::uint64_t kFinishMs = 500;

uv_stream_t* stream(uv_tcp_t& tcp) { return reinterpret_cast<uv_stream_t*>(&tcp); }
uv_handle_t* handle(uv_tcp_t& tcp) { return reinterpret_cast<uv_handle_t*>(&tcp); }
uv_handle_t* handle(uv_timer_t& timer) { return reinterpret_cast<uv_handle_t*>(&timer); }

template <class T>
Connection* self_of(T* owner) {
  return static_cast<Connection*>(owner->data);
}

}  // namespace

Connection::Connection(uv_loop_t* loop, BrokerAddress address, ConnectionHandler* handler)
    : loop_(loop), address_(std::move(address)), handler_(handler) {
  for (void** data : {&tcp_.data, &timer_.data, &resolve_request_.data, &connect_request_.data,
                      &write_request_.data, &shutdown_request_.data}) {
    *data = this;
  }
}

Connection::~Connection() {
  if (addresses_ != nullptr) uv_freeaddrinfo(addresses_);
}

Connection* Connection::open(uv_loop_t* loop, const BrokerAddress& address, const TlsFiles& tls,
                             ConnectionHandler* handler) {
  auto* connection = new Connection(loop, address, handler);
  connection->start(tls);
  return connection;
}

void Connection::start(const TlsFiles& tls) {
  uv_timer_init(loop_, &timer_);
  ++pending_;
  if (address_.tls) {
    Result<std::unique_ptr<TlsSession>> session = TlsSession::create(tls, address_.host);
    if (!session.ok()) {
      fail_soon(session.error());
      return;
    }
    tls_ = std::move(session).value();
  }
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  // An address needs no resolver, whose first use starts libuv's thread pool.
  if (uv_ip4_addr(address_.host.c_str(), address_.port, &v4) == 0) {
    connect_to(reinterpret_cast<const sockaddr*>(&v4));
  } else if (uv_ip6_addr(address_.host.c_str(), address_.port, &v6) == 0) {
    connect_to(reinterpret_cast<const sockaddr*>(&v6));
  } else {
    resolve();
  }
}

void Connection::resolve() {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  const std::string port = std::to_string(address_.port);
  const int code = uv_getaddrinfo(
      loop_, &resolve_request_,
      [](uv_getaddrinfo_t* request, int status, addrinfo* addresses) {
        self_of(request)->on_resolved(status, addresses);
      },
      address_.host.c_str(), port.c_str(), &hints);
  if (code != 0) {
    fail_soon(Error(ErrorCode::kUnavailable, std::string("resolver: ") + uv_strerror(code)));
    return;
  }
  resolving_ = true;
  ++pending_;
}

void Connection::on_resolved(int status, addrinfo* addresses) {
  resolving_ = false;
  addresses_ = addresses;
  next_address_ = addresses;
  if (!closed_) {
    if (status != 0) {
      fail(Error(ErrorCode::kUnavailable, std::string("host name: ") + uv_strerror(status)));
    } else {
      connect_next();
    }
  }
  release();
}

void Connection::connect_next() {
  if (next_address_ == nullptr) {
    fail(Error(ErrorCode::kUnavailable,
               connect_error_.empty() ? "host name: no address" : connect_error_));
    return;
  }
  const sockaddr* address = next_address_->ai_addr;
  next_address_ = next_address_->ai_next;
  connect_to(address);
}

void Connection::connect_to(const sockaddr* address) {
  int code = uv_tcp_init(loop_, &tcp_);
  if (code == 0) {
    tcp_open_ = true;
    ++pending_;
    code = uv_tcp_connect(&connect_request_, &tcp_, address, [](uv_connect_t* request, int status) {
      self_of(request)->on_connected(status);
    });
  }
  if (code != 0) {
    fail_soon(Error(ErrorCode::kUnavailable, std::string("connect: ") + uv_strerror(code)));
    return;
  }
  ++pending_;
}

void Connection::on_connected(int status) {
  if (closed_) {
    release();
    return;
  }
  if (status != 0) {
    connect_error_ = uv_strerror(status);
    tcp_open_ = false;
    uv_close(handle(tcp_), [](uv_handle_t* closing) {
      Connection* self = self_of(closing);
      if (!self->closed_) self->connect_next();
      self->release();
    });
    release();
    return;
  }
  connected_ = true;
  uv_tcp_nodelay(&tcp_, 1);
  read_start();
  if (tls_) {
    on_ciphertext({});  // sends the ClientHello
  } else {
    handler_->on_open();
  }
  release();
}

void Connection::read_start() {
  if (reading_ || !connected_ || failed_) return;
  if (paused_ && (!tls_ || tls_ready_)) return;  // a handshake is no data
  const int code = uv_read_start(
      stream(tcp_),
      [](uv_handle_t* owner, std::size_t, uv_buf_t* buffer) {
        Connection* self = self_of(owner);
        if (self->tls_ || self->finishing_ || self->closed_) {
          self->ciphertext_.resize(kCiphertextBytes);
          *buffer = uv_buf_init(self->ciphertext_.data(), kCiphertextBytes);
        } else {
          const std::span<char> space = self->handler_->read_buffer();
          LEAT_ASSERT(!space.empty());
          *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
        }
      },
      [](uv_stream_t* owner, ssize_t size, const uv_buf_t* buffer) {
        self_of(owner)->on_bytes(size, buffer);
      });
  if (code != 0) {
    fail_soon(Error(ErrorCode::kUnavailable, std::string("read: ") + uv_strerror(code)));
    return;
  }
  reading_ = true;
}

void Connection::on_bytes(ssize_t size, const uv_buf_t* buffer) {
  if (size == 0) return;
  if (finishing_) {
    if (size < 0) close_socket();
    return;
  }
  if (closed_) return;
  if (size == UV_EOF) {
    fail(Error(ErrorCode::kUnavailable, "the broker closed the connection"));
  } else if (size < 0) {
    fail(Error(ErrorCode::kUnavailable, uv_strerror(static_cast<int>(size))));
  } else if (tls_) {
    on_ciphertext(std::string_view(buffer->base, static_cast<std::size_t>(size)));
  } else {
    handler_->on_read(static_cast<std::size_t>(size));
  }
}

void Connection::on_ciphertext(std::string_view bytes) {
  tls_->feed(bytes);
  if (!tls_ready_) {
    const Result<bool> done = tls_->handshake();
    flush();  // an alert too
    if (!done.ok()) {
      fail(done.error());
      return;
    }
    if (!done.value()) return;
    tls_ready_ = true;
    if (paused_) pause_reading();
    handler_->on_open();
  }
  deliver_plaintext();
}

// Fills the handler's buffer with as many records as there are before it is told.
void Connection::deliver_plaintext() {
  if (delivering_) return;  // the handler paused and resumed from within on_read
  delivering_ = true;
  deliver_records();
  delivering_ = false;
}

void Connection::deliver_records() {
  bool more = true;
  while (more && !closed_ && !failed_ && !paused_) {
    const std::span<char> space = handler_->read_buffer();
    std::size_t filled = 0;
    while (filled < space.size()) {
      const Result<std::size_t> n = tls_->read(space.subspan(filled));
      if (!n.ok()) {
        if (filled > 0) handler_->on_read(filled);
        if (!closed_) fail(n.error());
        return;
      }
      more = n.value() > 0;
      if (!more) break;
      filled += n.value();
    }
    if (filled > 0) handler_->on_read(filled);
  }
}

void Connection::flush() {
  if (failed_ || !connected_ || writing_now_) return;
  std::string bytes;
  if (tls_) {
    if (tls_ready_ && !outgoing_.empty()) {
      const Result<void> written = tls_->write(outgoing_);
      outgoing_.clear();
      if (!written.ok()) {
        fail_soon(written.error());
        return;
      }
    }
    bytes.swap(tls_->outgoing());
    if (!bytes.empty()) send(std::move(bytes));
    return;
  }
  if (outgoing_.empty()) return;
  uv_buf_t buffer = uv_buf_init(outgoing_.data(), static_cast<unsigned>(outgoing_.size()));
  const int n = uv_try_write(stream(tcp_), &buffer, 1);
  if (n >= 0 && static_cast<std::size_t>(n) == outgoing_.size()) {
    outgoing_.clear();
    return;
  }
  if (n > 0) outgoing_.erase(0, static_cast<std::size_t>(n));
  bytes.swap(outgoing_);
  send(std::move(bytes));
}

void Connection::send(std::string bytes) {
  writing_ = std::move(bytes);
  const uv_buf_t buffer = uv_buf_init(writing_.data(), static_cast<unsigned>(writing_.size()));
  const int code =
      uv_write(&write_request_, stream(tcp_), &buffer, 1,
               [](uv_write_t* request, int status) { self_of(request)->on_written(status); });
  if (code != 0) {
    fail_soon(Error(ErrorCode::kUnavailable, std::string("write: ") + uv_strerror(code)));
    return;
  }
  writing_now_ = true;
  ++pending_;
}

void Connection::on_written(int status) {
  writing_now_ = false;
  if (!closed_ && status != 0) {
    fail(Error(ErrorCode::kUnavailable, uv_strerror(status)));
  } else if (!closed_ || finishing_) {
    flush();
    if (finishing_ && !writing_now_ && !failed_) begin_shutdown();
  }
  release();
}

void Connection::pause_reading() {
  paused_ = true;
  if (!reading_) return;
  uv_read_stop(stream(tcp_));
  reading_ = false;
}

void Connection::resume_reading() {
  if (!paused_ || closed_) return;
  paused_ = false;
  if (tls_ready_) deliver_plaintext();
  if (!paused_ && !closed_) read_start();
}

void Connection::fail(Error error) {
  if (failed_ || closed_) return;
  failed_ = true;
  if (reading_) uv_read_stop(stream(tcp_));
  reading_ = false;
  handler_->on_failed(std::move(error));
}

void Connection::fail_soon(Error error) {
  failure_ = std::move(error);
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { self_of(timer)->fail(self_of(timer)->failure_); }, 0, 0);
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  handler_ = nullptr;
  if (resolving_) uv_cancel(reinterpret_cast<uv_req_t*>(&resolve_request_));
  close_socket();
}

void Connection::finish() {
  if (!connected_ || failed_ || (tls_ && !tls_ready_)) {
    close();
    return;
  }
  closed_ = true;
  finishing_ = true;
  handler_ = nullptr;
  paused_ = false;
  read_start();
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { self_of(timer)->close_socket(); }, kFinishMs, 0);
  flush();
  if (!writing_now_) begin_shutdown();
}

void Connection::begin_shutdown() {
  if (!tcp_open_) return;
  const int code =
      uv_shutdown(&shutdown_request_, stream(tcp_), [](uv_shutdown_t* request, int status) {
        Connection* self = self_of(request);
        if (status != 0) self->close_socket();
        self->release();
      });
  if (code == 0) {
    ++pending_;
  } else {
    close_socket();
  }
}

void Connection::close_socket() {
  finishing_ = false;
  connected_ = false;
  const auto closed = [](uv_handle_t* closing) { self_of(closing)->release(); };
  if (tcp_open_) {
    tcp_open_ = false;
    uv_close(handle(tcp_), closed);
  }
  if (!uv_is_closing(handle(timer_))) uv_close(handle(timer_), closed);
}

void Connection::release() {
  LEAT_ASSERT(pending_ > 0);
  if (--pending_ == 0 && closed_) delete this;
}

}  // namespace leat::mqtt
