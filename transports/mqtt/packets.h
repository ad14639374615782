// MQTT 5.0 and 3.1.1 control packets (OASIS Standards, 7 March 2019 and 29 October 2014): the
// structures, and the way from bytes and back. Pure: no I/O, no clock, no state.
//
// Every std::string_view in a decoded packet points into the bytes it was decoded from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "transports/mqtt/frame.h"
#include "transports/mqtt/properties.h"

namespace leat::mqtt {

struct Will {
  std::string_view topic;
  std::string_view payload;
  std::uint8_t qos = 0;
  bool retain = false;
  Properties properties;
};

struct Connect {
  Version version = Version::k5;
  bool clean_start = true;  // "clean session" of 3.1.1
  std::uint16_t keep_alive_s = 0;
  std::string_view client_id;
  std::optional<std::string_view> username;
  std::optional<std::string_view> password;
  bool has_will = false;
  Will will;
  Properties properties;
};

struct Connack {
  bool session_present = false;
  std::uint8_t reason = 0;
  Properties properties;
};

struct Publish {
  bool dup = false;
  bool retain = false;
  std::uint8_t qos = 0;
  std::uint16_t packet_id = 0;  // 0 with QoS 0
  std::string_view topic;       // empty only with a topic alias
  std::string_view properties;  // validated, still encoded; decode_properties() takes it apart
  std::string_view payload;
  std::uint16_t topic_alias = 0;
};

// PUBACK, PUBREC, PUBREL and PUBCOMP.
struct Ack {
  PacketType type = PacketType::kPuback;
  std::uint16_t packet_id = 0;
  std::uint8_t reason = 0;
  Properties properties;
};

struct Subscription {
  std::string_view filter;
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint8_t retain_handling = 0;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  Properties properties;
  std::vector<Subscription> subscriptions;
};

// SUBACK and UNSUBACK; the latter has no reasons with 3.1.1.
struct Suback {
  PacketType type = PacketType::kSuback;
  std::uint16_t packet_id = 0;
  Properties properties;
  std::string_view reasons;  // a byte each
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  Properties properties;
  std::vector<std::string_view> filters;
};

struct Pingreq {};
struct Pingresp {};

struct Disconnect {
  std::uint8_t reason = 0;
  Properties properties;
};

struct Auth {
  std::uint8_t reason = 0;
  Properties properties;
};

using Packet = std::variant<Connect, Connack, Publish, Ack, Subscribe, Suback, Unsubscribe, Pingreq,
                            Pingresp, Disconnect, Auth>;

// The packet in `frame`. An error says what is wrong; kCorrupt is "malformed packet", kLimit
// "packet too large", anything else "protocol error" (reason codes 0x81, 0x95, 0x82). `version` is
// the connection's; a CONNECT carries its own.
Result<Packet> decode_packet(const Frame& frame, Version version);
// The same for the packet that comes often: nothing is allocated unless it has properties.
Result<Publish> decode_publish(const Frame& frame, Version version);

// Appends the packet. Topics and texts longer than 65,535 bytes are the caller's mistake
// (asserted).
void encode(const Packet& packet, Version version, std::string& out);
void encode_publish(const Publish& publish, Version version, std::string& out);
// A PUBACK (or PUBREC, PUBCOMP) of success: four bytes in both versions.
void encode_ack(PacketType type, std::uint16_t packet_id, std::string& out);

}  // namespace leat::mqtt
