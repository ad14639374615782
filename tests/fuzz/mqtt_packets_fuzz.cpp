// Bytes of a broker: through the chunk reader in pieces, and packet by packet through the codec,
// whose every accepted packet must survive encoding and decoding.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "transports/mqtt/chunk_reader.h"
#include "transports/mqtt/packets.h"

namespace {

using namespace leat::mqtt;

class Owner final : public ChunkReader::Owner {
 public:
  explicit Owner(Version version) : version_(version) {}
  leat::Result<void> on_frame(const Frame& frame) override {
    LEAT_TRY(decode_packet(frame, version_).ok() ? leat::Result<void>()
                                                 : leat::base::invalid("bad"));
    return {};
  }

 private:
  Version version_;
};

// One byte of the input says how the rest is cut into reads.
void read_in_pieces(std::string_view bytes, Version version, std::size_t piece) {
  Owner owner(version);
  ChunkReader reader(&owner, version, 4096, 2);
  reader.reset(1);
  std::size_t messages = 0;
  while (!bytes.empty()) {
    const std::span<char> space = reader.space();
    const std::size_t n = std::min({piece, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), n);
    bytes.remove_prefix(n);
    const leat::Result<void> read = reader.received(n);
    if (auto chunk = reader.take(0)) {
      for (const ChunkMessage& message : chunk->messages) {
        messages += 1 + chunk->topic(message).size() + chunk->payload(message).size();
        if (!chunk->topic(message).empty()) messages += chunk->topic(message).back() & 1;
      }
      reader.recycle(std::move(chunk));
    }
    if (!read.ok()) break;
  }
  LEAT_ASSERT(reader.chunks_made() <= 2 && messages < (std::size_t{1} << 40));
}

void round_trip(std::string_view bytes, Version version) {
  FrameHead head;
  std::string problem;
  while (read_head(bytes, head, problem) == HeadStatus::kComplete) {
    const std::size_t total = std::size_t{head.head_size} + head.remaining_length;
    if (bytes.size() < total) return;
    const Frame frame{head.type, head.flags, bytes.substr(head.head_size, head.remaining_length)};
    bytes.remove_prefix(total);
    const leat::Result<Packet> packet = decode_packet(frame, version);
    if (!packet.ok()) continue;
    std::string once;
    encode(packet.value(), version, once);
    FrameHead again;
    LEAT_ASSERT(read_head(once, again, problem) == HeadStatus::kComplete);
    const Frame second{again.type, again.flags, std::string_view(once).substr(again.head_size)};
    const leat::Result<Packet> decoded = decode_packet(second, version);
    LEAT_ASSERT(decoded.ok());
    std::string twice;
    encode(decoded.value(), version, twice);
    LEAT_ASSERT(once == twice);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Version version = (data[0] & 1) != 0 ? Version::k5 : Version::k311;
  const std::size_t piece = std::size_t{1} + (data[0] >> 1);
  read_in_pieces(bytes, version, piece);
  round_trip(bytes, version);
  return 0;
}
