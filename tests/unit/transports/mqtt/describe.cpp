#include "tests/unit/transports/mqtt/describe.h"

#include <cstdio>

namespace leat::testing {

namespace {

using namespace mqtt;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escaped[8];
    const auto byte = static_cast<unsigned char>(c);
    std::snprintf(escaped, sizeof escaped, byte < 0x20 || byte > 0x7e ? "\\x%02x" : "%c", byte);
    out += escaped;
  }
  return out + "\"";
}

bool is_number(const Property& property) {
  switch (property.id) {
    case PropertyId::kContentType:
    case PropertyId::kResponseTopic:
    case PropertyId::kCorrelationData:
    case PropertyId::kAssignedClientId:
    case PropertyId::kAuthenticationMethod:
    case PropertyId::kAuthenticationData:
    case PropertyId::kResponseInformation:
    case PropertyId::kServerReference:
    case PropertyId::kReasonString:
    case PropertyId::kUserProperty:
      return false;
    default:
      return true;
  }
}

std::string braces(const Properties& properties) {
  if (properties.empty()) return "";
  std::string out = " {";
  for (const Property& property : properties) {
    if (out.size() > 2) out += ",";
    out += std::string(to_string(property.id)) + "=";
    out += is_number(property) ? std::to_string(property.number) : quoted(property.text);
    if (property.id == PropertyId::kUserProperty) out += "=" + quoted(property.value);
  }
  return out + "}";
}

std::string id_of(std::uint16_t id) { return " id=" + std::to_string(id); }
std::string reason_of(std::uint8_t reason) { return " reason=" + std::to_string(reason); }

struct Describer {
  std::string operator()(const Connect& p) const {
    std::string out = std::string("CONNECT ") + (p.version == Version::k5 ? "5" : "3.1.1");
    if (p.clean_start) out += " clean";
    out += " keep_alive=" + std::to_string(p.keep_alive_s) + " client=" + quoted(p.client_id);
    if (p.username) out += " user=" + quoted(*p.username);
    if (p.password) out += " password=" + quoted(*p.password);
    if (p.has_will) {
      out += " will=" + quoted(p.will.topic) + " will_qos=" + std::to_string(p.will.qos) +
             (p.will.retain ? " will_retain" : "") + " will_payload=" + quoted(p.will.payload) +
             braces(p.will.properties);
    }
    return out + braces(p.properties);
  }
  std::string operator()(const Connack& p) const {
    return std::string("CONNACK") + (p.session_present ? " session" : "") + reason_of(p.reason) +
           braces(p.properties);
  }
  std::string operator()(const Publish& p) const {
    Properties properties;
    const bool ok = decode_properties(p.properties, PacketType::kPublish, &properties).ok();
    return "PUBLISH " + quoted(p.topic) + (p.dup ? " dup" : "") + (p.retain ? " retain" : "") +
           " qos=" + std::to_string(p.qos) + (p.qos > 0 ? id_of(p.packet_id) : "") +
           " payload=" + quoted(p.payload) + (ok ? braces(properties) : " bad properties");
  }
  std::string operator()(const Ack& p) const {
    return std::string(to_string(p.type)) + id_of(p.packet_id) + reason_of(p.reason) +
           braces(p.properties);
  }
  std::string operator()(const Subscribe& p) const {
    std::string out = "SUBSCRIBE" + id_of(p.packet_id);
    for (const Subscription& one : p.subscriptions) {
      out += " " + quoted(one.filter) + ":" + std::to_string(one.qos);
      if (one.no_local) out += ",no_local";
      if (one.retain_as_published) out += ",retain_as_published";
      if (one.retain_handling > 0) out += ",retain=" + std::to_string(one.retain_handling);
    }
    return out + braces(p.properties);
  }
  std::string operator()(const Suback& p) const {
    std::string out = std::string(to_string(p.type)) + id_of(p.packet_id) + " reasons=";
    for (std::size_t i = 0; i < p.reasons.size(); ++i) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "%s%02x", i > 0 ? "," : "",
                    static_cast<unsigned char>(p.reasons[i]));
      out += hex;
    }
    return out + braces(p.properties);
  }
  std::string operator()(const Unsubscribe& p) const {
    std::string out = "UNSUBSCRIBE" + id_of(p.packet_id);
    for (const std::string_view filter : p.filters) out += " " + quoted(filter);
    return out + braces(p.properties);
  }
  std::string operator()(const Pingreq&) const { return "PINGREQ"; }
  std::string operator()(const Pingresp&) const { return "PINGRESP"; }
  std::string operator()(const Disconnect& p) const {
    return "DISCONNECT" + reason_of(p.reason) + braces(p.properties);
  }
  std::string operator()(const Auth& p) const {
    return "AUTH" + reason_of(p.reason) + braces(p.properties);
  }
};

}  // namespace

std::string describe(const mqtt::Packet& packet) { return std::visit(Describer{}, packet); }

}  // namespace leat::testing
