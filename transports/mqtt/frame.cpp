#include "transports/mqtt/frame.h"

#include <cstdio>

#include "core/base/assert.h"

namespace leat::mqtt {

std::string_view to_string(PacketType type) {
  static constexpr std::string_view kNames[] = {
      "reserved type 0", "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
      "PUBREL",          "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
      "PINGREQ",         "PINGRESP", "DISCONNECT", "AUTH"};
  return kNames[static_cast<std::uint8_t>(type) & 0x0f];
}

namespace {

std::string bad_first_byte(std::uint8_t byte) {
  char text[96];
  const auto type = static_cast<PacketType>(byte >> 4);
  std::snprintf(text, sizeof text, "first byte 0x%02x is not one of MQTT (%.*s with flags %u)",
                byte, static_cast<int>(to_string(type).size()), to_string(type).data(),
                byte & 0x0fU);
  return text;
}

// Table 2-2 of both standards.
bool flags_fit(PacketType type, std::uint8_t flags) {
  switch (type) {
    case PacketType::kPublish:
      return ((flags >> 1) & 3) != 3;
    case PacketType::kPubrel:
    case PacketType::kSubscribe:
    case PacketType::kUnsubscribe:
      return flags == 2;
    default:
      return flags == 0 && static_cast<std::uint8_t>(type) != 0;
  }
}

}  // namespace

HeadStatus read_head(std::string_view bytes, FrameHead& head, std::string& error) {
  if (bytes.empty()) return HeadStatus::kNeedMore;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  head.type = static_cast<PacketType>(first >> 4);
  head.flags = first & 0x0f;
  if (!flags_fit(head.type, head.flags)) {
    error = bad_first_byte(first);
    return HeadStatus::kBad;
  }
  std::uint32_t length = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (bytes.size() <= i + 1) return HeadStatus::kNeedMore;
    const auto byte = static_cast<std::uint8_t>(bytes[i + 1]);
    length |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      // 1.5.5: "the encoded value MUST use the minimum number of bytes".
      if (i > 0 && byte == 0) break;
      head.remaining_length = length;
      head.head_size = i + 2;
      return HeadStatus::kComplete;
    }
  }
  error = std::string(to_string(head.type)) + ": malformed remaining length";
  return HeadStatus::kBad;
}

void append_head(PacketType type, std::uint8_t flags, std::size_t remaining_length,
                 std::string& out) {
  LEAT_ASSERT(remaining_length <= kMaxRemainingLength);
  out.push_back(static_cast<char>((static_cast<unsigned>(type) << 4) | flags));
  do {
    const auto byte = static_cast<unsigned>(remaining_length & 0x7f);
    remaining_length >>= 7;
    out.push_back(static_cast<char>(remaining_length > 0 ? byte | 0x80U : byte));
  } while (remaining_length > 0);
}

}  // namespace leat::mqtt
