#include "transports/socket/socket_link.h"

#include <utility>

#include "transports/socket/peer.h"

namespace leat::socket {
namespace {

constexpr int kBacklog = 128;

template <class Handle>
uv_handle_t* as_handle(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

}  // namespace

SocketLink::SocketLink(uv_loop_t* loop, LinkOptions options)
    : loop_(loop),
      options_(std::move(options)),
      backoff_(options_.backoff, options_.seed),
      received_(kMaxChunks),
      returned_(kMaxChunks) {}

SocketLink::~SocketLink() { LEAT_ASSERT(open_handles_ == 0 && peers_.empty()); }

Result<std::shared_ptr<SocketLink>> SocketLink::create(uv_loop_t* loop, LinkOptions options) {
  std::shared_ptr<SocketLink> link(new SocketLink(loop, std::move(options)));
  link->async_.data = link.get();
  const int code = uv_async_init(loop, &link->async_, [](uv_async_t* async) {
    static_cast<SocketLink*>(async->data)->on_wake();
  });
  if (code != 0) return base::io_error(std::string("socket: ") + uv_strerror(code));
  ++link->open_handles_;
  link->self_ = link;
  uv_timer_init(loop, &link->timer_);
  link->timer_.data = link.get();
  ++link->open_handles_;
  if (link->options_.listen) {
    const auto listening = link->listen();
    if (!listening.ok()) {
      link->close_all();
      return listening.error();
    }
  }
  return link;
}

Result<void> SocketLink::listen() {
  const auto failed = [&](int code) {
    return base::io_error("cannot listen on " + options_.address.to_string() + ": " +
                          uv_strerror(code));
  };
  uv_getaddrinfo_t request{};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const std::string port = std::to_string(options_.address.port);
  int code =
      uv_getaddrinfo(loop_, &request, nullptr, options_.address.host.c_str(), port.c_str(), &hints);
  if (code != 0) return failed(code);
  uv_tcp_init(loop_, &listener_);
  listener_.data = this;
  ++open_handles_;
  code = uv_tcp_bind(&listener_, request.addrinfo->ai_addr, 0);
  uv_freeaddrinfo(request.addrinfo);
  if (code == 0) {
    code = uv_listen(reinterpret_cast<uv_stream_t*>(&listener_), kBacklog,
                     [](uv_stream_t* server, int status) {
                       if (status == 0) static_cast<SocketLink*>(server->data)->accept_one();
                     });
  }
  if (code != 0) {
    close_handle(as_handle(&listener_));
    return failed(code);
  }
  sockaddr_storage bound{};
  int length = sizeof bound;
  uv_tcp_getsockname(&listener_, reinterpret_cast<sockaddr*>(&bound), &length);
  port_ = port_of(bound);
  return {};
}

void SocketLink::open(env::Waker* waker, const env::Clock* clock) {
  waker_ = waker;
  clock_ = clock;
  open_.store(true, std::memory_order_release);
  uv_async_send(&async_);
}

std::unique_ptr<Chunk> SocketLink::next() {
  std::optional<std::unique_ptr<Chunk>> chunk = received_.try_pop();
  return chunk ? std::move(*chunk) : nullptr;
}

void SocketLink::give_back(std::unique_ptr<Chunk> chunk) {
  const bool pushed = returned_.try_push(std::move(chunk));
  LEAT_ASSERT(pushed);
  // Exchanges of one flag have one order: either this one sees that the loop waits, or the loop's,
  // in pause_or_resume(), comes later and then finds the chunk.
  if (waits_for_chunks_.exchange(false, std::memory_order_acq_rel)) uv_async_send(&async_);
}

void SocketLink::close() {
  const std::lock_guard<std::mutex> lock(close_mutex_);
  close_wanted_ = true;
  uv_async_send(&async_);
}

void SocketLink::on_wake() {
  if (closing_) return;
  if (!started_ && open_.load(std::memory_order_acquire)) start();
  pause_or_resume();
  const std::lock_guard<std::mutex> lock(close_mutex_);
  if (close_wanted_) close_all();
}

void SocketLink::start() {
  started_ = true;
  if (!options_.listen) {
    look_up();
    return;
  }
  log(env::LogLevel::kInfo, "listening on " + Address{options_.address.host, port_}.to_string());
  connected_.store(true, std::memory_order_release);
  waker_->wake();
  if (accept_pending_) accept_one();
}

void SocketLink::accept_one() {
  // libuv asks again only after an accept.
  accept_pending_ = !started_;
  if (accept_pending_) return;
  auto* peer = new Peer(this, loop_);
  ++open_handles_;
  const int code = uv_accept(reinterpret_cast<uv_stream_t*>(&listener_), peer->stream());
  if (code == 0 && peers_.size() < options_.max_connections) {
    establish(peer);
    return;
  }
  if (code == 0) {
    stats_.refused.add();
    const std::string reason =
        "refused a connection: there are " + std::to_string(options_.max_connections) + " already";
    if (backoff_.should_log(reason, static_cast<std::int64_t>(uv_now(loop_)))) {
      log(env::LogLevel::kWarning, reason);
    }
  }
  close_peer(peer);
}

void SocketLink::establish(Peer* peer) {
  peer->id = next_connection_++;
  peer->name = std::make_shared<const std::string>(peer_name(peer->tcp));
  peer->established = true;
  peers_[peer->id] = peer;
  stats_.connections.add();
  // A peer that vanished without a word is noticed.
  uv_tcp_keepalive(&peer->tcp, 1, 60);
  if (!options_.listen) {
    log(env::LogLevel::kInfo, "connected to " + options_.address.to_string());
    connected_.store(true, std::memory_order_release);
    waker_->wake();
  }
  if (!paused_) read_from(peer);
}

void SocketLink::read_from(Peer* peer) {
  uv_read_start(
      peer->stream(),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        static_cast<Peer*>(handle->data)->link->on_alloc(buffer);
      },
      [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
        auto* from = static_cast<Peer*>(stream->data);
        from->link->on_read(from, size);
      });
}

void SocketLink::on_alloc(uv_buf_t* buffer) {
  if (filling_ == nullptr && !spare_.empty()) {
    filling_ = std::move(spare_.back());
    spare_.pop_back();
  }
  if (filling_ == nullptr) filling_ = std::make_unique<Chunk>();
  *buffer = uv_buf_init(filling_->bytes.get(), static_cast<unsigned>(Chunk::kBytes));
}

void SocketLink::on_read(Peer* peer, ssize_t size) {
  if (size == 0) return;  // nothing there after all
  if (size > 0) {
    stats_.bytes.add(static_cast<std::uint64_t>(size));
    backoff_.succeeded();
    send(peer, static_cast<std::size_t>(size), false);
    return;
  }
  const bool broke = size != UV_EOF;
  std::string reason = *peer->name + (broke ? ": " : " closed the connection");
  if (broke) reason += uv_strerror(static_cast<int>(size));
  if (broke) stats_.failures.add();
  if (filling_ == nullptr) filling_ = std::make_unique<Chunk>();
  send(peer, 0, true);
  drop(peer);
  if (!options_.listen) {
    connected_.store(false, std::memory_order_release);
    waker_->wake();
    retry_later(reason);
  } else if (broke) {
    log(env::LogLevel::kInfo, reason);
  }
}

void SocketLink::send(Peer* peer, std::size_t size, bool last) {
  filling_->size = size;
  filling_->connection = peer->id;
  filling_->peer = peer->name;
  filling_->last = last;
  filling_->received_ms = clock_->now_ms();
  const bool pushed = received_.try_push(std::move(filling_));
  LEAT_ASSERT(pushed);
  filling_ = nullptr;
  ++chunks_out_;
  waker_->wake();
  if (chunks_out_ >= kMaxChunks) pause_or_resume();
}

// Nothing is read while all chunks are out: TCP then holds the peers back.
void SocketLink::pause_or_resume() {
  const auto take_back = [&] {
    while (std::optional<std::unique_ptr<Chunk>> chunk = returned_.try_pop()) {
      spare_.push_back(std::move(*chunk));
      --chunks_out_;
    }
  };
  take_back();
  bool pause = chunks_out_ >= kMaxChunks;
  if (pause) {
    waits_for_chunks_.exchange(true, std::memory_order_acq_rel);
    take_back();
    pause = chunks_out_ >= kMaxChunks;
  }
  if (!pause) waits_for_chunks_.store(false, std::memory_order_relaxed);
  if (pause == paused_) return;
  paused_ = pause;
  for (const auto& [id, peer] : peers_) {
    if (pause) {
      uv_read_stop(peer->stream());
    } else {
      read_from(peer);
    }
  }
}

void SocketLink::drop(Peer* peer) {
  peers_.erase(peer->id);
  close_peer(peer);
}

void SocketLink::close_handle(uv_handle_t* handle) {
  if (uv_is_closing(handle) != 0) return;
  uv_close(handle, [](uv_handle_t* closed) { static_cast<SocketLink*>(closed->data)->one_less(); });
}

void SocketLink::close_peer(Peer* peer) {
  if (uv_is_closing(as_handle(&peer->tcp)) != 0) return;
  uv_close(as_handle(&peer->tcp), [](uv_handle_t* closed) {
    const std::unique_ptr<Peer> gone(static_cast<Peer*>(closed->data));
    gone->link->one_less();
  });
}

void SocketLink::one_less() {
  --open_handles_;
  if (open_handles_ > 0 || looking_up_) return;
  const std::shared_ptr<SocketLink> last = std::move(self_);
}

void SocketLink::close_all() {
  closing_ = true;
  if (looking_up_) uv_cancel(reinterpret_cast<uv_req_t*>(&lookup_));
  for (const auto& [id, peer] : std::exchange(peers_, {})) close_peer(peer);
  if (connecting_ != nullptr) close_peer(connecting_);
  if (listener_.data != nullptr) close_handle(as_handle(&listener_));
  close_handle(as_handle(&timer_));
  close_handle(as_handle(&async_));
}

void SocketLink::log(env::LogLevel level, const std::string& text) const {
  if (options_.log) options_.log(level, "socket: " + text);
}

}  // namespace leat::socket
