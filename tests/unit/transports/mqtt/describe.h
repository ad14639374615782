// Packets as the wire cases spell them.
#pragma once

#include <string>

#include "transports/mqtt/packets.h"

namespace leat::testing {

std::string describe(const mqtt::Packet& packet);

}  // namespace leat::testing
