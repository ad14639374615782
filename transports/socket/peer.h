// One TCP connection of a SocketLink.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <uv.h>

#include "transports/socket/socket_link.h"

namespace leat::socket {

// Deleted when its handle is closed.
struct SocketLink::Peer {
  Peer(SocketLink* owner, uv_loop_t* loop) : link(owner) {
    uv_tcp_init(loop, &tcp);
    tcp.data = this;
  }
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp); }

  uv_tcp_t tcp{};
  uv_connect_t connect{};
  SocketLink* link;
  std::uint64_t id = 0;
  std::shared_ptr<const std::string> name;
  bool established = false;
};

// "192.0.2.7:51234"; "?" when it is gone already.
std::string peer_name(const uv_tcp_t& tcp);
std::string name_of(const sockaddr_storage& address);
std::uint16_t port_of(const sockaddr_storage& address);

}  // namespace leat::socket
