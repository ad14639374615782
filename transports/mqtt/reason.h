// What a broker's reason codes mean to a person.
#pragma once

#include <cstdint>
#include <string>

#include "transports/mqtt/packets.h"

namespace leat::mqtt {

// "bad user name or password (0x86)"; for CONNACK the 3.1.1 return codes too.
std::string explain_connack(std::uint8_t reason, Version version);
// The reasons of SUBACK, DISCONNECT and the acknowledgements of MQTT 5, and 3.1.1's 0x80.
std::string explain_reason(std::uint8_t reason);
// The same with the reason string of the packet, when there is one; control characters are
// replaced.
std::string with_reason_string(std::string text, const Properties& properties);

}  // namespace leat::mqtt
