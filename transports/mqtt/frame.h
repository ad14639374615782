// The outer form of every MQTT packet: a type, four flags, a length; and how to find packets in a
// stream of bytes, many in one read or one in many reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::mqtt {

enum class Version : std::uint8_t { k311 = 4, k5 = 5 };

enum class PacketType : std::uint8_t {
  kConnect = 1,
  kConnack,
  kPublish,
  kPuback,
  kPubrec,
  kPubrel,
  kPubcomp,
  kSubscribe,
  kSuback,
  kUnsubscribe,
  kUnsuback,
  kPingreq,
  kPingresp,
  kDisconnect,
  kAuth,  // MQTT 5 only
};
// "CONNECT", ...
std::string_view to_string(PacketType type);

// The largest remaining length that its four bytes can say.
inline constexpr std::uint32_t kMaxRemainingLength = 268'435'455;

struct Frame {
  PacketType type = PacketType::kPingreq;
  std::uint8_t flags = 0;
  std::string_view body;
};

struct FrameHead {
  PacketType type = PacketType::kPingreq;
  std::uint8_t flags = 0;
  std::uint32_t remaining_length = 0;
  std::uint32_t head_size = 0;  // 2 to 5 bytes
};

enum class HeadStatus { kComplete, kNeedMore, kBad };

// The fixed header at the start of `bytes`. kBad: `error` says why (type 0, a length of more than
// four bytes, flags that the type does not have). The type and its flags are judged as soon as
// there is one byte, so a peer that does not speak MQTT is found out at once.
HeadStatus read_head(std::string_view bytes, FrameHead& head, std::string& error);

// Appends the fixed header.
void append_head(PacketType type, std::uint8_t flags, std::size_t remaining_length,
                 std::string& out);

}  // namespace leat::mqtt
