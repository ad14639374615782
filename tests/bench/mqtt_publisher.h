// A QoS 1 publisher for tests and benchmarks: pipelined, bounded in flight, from memory, on one
// blocking socket. MQTT 3.1.1, whose brokers put no limit on what a publisher has in flight.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "transports/mqtt/packets.h"

namespace leat::testing {

class MqttPublisher {
 public:
  explicit MqttPublisher(std::uint32_t window = 1000) : window_(window) {}
  ~MqttPublisher() { disconnect(); }
  MqttPublisher(const MqttPublisher&) = delete;
  MqttPublisher& operator=(const MqttPublisher&) = delete;

  bool connect(std::uint16_t port, std::string_view client_id = "") {
    disconnect();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      disconnect();
      return false;
    }
    mqtt::Connect packet;
    packet.version = mqtt::Version::k311;
    packet.client_id = client_id;
    encode(mqtt::Packet(std::move(packet)), mqtt::Version::k311, out_);
    return send_all() && receive(true) && greeted_;
  }

  // False when the connection is lost.
  bool publish(std::string_view topic, std::string_view payload, std::uint8_t qos = 1,
               bool retain = false) {
    mqtt::Publish packet;
    packet.topic = topic;
    packet.payload = payload;
    packet.qos = qos;
    packet.retain = retain;
    if (qos > 0) {
      if (++next_id_ == 0) next_id_ = 1;
      packet.packet_id = next_id_;
      ++in_flight_;
    }
    encode_publish(packet, mqtt::Version::k311, out_);
    if (out_.size() >= kFlushBytes && !send_all()) return false;
    while (in_flight_ >= window_) {
      if (!send_all() || !receive(true)) return false;
    }
    return true;
  }

  // Sends what is buffered and waits for all acknowledgements.
  bool drain() {
    if (!send_all()) return false;
    while (in_flight_ > 0) {
      if (!receive(true)) return false;
    }
    return true;
  }
  std::uint64_t acknowledged() const { return acknowledged_; }

  void disconnect() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    in_.clear();
    out_.clear();
    in_flight_ = 0;
    greeted_ = false;
  }

 private:
  static constexpr std::size_t kFlushBytes = 16 * 1024;

  bool send_all() {
    std::string_view rest = out_;
    while (!rest.empty()) {
      const ssize_t n = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) {
        rest.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      if (n == 0 || (errno != EAGAIN && errno != EINTR)) return false;
      // The broker may be waiting for us to read its acknowledgements.
      pollfd wait{socket_, POLLIN | POLLOUT, 0};
      ::poll(&wait, 1, 1000);
      if ((wait.revents & POLLIN) != 0 && !receive(false)) return false;
    }
    out_.clear();
    return true;
  }

  bool receive(bool wait) {
    char buffer[16 * 1024];
    const ssize_t n = ::recv(socket_, buffer, sizeof buffer, wait ? 0 : MSG_DONTWAIT);
    if (n < 0 && !wait && errno == EAGAIN) return true;
    if (n <= 0) return false;
    in_.append(buffer, static_cast<std::size_t>(n));
    std::size_t at = 0;
    mqtt::FrameHead head;
    std::string problem;
    while (read_head(std::string_view(in_).substr(at), head, problem) ==
           mqtt::HeadStatus::kComplete) {
      const std::size_t total = head.head_size + head.remaining_length;
      if (in_.size() - at < total) break;
      if (head.type == mqtt::PacketType::kConnack) greeted_ = in_[at + 3] == 0;
      if (head.type == mqtt::PacketType::kPuback) {
        --in_flight_;
        ++acknowledged_;
      }
      at += total;
    }
    in_.erase(0, at);
    return true;
  }

  std::uint32_t window_;
  int socket_ = -1;
  bool greeted_ = false;
  std::uint16_t next_id_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::string out_;
  std::string in_;
};

}  // namespace leat::testing
