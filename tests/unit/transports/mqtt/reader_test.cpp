// The chunk reader, the retry schedule and the publish window: state without I/O.
#include <cstring>
#include <gtest/gtest.h>

#include "transports/mqtt/chunk_reader.h"
#include "transports/mqtt/publish_window.h"
#include "transports/mqtt/retry.h"

namespace leat::testing {
namespace {

using namespace mqtt;

class Frames final : public ChunkReader::Owner {
 public:
  Result<void> on_frame(const Frame& frame) override {
    types.push_back(frame.type);
    return {};
  }
  std::vector<PacketType> types;
};

std::string publish(std::string_view topic, std::string_view payload, std::uint16_t id = 1) {
  std::string bytes;
  Publish packet;
  packet.qos = 1;
  packet.packet_id = id;
  packet.topic = topic;
  packet.payload = payload;
  encode_publish(packet, Version::k311, bytes);
  return bytes;
}

Result<void> feed(ChunkReader& reader, std::string_view bytes) {
  const std::span<char> space = reader.space();
  LEAT_ASSERT(bytes.size() <= space.size());
  std::memcpy(space.data(), bytes.data(), bytes.size());
  return reader.received(bytes.size());
}

TEST(ChunkReader, ManyPacketsInOneReadAndOnePacketInManyReads) {
  std::string stream;
  for (std::uint16_t i = 1; i <= 50; ++i) stream += publish("t", "payload" + std::to_string(i), i);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
    Frames frames;
    ChunkReader reader(&frames, Version::k311, 1000, 2);
    reader.reset(9);
    std::uint16_t expected = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      ASSERT_TRUE(feed(reader, std::string_view(stream).substr(at, piece)).ok());
      std::unique_ptr<Chunk> chunk = reader.take(42);
      if (!chunk) continue;
      EXPECT_EQ(chunk->connection, 9u);
      EXPECT_EQ(chunk->received_ms, 42);
      for (const ChunkMessage& message : chunk->messages) {
        EXPECT_EQ(message.packet_id, ++expected);
        EXPECT_EQ(chunk->topic(message), "t");
        EXPECT_EQ(chunk->payload(message), "payload" + std::to_string(expected));
      }
      reader.recycle(std::move(chunk));
    }
    EXPECT_EQ(expected, 50);
    EXPECT_LE(reader.chunks_made(), 2u);
  }
}

TEST(ChunkReader, HoldsBackWhenAllChunksAreOutAndKeepsTheHalfPacket) {
  Frames frames;
  ChunkReader reader(&frames, Version::k311, 1000, 1);
  reader.reset(1);
  const std::string second = publish("t", "second", 2);
  ASSERT_TRUE(feed(reader, publish("t", "first", 1) + second.substr(0, 5)).ok());
  std::unique_ptr<Chunk> chunk = reader.take(0);
  ASSERT_TRUE(chunk);
  EXPECT_FALSE(reader.can_receive());
  reader.recycle(std::move(chunk));
  ASSERT_TRUE(reader.can_receive());
  ASSERT_TRUE(feed(reader, std::string_view(second).substr(5)).ok());
  chunk = reader.take(0);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->payload(chunk->messages[0]), "second");
}

TEST(ChunkReader, SkipsAnOversizeMessageWithoutHoldingIt) {
  Frames frames;
  ChunkReader reader(&frames, Version::k311, 1000, 2);
  reader.reset(1);
  std::string stream = publish("t/big", std::string(3'000'000, 'x'), 7);
  stream += publish("t", "after", 8);
  std::vector<std::pair<std::string, bool>> got;
  std::size_t largest = 0;
  for (std::size_t at = 0; at < stream.size();) {
    const std::span<char> space = reader.space();
    const std::size_t n = std::min(space.size(), stream.size() - at);
    std::memcpy(space.data(), stream.data() + at, n);
    at += n;
    ASSERT_TRUE(reader.received(n).ok());
    std::unique_ptr<Chunk> chunk = reader.take(0);
    if (!chunk) continue;
    largest = std::max(largest, chunk->capacity);
    for (const ChunkMessage& message : chunk->messages) {
      got.emplace_back(chunk->topic(message), message.oversize);
      if (message.oversize) {
        EXPECT_EQ(message.packet_id, 7);
        EXPECT_EQ(message.payload_size, 3'000'000u);
      }
    }
    reader.recycle(std::move(chunk));
  }
  const std::vector<std::pair<std::string, bool>> expected = {{"t/big", true}, {"t", false}};
  EXPECT_EQ(got, expected);
  EXPECT_EQ(reader.oversize_count(), 1u);
  EXPECT_LE(largest, 128u * 1024);
}

TEST(ChunkReader, ProtocolErrors) {
  // A PINGRESP that says it has 100,000 bytes; an oversize PUBLISH whose topic does not fit in it;
  // one with a wildcard; a topic alias; garbage.
  const std::string kStreams[] = {
      std::string("\xd0\xa0\x8d\x06", 4) + std::string(10, 'x'),
      std::string("\x30\xe9\x07\xff\xff", 5) + "abc",
      std::string("\x30\xe9\x07\x00\x01#", 6) + "abc",
      "GET / HTTP/1.1\r\n",
  };
  for (const std::string& stream : kStreams) {
    Frames frames;
    ChunkReader reader(&frames, Version::k311, 1000, 1);
    reader.reset(1);
    EXPECT_FALSE(feed(reader, stream).ok());
  }
  Frames frames;
  ChunkReader reader(&frames, Version::k5, 1000, 1);
  reader.reset(1);
  const Result<void> alias = feed(reader, std::string_view("\x30\x06\x00\x00\x03\x23\x00\x07", 8));
  ASSERT_FALSE(alias.ok());
  EXPECT_NE(alias.error().message().find("topic alias"), std::string::npos);
}

TEST(ChunkReader, MessagesBeforeAnErrorAreGivenOut) {
  Frames frames;
  ChunkReader reader(&frames, Version::k311, 1000, 1);
  reader.reset(1);
  EXPECT_FALSE(feed(reader, publish("t", "good") + "\xff\xff").ok());
  const std::unique_ptr<Chunk> chunk = reader.take(0);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->payload(chunk->messages[0]), "good");
}

TEST(Retry, DelaysDoubleWithJitterUpToTheBound) {
  Retry retry({100, 30'000, 5'000, 30'000}, 1);
  std::int64_t full = 100;
  for (int i = 0; i < 40; ++i) {
    const std::int64_t delay = retry.next_delay_ms();
    EXPECT_GE(delay, full / 2);
    EXPECT_LE(delay, full);
    full = std::min<std::int64_t>(30'000, full * 2);
  }
  retry.on_stable();
  EXPECT_LE(retry.next_delay_ms(), 100);
}

TEST(Retry, TheSameSeedGivesTheSameDelaysAndAnotherOneOthers) {
  Retry a({}, 1);
  Retry b({}, 1);
  Retry c({}, 2);
  int differences = 0;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t delay = a.next_delay_ms();
    EXPECT_EQ(delay, b.next_delay_ms());
    differences += delay != c.next_delay_ms() ? 1 : 0;
  }
  EXPECT_GT(differences, 10);
}

TEST(Retry, RepeatedReasonsAreLoggedNowAndThen) {
  Retry retry({100, 30'000, 5'000, 30'000}, 1);
  std::uint64_t repeats = 0;
  EXPECT_TRUE(retry.should_log("refused", 1000, repeats));
  EXPECT_FALSE(retry.should_log("refused", 2000, repeats));
  EXPECT_FALSE(retry.should_log("refused", 30'999, repeats));
  EXPECT_TRUE(retry.should_log("refused", 31'000, repeats));
  EXPECT_EQ(repeats, 2u);
  EXPECT_TRUE(retry.should_log("timeout", 31'001, repeats));
}

TEST(PublishWindow, KeepsOrderAndCountsEachMessageOnce) {
  PublishWindow window({2, 4, 1 << 20});
  PublishWindow::Attempt attempt = 0;
  for (const char* payload : {"a", "b", "c"}) window.add({"t", payload});
  EXPECT_FALSE(window.next(attempt));  // no connection
  window.on_connected();
  PublishWindow::Attempt first = 0;
  PublishWindow::Attempt second = 0;
  EXPECT_EQ(window.next(first)->payload, "a");
  EXPECT_EQ(window.next(second)->payload, "b");
  EXPECT_FALSE(window.next(attempt));  // two are sent
  EXPECT_TRUE(window.acknowledge(second));
  EXPECT_FALSE(window.acknowledge(second));
  EXPECT_FALSE(window.full());
  window.add({"t", "d"});
  window.add({"t", "e"});
  EXPECT_TRUE(window.full());  // a, c, d, e
  // What is not acknowledged goes out again, before the rest; the old attempt is nobody's.
  window.on_connection_lost();
  EXPECT_FALSE(window.acknowledge(first));
  window.on_connected();
  EXPECT_EQ(window.next(first)->payload, "a");
  EXPECT_EQ(window.next(second)->payload, "c");
  window.retry(first);
  EXPECT_TRUE(window.refuse(second));
  EXPECT_EQ(window.next(first)->payload, "a");
  EXPECT_EQ(window.held(), 3u);
  EXPECT_EQ(window.forwarded(), 1u);
  EXPECT_EQ(window.refused(), 1u);
}

TEST(PublishWindow, IsFullByBytesToo) {
  PublishWindow window({10, 10, 100});
  window.add({"t", std::string(98, 'x')});
  EXPECT_FALSE(window.full());
  window.add({"t", ""});
  EXPECT_TRUE(window.full());
}

}  // namespace
}  // namespace leat::testing
