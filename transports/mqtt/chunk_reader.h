// Cuts the bytes of a connection into packets and the PUBLISH packets among them into chunks, in
// place: the bytes are received into the chunk and never copied, but for a packet cut in two.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "transports/mqtt/chunk.h"
#include "transports/mqtt/packets.h"

namespace leat::mqtt {

// No I/O. Memory is bounded whatever the peer sends: max_chunks chunks, each as large as what one
// read brought or one packet of max_packet_bytes. A PUBLISH above that is skipped as it streams by;
// its topic and packet id are kept and it becomes a message marked oversize, at its end.
class ChunkReader {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // A packet that is not a PUBLISH. An error ends the connection.
    virtual Result<void> on_frame(const Frame& frame) = 0;
  };

  ChunkReader(Owner* owner, Version version, std::uint32_t max_packet_bytes,
              std::size_t max_chunks);

  // A new connection: half packets of the old one are forgotten.
  void reset(std::uint64_t connection);

  // False: all chunks are out; nothing can be received until recycle().
  bool can_receive() const { return current_ != nullptr || !free_.empty() || made_ < max_chunks_; }
  // Where to receive, not empty; asks for can_receive().
  std::span<char> space();
  // `size` bytes were received there. A protocol error ends the connection; messages before it are
  // still given out.
  Result<void> received(std::size_t size);
  // What has come since the last call, or null.
  std::unique_ptr<Chunk> take(TimestampMs now_ms);
  void recycle(std::unique_ptr<Chunk> chunk);

  std::size_t chunks_made() const { return made_; }
  std::uint64_t oversize_count() const { return oversize_count_; }

 private:
  enum class Step { kNext, kNeedMore };

  bool take_free_chunk();
  void reserve(std::size_t capacity);
  Result<Step> one_packet();
  Result<void> publish(const Frame& frame);
  Result<Step> begin_skip(const FrameHead& head, std::string_view rest);
  void end_skip();

  Owner* owner_;
  Version version_;
  std::uint32_t max_packet_bytes_;
  std::size_t max_chunks_;
  std::size_t made_ = 0;
  std::uint64_t connection_ = 0;
  std::unique_ptr<Chunk> current_;
  std::size_t parsed_ = 0;  // bytes of current_ that are done with
  std::string tail_;        // the half packet at the end while there is no chunk for it
  std::vector<std::unique_ptr<Chunk>> free_;
  std::uint64_t skip_ = 0;
  ChunkMessage skipped_;
  std::string skipped_topic_;
  std::uint64_t oversize_count_ = 0;
};

}  // namespace leat::mqtt
