// The properties of MQTT 5 packets (section 2.2.2), as a list in the order of the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "transports/mqtt/frame.h"

namespace leat::mqtt {

enum class PropertyId : std::uint8_t {
  kPayloadFormat = 1,
  kMessageExpiry = 2,
  kContentType = 3,
  kResponseTopic = 8,
  kCorrelationData = 9,
  kSubscriptionIdentifier = 11,
  kSessionExpiry = 17,
  kAssignedClientId = 18,
  kServerKeepAlive = 19,
  kAuthenticationMethod = 21,
  kAuthenticationData = 22,
  kRequestProblemInformation = 23,
  kWillDelay = 24,
  kRequestResponseInformation = 25,
  kResponseInformation = 26,
  kServerReference = 28,
  kReasonString = 31,
  kReceiveMaximum = 33,
  kTopicAliasMaximum = 34,
  kTopicAlias = 35,
  kMaximumQos = 36,
  kRetainAvailable = 37,
  kUserProperty = 38,
  kMaximumPacketSize = 39,
  kWildcardSubscriptionAvailable = 40,
  kSubscriptionIdentifiersAvailable = 41,
  kSharedSubscriptionAvailable = 42,
};

struct Property {
  PropertyId id = PropertyId::kUserProperty;
  std::uint32_t number = 0;  // of the numeric ones
  std::string_view text;     // text or bytes; the name of a user property
  std::string_view value;    // of a user property
};
using Properties = std::vector<Property>;

// Where properties stand: a packet type, or the will inside a CONNECT.
struct PropertyPlace {
  PropertyPlace(PacketType type) : bit(1U << static_cast<unsigned>(type)) {}  // NOLINT: implicit
  static PropertyPlace will() {
    PropertyPlace place(PacketType::kConnect);
    place.bit = 1U;
    return place;
  }
  std::uint32_t bit;
};

// Checks and takes apart properties (without their length). Unknown ones, ones that do not belong
// there, repeats (but of user properties, and of subscription identifiers in a PUBLISH) and values
// out of range are errors. `out` may be null: check only.
Result<void> decode_properties(std::string_view bytes, PropertyPlace place, Properties* out);

// Appends the length and the properties.
void append_properties(const Properties& properties, std::string& out);

// The first property of that id, or null.
const Property* find_property(const Properties& properties, PropertyId id);

std::string_view to_string(PropertyId id);

}  // namespace leat::mqtt
