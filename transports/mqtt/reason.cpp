#include "transports/mqtt/reason.h"

#include <algorithm>
#include <cstdio>

namespace leat::mqtt {

namespace {

struct Named {
  std::uint8_t code;
  const char* text;
};

// MQTT 5 section 2.4.
constexpr Named kReasons[] = {
    {0x00, "success"},
    {0x01, "granted QoS 1"},
    {0x02, "granted QoS 2"},
    {0x04, "disconnect with will message"},
    {0x10, "no matching subscribers"},
    {0x11, "no subscription existed"},
    {0x18, "continue authentication"},
    {0x19, "re-authenticate"},
    {0x80, "unspecified error"},
    {0x81, "malformed packet"},
    {0x82, "protocol error"},
    {0x83, "implementation specific error"},
    {0x84, "unsupported protocol version (set version: 3.1.1)"},
    {0x85, "client identifier not valid"},
    {0x86, "bad user name or password"},
    {0x87, "not authorised"},
    {0x88, "server unavailable"},
    {0x89, "server busy"},
    {0x8a, "banned"},
    {0x8b, "server shutting down"},
    {0x8c, "bad authentication method"},
    {0x8d, "keep alive timeout"},
    {0x8e, "session taken over (another client uses the same client id)"},
    {0x8f, "topic filter invalid"},
    {0x90, "topic name invalid"},
    {0x91, "packet identifier in use"},
    {0x92, "packet identifier not found"},
    {0x93, "receive maximum exceeded"},
    {0x94, "topic alias invalid"},
    {0x95, "packet too large"},
    {0x96, "message rate too high"},
    {0x97, "quota exceeded"},
    {0x98, "administrative action"},
    {0x99, "payload format invalid"},
    {0x9a, "retain not supported"},
    {0x9b, "QoS not supported"},
    {0x9c, "use another server"},
    {0x9d, "server moved"},
    {0x9e, "shared subscriptions not supported"},
    {0x9f, "connection rate exceeded"},
    {0xa0, "maximum connect time"},
    {0xa1, "subscription identifiers not supported"},
    {0xa2, "wildcard subscriptions not supported"},
};

// MQTT 3.1.1 table 3.1.
constexpr Named kReturnCodes[] = {
    {0x00, "accepted"},
    {0x01, "unsupported protocol version (set version: 3.1.1)"},
    {0x02, "client identifier not valid"},
    {0x03, "server unavailable"},
    {0x04, "bad user name or password"},
    {0x05, "not authorised"},
};

template <std::size_t N>
std::string name_of(std::uint8_t code, const Named (&table)[N]) {
  const char* text = "unknown reason";
  for (const Named& named : table) {
    if (named.code == code) text = named.text;
  }
  char number[8];
  std::snprintf(number, sizeof number, "0x%02x", code);
  return std::string(text) + " (" + number + ")";
}

}  // namespace

std::string explain_connack(std::uint8_t reason, Version version) {
  // An old broker answers an MQTT 5 client with its own small numbers.
  if (version == Version::k311 || reason < 0x80) return name_of(reason, kReturnCodes);
  return name_of(reason, kReasons);
}

std::string explain_reason(std::uint8_t reason) { return name_of(reason, kReasons); }

std::string with_reason_string(std::string text, const Properties& properties) {
  const Property* given = find_property(properties, PropertyId::kReasonString);
  if (given == nullptr || given->text.empty()) return text;
  std::string said(given->text.substr(0, 200));
  std::replace_if(
      said.begin(), said.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text + ", the broker says \"" + said + "\"";
}

}  // namespace leat::mqtt
