// The part of SocketLink that connects: look up, try each address, wait, try again.
#include <cstring>
#include <utility>

#include "transports/socket/peer.h"
#include "transports/socket/socket_link.h"

namespace leat::socket {

std::string name_of(const sockaddr_storage& address) {
  char host[64] = "?";
  if (address.ss_family == AF_INET6) {
    uv_ip6_name(reinterpret_cast<const sockaddr_in6*>(&address), host, sizeof host);
  } else if (address.ss_family == AF_INET) {
    uv_ip4_name(reinterpret_cast<const sockaddr_in*>(&address), host, sizeof host);
  } else {
    return "?";
  }
  return Address{host, port_of(address)}.to_string();
}

std::uint16_t port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::string peer_name(const uv_tcp_t& tcp) {
  sockaddr_storage address{};
  int length = sizeof address;
  if (uv_tcp_getpeername(&tcp, reinterpret_cast<sockaddr*>(&address), &length) != 0) return "?";
  return name_of(address);
}

void SocketLink::look_up() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  lookup_.data = this;
  const std::string port = std::to_string(options_.address.port);
  const int code = uv_getaddrinfo(
      loop_, &lookup_,
      [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
        static_cast<SocketLink*>(request->data)->on_looked_up(status, found);
      },
      options_.address.host.c_str(), port.c_str(), &hints);
  looking_up_ = code == 0;
  if (code != 0) retry_later(uv_strerror(code));
}

void SocketLink::on_looked_up(int status, addrinfo* found) {
  looking_up_ = false;
  addresses_.clear();
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_storage)) continue;
    sockaddr_storage address{};
    std::memcpy(&address, entry->ai_addr, entry->ai_addrlen);
    addresses_.insert(addresses_.begin(), address);
  }
  uv_freeaddrinfo(found);
  if (closing_) {
    ++open_handles_;
    one_less();
    return;
  }
  last_failure_ = status == 0 ? "the name has no address" : uv_strerror(status);
  try_next_address();
}

void SocketLink::try_next_address() {
  while (!addresses_.empty()) {
    const sockaddr_storage address = addresses_.back();
    addresses_.pop_back();
    auto* peer = new Peer(this, loop_);
    ++open_handles_;
    peer->connect.data = peer;
    const int code =
        uv_tcp_connect(&peer->connect, &peer->tcp, reinterpret_cast<const sockaddr*>(&address),
                       [](uv_connect_t* request, int status) {
                         auto* tried = static_cast<Peer*>(request->data);
                         tried->link->on_connect(tried, status);
                       });
    if (code == 0) {
      connecting_ = peer;
      uv_timer_start(
          &timer_, [](uv_timer_t* timer) { static_cast<SocketLink*>(timer->data)->on_timer(); },
          static_cast<std::uint64_t>(options_.connect_timeout_ms), 0);
      return;
    }
    last_failure_ = uv_strerror(code);
    close_peer(peer);
  }
  stats_.failures.add();
  retry_later(last_failure_);
}

void SocketLink::on_connect(Peer* peer, int status) {
  // Closed before: by close_all(), or by the timer, which went on already.
  if (peer != connecting_ || closing_) return;
  connecting_ = nullptr;
  uv_timer_stop(&timer_);
  if (status == 0) {
    establish(peer);
    return;
  }
  last_failure_ = uv_strerror(status);
  close_peer(peer);
  try_next_address();
}

void SocketLink::retry_later(const std::string& reason) {
  const std::int64_t delay_ms = backoff_.next_delay_ms();
  if (backoff_.should_log(reason, static_cast<std::int64_t>(uv_now(loop_)))) {
    log(env::LogLevel::kWarning,
        "no connection to " + options_.address.to_string() + ": " + reason + "; trying again");
  }
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { static_cast<SocketLink*>(timer->data)->on_timer(); },
      static_cast<std::uint64_t>(delay_ms), 0);
}

// Either an attempt took too long, or it is time for the next one.
void SocketLink::on_timer() {
  if (connecting_ == nullptr) {
    look_up();
    return;
  }
  Peer* peer = std::exchange(connecting_, nullptr);
  close_peer(peer);
  last_failure_ = "no answer in " + std::to_string(options_.connect_timeout_ms) + " ms";
  try_next_address();
}

}  // namespace leat::socket
