// Messages as they came from the socket: one buffer, and where in it each message lies.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace leat::mqtt {

// One PUBLISH of a chunk.
struct ChunkMessage {
  std::uint32_t topic_at = 0;
  std::uint32_t payload_at = 0;
  std::uint32_t payload_size = 0;  // of the message; its bytes are there unless it is oversize
  std::uint16_t topic_size = 0;
  std::uint16_t packet_id = 0;  // 0 with QoS 0
  std::uint8_t qos = 0;
  bool oversize = false;  // over the limit: the topic lies in `oversize_topics`
};

// Filled by the client (the bytes are read from the socket right into it), then handed over, and
// handed back to Client::release(), which acknowledges its messages. Owned by one thread at a time.
struct Chunk {
  std::unique_ptr<char[]> bytes;
  std::size_t capacity = 0;
  std::size_t size = 0;
  std::vector<ChunkMessage> messages;
  std::string oversize_topics;
  // Which connection it came on. Packet ids of another one mean nothing.
  std::uint64_t connection = 0;
  TimestampMs received_ms = 0;

  std::string_view topic(const ChunkMessage& message) const {
    const char* from = message.oversize ? oversize_topics.data() : bytes.get();
    return {from + message.topic_at, message.topic_size};
  }
  std::string_view payload(const ChunkMessage& message) const {
    if (message.oversize) return {};
    return {bytes.get() + message.payload_at, message.payload_size};
  }
};

}  // namespace leat::mqtt
