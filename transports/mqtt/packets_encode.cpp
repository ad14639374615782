#include "transports/mqtt/packets.h"
#include "transports/mqtt/wire.h"

namespace leat::mqtt {

namespace {

void put_properties(const Properties& properties, Version version, std::string& out) {
  if (version == Version::k5) append_properties(properties, out);
}

void append_packet(PacketType type, std::uint8_t flags, std::string_view body, std::string& out) {
  append_head(type, flags, body.size(), out);
  out.append(body);
}

// Reason and properties are left out from the end when they say nothing.
void put_reason(std::uint8_t reason, const Properties& properties, Version version,
                std::string& out) {
  if (version != Version::k5 || (reason == 0 && properties.empty())) return;
  put_u8(out, reason);
  if (!properties.empty()) append_properties(properties, out);
}

struct Encoder {
  Version version;
  std::string& out;

  void operator()(const Connect& p) const {
    std::string body;
    put_text(body, "MQTT");
    put_u8(body, static_cast<unsigned>(p.version));
    unsigned flags = p.clean_start ? 0x02 : 0;
    if (p.has_will) {
      flags |= 0x04U | (static_cast<unsigned>(p.will.qos) << 3) | (p.will.retain ? 0x20U : 0U);
    }
    if (p.password) flags |= 0x40;
    if (p.username) flags |= 0x80;
    put_u8(body, flags);
    put_u16(body, p.keep_alive_s);
    put_properties(p.properties, p.version, body);
    put_text(body, p.client_id);
    if (p.has_will) {
      put_properties(p.will.properties, p.version, body);
      put_text(body, p.will.topic);
      put_text(body, p.will.payload);
    }
    if (p.username) put_text(body, *p.username);
    if (p.password) put_text(body, *p.password);
    append_packet(PacketType::kConnect, 0, body, out);
  }
  void operator()(const Connack& p) const {
    std::string body;
    put_u8(body, p.session_present ? 1 : 0);
    put_u8(body, p.reason);
    put_properties(p.properties, version, body);
    append_packet(PacketType::kConnack, 0, body, out);
  }
  void operator()(const Publish& p) const { encode_publish(p, version, out); }
  void operator()(const Ack& p) const {
    std::string body;
    put_u16(body, p.packet_id);
    put_reason(p.reason, p.properties, version, body);
    append_packet(p.type, p.type == PacketType::kPubrel ? 2 : 0, body, out);
  }
  void operator()(const Subscribe& p) const {
    std::string body;
    put_u16(body, p.packet_id);
    put_properties(p.properties, version, body);
    for (const Subscription& one : p.subscriptions) {
      put_text(body, one.filter);
      unsigned options = one.qos;
      if (version == Version::k5) {
        options |= (one.no_local ? 4U : 0U) | (one.retain_as_published ? 8U : 0U) |
                   (static_cast<unsigned>(one.retain_handling) << 4);
      }
      put_u8(body, options);
    }
    append_packet(PacketType::kSubscribe, 2, body, out);
  }
  void operator()(const Suback& p) const {
    std::string body;
    put_u16(body, p.packet_id);
    put_properties(p.properties, version, body);
    body.append(p.reasons);
    append_packet(p.type, 0, body, out);
  }
  void operator()(const Unsubscribe& p) const {
    std::string body;
    put_u16(body, p.packet_id);
    put_properties(p.properties, version, body);
    for (const std::string_view filter : p.filters) put_text(body, filter);
    append_packet(PacketType::kUnsubscribe, 2, body, out);
  }
  void operator()(const Pingreq&) const { append_head(PacketType::kPingreq, 0, 0, out); }
  void operator()(const Pingresp&) const { append_head(PacketType::kPingresp, 0, 0, out); }
  void operator()(const Disconnect& p) const {
    std::string body;
    put_reason(p.reason, p.properties, version, body);
    append_packet(PacketType::kDisconnect, 0, body, out);
  }
  void operator()(const Auth& p) const {
    std::string body;
    put_reason(p.reason, p.properties, version, body);
    append_packet(PacketType::kAuth, 0, body, out);
  }
};

}  // namespace

void encode(const Packet& packet, Version version, std::string& out) {
  std::visit(Encoder{version, out}, packet);
}

void encode_publish(const Publish& publish, Version version, std::string& out) {
  std::size_t size = 2 + publish.topic.size() + (publish.qos > 0 ? 2 : 0) + publish.payload.size();
  std::string property_length;
  if (version == Version::k5) {
    put_varint(property_length, publish.properties.size());
    size += property_length.size() + publish.properties.size();
  }
  const unsigned flags = (publish.dup ? 8U : 0U) | (static_cast<unsigned>(publish.qos) << 1) |
                         (publish.retain ? 1U : 0U);
  append_head(PacketType::kPublish, static_cast<std::uint8_t>(flags), size, out);
  put_text(out, publish.topic);
  if (publish.qos > 0) put_u16(out, publish.packet_id);
  if (version == Version::k5) {
    out.append(property_length);
    out.append(publish.properties);
  }
  out.append(publish.payload);
}

void encode_ack(PacketType type, std::uint16_t packet_id, std::string& out) {
  append_head(type, type == PacketType::kPubrel ? 2 : 0, 2, out);
  put_u16(out, packet_id);
}

}  // namespace leat::mqtt
