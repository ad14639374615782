#include "transports/mqtt/chunk_reader.h"

#include <algorithm>
#include <cstring>

#include "transports/mqtt/topic.h"

namespace leat::mqtt {

namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
// A recycled chunk that one large message has blown up gives its memory back.
constexpr std::size_t kKeepBytes = 256 * 1024;

std::uint16_t big_endian(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>((static_cast<std::uint8_t>(bytes[at]) << 8) |
                                    static_cast<std::uint8_t>(bytes[at + 1]));
}

}  // namespace

ChunkReader::ChunkReader(Owner* owner, Version version, std::uint32_t max_packet_bytes,
                         std::size_t max_chunks)
    : owner_(owner),
      version_(version),
      max_packet_bytes_(max_packet_bytes),
      max_chunks_(max_chunks) {
  LEAT_ASSERT(max_chunks > 0);
}

void ChunkReader::reset(std::uint64_t connection) {
  connection_ = connection;
  skip_ = 0;
  tail_.clear();
  parsed_ = 0;
  if (current_) {
    current_->size = 0;
    current_->messages.clear();
    current_->oversize_topics.clear();
    current_->connection = connection;
  }
}

bool ChunkReader::take_free_chunk() {
  LEAT_ASSERT(!current_);
  if (!free_.empty()) {
    current_ = std::move(free_.back());
    free_.pop_back();
  } else if (made_ < max_chunks_) {
    current_ = std::make_unique<Chunk>();
    ++made_;
  } else {
    return false;
  }
  current_->size = 0;
  current_->messages.clear();
  current_->oversize_topics.clear();
  current_->connection = connection_;
  parsed_ = 0;
  reserve(std::max(kChunkBytes, tail_.size() + kChunkBytes / 2));
  std::memcpy(current_->bytes.get(), tail_.data(), tail_.size());
  current_->size = tail_.size();
  tail_.clear();
  return true;
}

void ChunkReader::reserve(std::size_t capacity) {
  if (current_->capacity >= capacity) return;
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  if (current_->size > 0) std::memcpy(bytes.get(), current_->bytes.get(), current_->size);
  current_->bytes = std::move(bytes);
  current_->capacity = capacity;
}

std::span<char> ChunkReader::space() {
  if (!current_) {
    const bool taken = take_free_chunk();
    LEAT_ASSERT(taken);
  }
  // Grows with what has come, not with what the peer says will come.
  if (current_->size == current_->capacity) reserve(current_->capacity * 2);
  return {current_->bytes.get() + current_->size, current_->capacity - current_->size};
}

Result<void> ChunkReader::received(std::size_t size) {
  LEAT_ASSERT(current_ && size <= current_->capacity - current_->size);
  current_->size += size;
  Result<void> outcome;
  while (true) {
    Result<Step> step = one_packet();
    if (!step.ok()) {
      outcome = step.error();
      break;
    }
    if (step.value() == Step::kNeedMore) break;
  }
  if (current_->messages.empty() && parsed_ > 0) {
    current_->size -= parsed_;
    std::memmove(current_->bytes.get(), current_->bytes.get() + parsed_, current_->size);
    parsed_ = 0;
  }
  return outcome;
}

std::unique_ptr<Chunk> ChunkReader::take(TimestampMs now_ms) {
  if (!current_ || current_->messages.empty()) return nullptr;
  std::unique_ptr<Chunk> full = std::move(current_);
  tail_.assign(full->bytes.get() + parsed_, full->size - parsed_);
  parsed_ = 0;
  full->received_ms = now_ms;
  if (!tail_.empty()) take_free_chunk();
  return full;
}

void ChunkReader::recycle(std::unique_ptr<Chunk> chunk) {
  if (chunk->capacity > kKeepBytes) {
    chunk->bytes.reset();
    chunk->capacity = 0;
  }
  free_.push_back(std::move(chunk));
}

Result<ChunkReader::Step> ChunkReader::one_packet() {
  const std::string_view rest(current_->bytes.get() + parsed_, current_->size - parsed_);
  if (skip_ > 0) {
    const std::size_t gone = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, rest.size()));
    parsed_ += gone;
    skip_ -= gone;
    if (skip_ > 0) return Step::kNeedMore;
    end_skip();
    return Step::kNext;
  }
  FrameHead head;
  std::string problem;
  const HeadStatus status = read_head(rest, head, problem);
  if (status == HeadStatus::kBad) return Error(ErrorCode::kCorrupt, problem);
  if (status == HeadStatus::kNeedMore) return Step::kNeedMore;
  const std::size_t total = std::size_t{head.head_size} + head.remaining_length;
  if (total > max_packet_bytes_) return begin_skip(head, rest);
  if (rest.size() < total) return Step::kNeedMore;
  const Frame frame{head.type, head.flags, rest.substr(head.head_size, head.remaining_length)};
  if (frame.type == PacketType::kPublish) {
    LEAT_TRY(publish(frame));
  } else {
    LEAT_TRY(owner_->on_frame(frame));
  }
  parsed_ += total;
  return Step::kNext;
}

Result<void> ChunkReader::publish(const Frame& frame) {
  LEAT_TRY_ASSIGN(const Publish publish, decode_publish(frame, version_));
  if (publish.topic_alias != 0) {
    return base::invalid("PUBLISH: a topic alias, although we allowed none");
  }
  const char* base = current_->bytes.get();
  ChunkMessage message;
  message.topic_at = static_cast<std::uint32_t>(publish.topic.data() - base);
  message.topic_size = static_cast<std::uint16_t>(publish.topic.size());
  message.payload_at = static_cast<std::uint32_t>(publish.payload.data() - base);
  message.payload_size = static_cast<std::uint32_t>(publish.payload.size());
  message.packet_id = publish.packet_id;
  message.qos = publish.qos;
  current_->messages.push_back(message);
  return {};
}

// Waits for the topic and the packet id at the start of the body, then lets the rest go by.
Result<ChunkReader::Step> ChunkReader::begin_skip(const FrameHead& head, std::string_view rest) {
  if (head.type != PacketType::kPublish) {
    return Error(ErrorCode::kLimit, std::string(to_string(head.type)) + ": " +
                                        std::to_string(head.remaining_length) +
                                        " bytes, over the limit");
  }
  const std::string_view body = rest.substr(head.head_size);
  const unsigned qos = (head.flags >> 1) & 3U;
  if (body.size() < 2) return Step::kNeedMore;
  const std::size_t topic_size = big_endian(body, 0);
  const std::size_t needed = 2 + topic_size + (qos > 0 ? 2 : 0);
  if (needed > head.remaining_length) return Error(ErrorCode::kCorrupt, "PUBLISH: ends too early");
  if (body.size() < needed) return Step::kNeedMore;
  const std::string_view topic = body.substr(2, topic_size);
  const Result<void> checked = check_topic_name(topic);
  if (!checked.ok()) {
    return Error(ErrorCode::kCorrupt, "PUBLISH: topic " + checked.error().message());
  }
  skipped_ = ChunkMessage();
  skipped_.oversize = true;
  skipped_.qos = static_cast<std::uint8_t>(qos);
  skipped_.topic_size = static_cast<std::uint16_t>(topic_size);
  skipped_.payload_size = head.remaining_length - static_cast<std::uint32_t>(needed);
  if (qos > 0) skipped_.packet_id = big_endian(body, 2 + topic_size);
  if (qos > 0 && skipped_.packet_id == 0) return base::invalid("PUBLISH: packet id 0");
  skipped_topic_.assign(topic);
  parsed_ += head.head_size + needed;
  skip_ = skipped_.payload_size;
  if (skip_ == 0) end_skip();
  return Step::kNext;
}

void ChunkReader::end_skip() {
  skipped_.topic_at = static_cast<std::uint32_t>(current_->oversize_topics.size());
  current_->oversize_topics.append(skipped_topic_);
  current_->messages.push_back(skipped_);
  ++oversize_count_;
}

}  // namespace leat::mqtt
