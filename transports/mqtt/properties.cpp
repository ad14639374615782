#include "transports/mqtt/properties.h"

#include "transports/mqtt/wire.h"

namespace leat::mqtt {

namespace {

enum class Form : std::uint8_t { kFlag, kU16, kU32, kVarint, kText, kBinary, kPair };

constexpr std::uint32_t at(PacketType type) { return 1U << static_cast<unsigned>(type); }

constexpr std::uint32_t kWillBit = 1U;
constexpr std::uint32_t kConnectBit = at(PacketType::kConnect);
constexpr std::uint32_t kConnackBit = at(PacketType::kConnack);
constexpr std::uint32_t kPublishBit = at(PacketType::kPublish);
constexpr std::uint32_t kSubscribeBit = at(PacketType::kSubscribe);
constexpr std::uint32_t kDisconnectBit = at(PacketType::kDisconnect);
constexpr std::uint32_t kAuthBit = at(PacketType::kAuth);
constexpr std::uint32_t kAckBits = at(PacketType::kPuback) | at(PacketType::kPubrec) |
                                   at(PacketType::kPubrel) | at(PacketType::kPubcomp) |
                                   at(PacketType::kSuback) | at(PacketType::kUnsuback);
constexpr std::uint32_t kEverywhere = kWillBit | kConnectBit | kConnackBit | kPublishBit |
                                      kAckBits | kSubscribeBit | at(PacketType::kUnsubscribe) |
                                      kDisconnectBit | kAuthBit;

struct Rule {
  PropertyId id;
  Form form;
  bool zero_allowed;
  std::uint32_t places;
  std::string_view name;
};

// Table 2-4 and the value rules of the sections it points to.
constexpr Rule kRules[] = {
    {PropertyId::kPayloadFormat, Form::kFlag, true, kPublishBit | kWillBit, "payload format"},
    {PropertyId::kMessageExpiry, Form::kU32, true, kPublishBit | kWillBit, "message expiry"},
    {PropertyId::kContentType, Form::kText, true, kPublishBit | kWillBit, "content type"},
    {PropertyId::kResponseTopic, Form::kText, true, kPublishBit | kWillBit, "response topic"},
    {PropertyId::kCorrelationData, Form::kBinary, true, kPublishBit | kWillBit, "correlation data"},
    {PropertyId::kSubscriptionIdentifier, Form::kVarint, false, kPublishBit | kSubscribeBit,
     "subscription identifier"},
    {PropertyId::kSessionExpiry, Form::kU32, true, kConnectBit | kConnackBit | kDisconnectBit,
     "session expiry"},
    {PropertyId::kAssignedClientId, Form::kText, true, kConnackBit, "assigned client id"},
    {PropertyId::kServerKeepAlive, Form::kU16, true, kConnackBit, "server keep alive"},
    {PropertyId::kAuthenticationMethod, Form::kText, true, kConnectBit | kConnackBit | kAuthBit,
     "authentication method"},
    {PropertyId::kAuthenticationData, Form::kBinary, true, kConnectBit | kConnackBit | kAuthBit,
     "authentication data"},
    {PropertyId::kRequestProblemInformation, Form::kFlag, true, kConnectBit,
     "request problem information"},
    {PropertyId::kWillDelay, Form::kU32, true, kWillBit, "will delay"},
    {PropertyId::kRequestResponseInformation, Form::kFlag, true, kConnectBit,
     "request response information"},
    {PropertyId::kResponseInformation, Form::kText, true, kConnackBit, "response information"},
    {PropertyId::kServerReference, Form::kText, true, kConnackBit | kDisconnectBit,
     "server reference"},
    {PropertyId::kReasonString, Form::kText, true,
     kConnackBit | kAckBits | kDisconnectBit | kAuthBit, "reason string"},
    {PropertyId::kReceiveMaximum, Form::kU16, false, kConnectBit | kConnackBit, "receive maximum"},
    {PropertyId::kTopicAliasMaximum, Form::kU16, true, kConnectBit | kConnackBit,
     "topic alias maximum"},
    {PropertyId::kTopicAlias, Form::kU16, false, kPublishBit, "topic alias"},
    {PropertyId::kMaximumQos, Form::kFlag, true, kConnackBit, "maximum qos"},
    {PropertyId::kRetainAvailable, Form::kFlag, true, kConnackBit, "retain available"},
    {PropertyId::kUserProperty, Form::kPair, true, kEverywhere, "user property"},
    {PropertyId::kMaximumPacketSize, Form::kU32, false, kConnectBit | kConnackBit,
     "maximum packet size"},
    {PropertyId::kWildcardSubscriptionAvailable, Form::kFlag, true, kConnackBit,
     "wildcard subscription available"},
    {PropertyId::kSubscriptionIdentifiersAvailable, Form::kFlag, true, kConnackBit,
     "subscription identifiers available"},
    {PropertyId::kSharedSubscriptionAvailable, Form::kFlag, true, kConnackBit,
     "shared subscription available"},
};

const Rule* rule_of(std::uint32_t id) {
  for (const Rule& rule : kRules) {
    if (static_cast<std::uint32_t>(rule.id) == id) return &rule;
  }
  return nullptr;
}

void read_value(WireReader& reader, const Rule& rule, Property& property) {
  switch (rule.form) {
    case Form::kFlag:
      property.number = reader.u8();
      if (property.number > 1) reader.fail("is neither 0 nor 1");
      break;
    case Form::kU16:
      property.number = reader.u16();
      break;
    case Form::kU32:
      property.number = reader.u32();
      break;
    case Form::kVarint:
      property.number = reader.varint();
      break;
    case Form::kText:
      property.text = reader.text();
      break;
    case Form::kBinary:
      property.text = reader.binary();
      break;
    case Form::kPair:
      property.text = reader.text();
      property.value = reader.text();
      break;
  }
  if (!rule.zero_allowed && property.number == 0) reader.fail("is 0");
}

Error about(std::string_view name, std::string_view problem) {
  return Error(ErrorCode::kCorrupt, "property " + std::string(name) + ": " + std::string(problem));
}

}  // namespace

Result<void> decode_properties(std::string_view bytes, PropertyPlace place, Properties* out) {
  WireReader reader(bytes);
  std::uint64_t seen = 0;
  while (!reader.at_end()) {
    const std::uint32_t id = reader.varint();
    if (!reader.ok()) return about("identifier", reader.problem());
    const Rule* rule = rule_of(id);
    if (rule == nullptr) return about(std::to_string(id), "unknown");
    if ((rule->places & place.bit) == 0) {
      return base::invalid("property " + std::string(rule->name) + ": does not belong here");
    }
    const bool repeatable =
        rule->form == Form::kPair ||
        (rule->id == PropertyId::kSubscriptionIdentifier && place.bit == kPublishBit);
    if (!repeatable && (seen >> id & 1) != 0) {
      return base::invalid("property " + std::string(rule->name) + ": given twice");
    }
    seen |= std::uint64_t{1} << id;
    Property property;
    property.id = rule->id;
    read_value(reader, *rule, property);
    if (!reader.ok()) return about(rule->name, reader.problem());
    if (out != nullptr) out->push_back(property);
  }
  return {};
}

void append_properties(const Properties& properties, std::string& out) {
  std::string body;
  for (const Property& property : properties) {
    const Rule* rule = rule_of(static_cast<std::uint32_t>(property.id));
    LEAT_ASSERT(rule != nullptr);
    put_u8(body, static_cast<unsigned>(property.id));
    switch (rule->form) {
      case Form::kFlag:
        put_u8(body, property.number);
        break;
      case Form::kU16:
        put_u16(body, property.number);
        break;
      case Form::kU32:
        put_u32(body, property.number);
        break;
      case Form::kVarint:
        put_varint(body, property.number);
        break;
      case Form::kText:
      case Form::kBinary:
        put_text(body, property.text);
        break;
      case Form::kPair:
        put_text(body, property.text);
        put_text(body, property.value);
        break;
    }
  }
  put_varint(out, body.size());
  out.append(body);
}

const Property* find_property(const Properties& properties, PropertyId id) {
  for (const Property& property : properties) {
    if (property.id == id) return &property;
  }
  return nullptr;
}

std::string_view to_string(PropertyId id) {
  const Rule* rule = rule_of(static_cast<std::uint32_t>(id));
  return rule == nullptr ? "unknown" : rule->name;
}

}  // namespace leat::mqtt
