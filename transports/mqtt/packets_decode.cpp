#include "transports/mqtt/packets.h"
#include "transports/mqtt/topic.h"
#include "transports/mqtt/wire.h"

namespace leat::mqtt {

namespace {

Error malformed(PacketType type, std::string_view problem) {
  return Error(ErrorCode::kCorrupt, std::string(to_string(type)) + ": " + std::string(problem));
}
Error protocol_error(PacketType type, std::string_view problem) {
  return Error(ErrorCode::kInvalidArgument,
               std::string(to_string(type)) + ": " + std::string(problem));
}
Error named(PacketType type, const Error& error) {
  return Error(error.code(), std::string(to_string(type)) + ": " + error.message());
}

// What is left must be nothing, and nothing may have failed before.
Result<void> finish(const WireReader& reader, PacketType type) {
  if (!reader.ok()) return malformed(type, reader.problem());
  if (!reader.at_end()) return malformed(type, "bytes after its end");
  return {};
}

Result<void> read_properties(WireReader& reader, Version version, PacketType type,
                             PropertyPlace place, Properties& out) {
  if (version != Version::k5) return {};
  const std::string_view bytes = reader.raw(reader.varint());
  if (!reader.ok()) return malformed(type, reader.problem());
  const Result<void> decoded = decode_properties(bytes, place, &out);
  if (!decoded.ok()) return named(type, decoded.error());
  return {};
}

Result<void> read_will(WireReader& reader, unsigned flags, Connect& connect) {
  constexpr PacketType kType = PacketType::kConnect;
  connect.has_will = (flags & 0x04) != 0;
  if (!connect.has_will) {
    if ((flags & 0x38) != 0) return malformed(kType, "will flags without a will");
    return {};
  }
  Will& will = connect.will;
  will.qos = static_cast<std::uint8_t>((flags >> 3) & 3);
  will.retain = (flags & 0x20) != 0;
  if (will.qos == 3) return malformed(kType, "will with QoS 3");
  LEAT_TRY(read_properties(reader, connect.version, kType, PropertyPlace::will(), will.properties));
  will.topic = reader.text();
  will.payload = reader.binary();
  if (!reader.ok()) return malformed(kType, reader.problem());
  const Result<void> topic = check_topic_name(will.topic);
  if (!topic.ok()) return malformed(kType, "will topic " + topic.error().message());
  return {};
}

Result<Packet> decode_connect(const Frame& frame) {
  constexpr PacketType kType = PacketType::kConnect;
  WireReader reader(frame.body);
  Connect connect;
  const std::string_view protocol = reader.text();
  const std::uint8_t level = reader.u8();
  if (!reader.ok()) return malformed(kType, reader.problem());
  if (protocol != "MQTT") return protocol_error(kType, "protocol name is not MQTT");
  if (level != 4 && level != 5) {
    return protocol_error(kType, "protocol level " + std::to_string(level));
  }
  connect.version = static_cast<Version>(level);
  const unsigned flags = reader.u8();
  connect.keep_alive_s = reader.u16();
  if (!reader.ok()) return malformed(kType, reader.problem());
  if ((flags & 0x01) != 0) return malformed(kType, "reserved flag");
  connect.clean_start = (flags & 0x02) != 0;
  LEAT_TRY(read_properties(reader, connect.version, kType, kType, connect.properties));
  connect.client_id = reader.text();
  LEAT_TRY(read_will(reader, flags, connect));
  if ((flags & 0x80) != 0) connect.username = reader.text();
  if ((flags & 0x40) != 0) {
    if (connect.version == Version::k311 && (flags & 0x80) == 0) {
      return malformed(kType, "password without a user name");
    }
    connect.password = reader.binary();
  }
  LEAT_TRY(finish(reader, kType));
  return Packet(std::move(connect));
}

Result<Packet> decode_connack(const Frame& frame, Version version) {
  constexpr PacketType kType = PacketType::kConnack;
  WireReader reader(frame.body);
  Connack connack;
  const unsigned flags = reader.u8();
  connack.reason = reader.u8();
  if (!reader.ok()) return malformed(kType, reader.problem());
  if ((flags & 0xfe) != 0) return malformed(kType, "reserved flags");
  connack.session_present = flags != 0;
  if (connack.session_present && connack.reason != 0) {
    return protocol_error(kType, "a session with a refusal");
  }
  // A broker that knows 3.1.1 only refuses an MQTT 5 client in the old form, without properties.
  const bool old_form = connack.reason != 0 && reader.at_end();
  if (!old_form) LEAT_TRY(read_properties(reader, version, kType, kType, connack.properties));
  LEAT_TRY(finish(reader, kType));
  return Packet(std::move(connack));
}

Result<Packet> decode_ack(const Frame& frame, Version version) {
  WireReader reader(frame.body);
  Ack ack;
  ack.type = frame.type;
  ack.packet_id = reader.u16();
  if (version == Version::k5 && !reader.at_end()) {
    ack.reason = reader.u8();
    if (!reader.at_end()) {
      LEAT_TRY(read_properties(reader, version, frame.type, frame.type, ack.properties));
    }
  }
  LEAT_TRY(finish(reader, frame.type));
  if (ack.packet_id == 0) return protocol_error(frame.type, "packet id 0");
  return Packet(std::move(ack));
}

Result<Subscription> read_subscription(WireReader& reader, Version version) {
  constexpr PacketType kType = PacketType::kSubscribe;
  Subscription one;
  one.filter = reader.text();
  const unsigned options = reader.u8();
  if (!reader.ok()) return malformed(kType, reader.problem());
  const Result<void> filter = check_topic_filter(one.filter);
  if (!filter.ok()) return malformed(kType, "topic filter " + filter.error().message());
  const unsigned known = version == Version::k5 ? 0x3f : 0x03;
  if ((options & ~known) != 0) return malformed(kType, "reserved options");
  one.qos = static_cast<std::uint8_t>(options & 3);
  one.no_local = (options & 4) != 0;
  one.retain_as_published = (options & 8) != 0;
  one.retain_handling = static_cast<std::uint8_t>((options >> 4) & 3);
  if (one.qos == 3) return malformed(kType, "QoS 3");
  if (one.retain_handling == 3) return malformed(kType, "retain handling 3");
  if (one.no_local && one.filter.substr(0, 7) == "$share/") {
    return protocol_error(kType, "no local on a shared subscription");
  }
  return one;
}

Result<Packet> decode_subscribe(const Frame& frame, Version version) {
  WireReader reader(frame.body);
  Subscribe subscribe;
  subscribe.packet_id = reader.u16();
  LEAT_TRY(read_properties(reader, version, frame.type, frame.type, subscribe.properties));
  while (reader.ok() && !reader.at_end()) {
    LEAT_TRY_ASSIGN(Subscription one, read_subscription(reader, version));
    subscribe.subscriptions.push_back(one);
  }
  LEAT_TRY(finish(reader, frame.type));
  if (subscribe.packet_id == 0) return protocol_error(frame.type, "packet id 0");
  if (subscribe.subscriptions.empty()) return protocol_error(frame.type, "no topic filter");
  return Packet(std::move(subscribe));
}

Result<Packet> decode_unsubscribe(const Frame& frame, Version version) {
  WireReader reader(frame.body);
  Unsubscribe unsubscribe;
  unsubscribe.packet_id = reader.u16();
  LEAT_TRY(read_properties(reader, version, frame.type, frame.type, unsubscribe.properties));
  while (reader.ok() && !reader.at_end()) {
    const std::string_view filter = reader.text();
    if (!reader.ok()) break;
    const Result<void> checked = check_topic_filter(filter);
    if (!checked.ok()) return malformed(frame.type, "topic filter " + checked.error().message());
    unsubscribe.filters.push_back(filter);
  }
  LEAT_TRY(finish(reader, frame.type));
  if (unsubscribe.packet_id == 0) return protocol_error(frame.type, "packet id 0");
  if (unsubscribe.filters.empty()) return protocol_error(frame.type, "no topic filter");
  return Packet(std::move(unsubscribe));
}

Result<Packet> decode_suback(const Frame& frame, Version version) {
  WireReader reader(frame.body);
  Suback suback;
  suback.type = frame.type;
  suback.packet_id = reader.u16();
  LEAT_TRY(read_properties(reader, version, frame.type, frame.type, suback.properties));
  suback.reasons = reader.rest();
  LEAT_TRY(finish(reader, frame.type));
  if (suback.packet_id == 0) return protocol_error(frame.type, "packet id 0");
  const bool expects_reasons = version == Version::k5 || frame.type == PacketType::kSuback;
  if (suback.reasons.empty() == expects_reasons) {
    return malformed(frame.type, expects_reasons ? "no reason codes" : "bytes after its end");
  }
  return Packet(std::move(suback));
}

// DISCONNECT and AUTH: a reason and properties, each of which may be left out.
template <class T>
Result<Packet> decode_reason(const Frame& frame, Version version) {
  WireReader reader(frame.body);
  T packet;
  if (version == Version::k5 && !reader.at_end()) {
    packet.reason = reader.u8();
    if (!reader.at_end()) {
      LEAT_TRY(read_properties(reader, version, frame.type, frame.type, packet.properties));
    }
  }
  LEAT_TRY(finish(reader, frame.type));
  return Packet(std::move(packet));
}

Result<void> read_publish_properties(std::string_view bytes, Publish& publish) {
  Properties properties;
  const Result<void> decoded = decode_properties(bytes, PacketType::kPublish, &properties);
  if (!decoded.ok()) return named(PacketType::kPublish, decoded.error());
  const Property* alias = find_property(properties, PropertyId::kTopicAlias);
  if (alias != nullptr) publish.topic_alias = static_cast<std::uint16_t>(alias->number);
  publish.properties = bytes;
  return {};
}

}  // namespace

Result<Publish> decode_publish(const Frame& frame, Version version) {
  constexpr PacketType kType = PacketType::kPublish;
  WireReader reader(frame.body);
  Publish publish;
  publish.dup = (frame.flags & 8) != 0;
  publish.qos = static_cast<std::uint8_t>((frame.flags >> 1) & 3);
  publish.retain = (frame.flags & 1) != 0;
  publish.topic = reader.text();
  if (publish.qos > 0) publish.packet_id = reader.u16();
  if (!reader.ok()) return malformed(kType, reader.problem());
  if (publish.qos == 3) return malformed(kType, "QoS 3");
  if (publish.qos == 0 && publish.dup) return protocol_error(kType, "DUP with QoS 0");
  if (publish.qos > 0 && publish.packet_id == 0) return protocol_error(kType, "packet id 0");
  if (publish.topic.find_first_of("+#") != std::string_view::npos) {
    return protocol_error(kType, "topic holds a wildcard");
  }
  if (version == Version::k5) {
    const std::string_view properties = reader.raw(reader.varint());
    if (!reader.ok()) return malformed(kType, reader.problem());
    if (!properties.empty()) LEAT_TRY(read_publish_properties(properties, publish));
  }
  if (publish.topic.empty() && publish.topic_alias == 0) {
    return protocol_error(kType, "no topic");
  }
  publish.payload = reader.rest();
  return publish;
}

Result<Packet> decode_packet(const Frame& frame, Version version) {
  switch (frame.type) {
    case PacketType::kConnect:
      return decode_connect(frame);
    case PacketType::kConnack:
      return decode_connack(frame, version);
    case PacketType::kPublish: {
      LEAT_TRY_ASSIGN(Publish publish, decode_publish(frame, version));
      return Packet(publish);
    }
    case PacketType::kPuback:
    case PacketType::kPubrec:
    case PacketType::kPubrel:
    case PacketType::kPubcomp:
      return decode_ack(frame, version);
    case PacketType::kSubscribe:
      return decode_subscribe(frame, version);
    case PacketType::kUnsubscribe:
      return decode_unsubscribe(frame, version);
    case PacketType::kSuback:
    case PacketType::kUnsuback:
      return decode_suback(frame, version);
    case PacketType::kPingreq:
    case PacketType::kPingresp: {
      if (!frame.body.empty()) return malformed(frame.type, "has a body");
      if (frame.type == PacketType::kPingreq) return Packet(Pingreq{});
      return Packet(Pingresp{});
    }
    case PacketType::kDisconnect:
      return decode_reason<Disconnect>(frame, version);
    case PacketType::kAuth: {
      if (version != Version::k5) return malformed(frame.type, "is not part of MQTT 3.1.1");
      return decode_reason<Auth>(frame, version);
    }
  }
  return malformed(frame.type, "unknown packet type");
}

}  // namespace leat::mqtt
