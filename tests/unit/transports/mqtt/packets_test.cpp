// Every wire case of cases/*.txt, both ways; and the reader fed with the cases byte by byte.
#include "transports/mqtt/packets.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "tests/unit/transports/mqtt/describe.h"

namespace leat::testing {
namespace {

using namespace mqtt;

struct Case {
  std::string file;
  std::map<std::string, std::string> keys;
  Version version() const { return keys.at("version") == "5" ? Version::k5 : Version::k311; }
  std::string bytes() const {
    std::string digits;
    for (const char c : keys.at("hex")) {
      if (c != ' ') digits += c;
    }
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
      out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    }
    return out;
  }
};

std::vector<Case> load_cases() {
  std::vector<Case> cases;
  const std::filesystem::path folder =
      std::filesystem::path(LEAT_SOURCE_DIR) / "tests/unit/transports/mqtt/cases";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    Case current{entry.path().filename().string(), {}};
    std::string line;
    while (true) {
      const bool more = static_cast<bool>(std::getline(file, line));
      if (!more || line.empty()) {
        if (!current.keys.empty()) cases.push_back(current);
        current.keys.clear();
        if (!more) break;
      } else if (line.front() != '#') {
        const std::size_t colon = line.find(": ");
        current.keys[line.substr(0, colon)] = line.substr(colon + 2);
      }
    }
  }
  return cases;
}

// The packet at the start of `bytes`, which it must fill.
Result<Packet> decode_all(std::string_view bytes, Version version) {
  FrameHead head;
  std::string problem;
  switch (read_head(bytes, head, problem)) {
    case HeadStatus::kBad:
      return Error(ErrorCode::kCorrupt, problem);
    case HeadStatus::kNeedMore:
      return base::invalid("needs more");
    case HeadStatus::kComplete:
      break;
  }
  if (bytes.size() != head.head_size + head.remaining_length) return base::invalid("case is cut");
  return decode_packet({head.type, head.flags, bytes.substr(head.head_size)}, version);
}

TEST(Packets, EveryWireCaseBothWays) {
  const std::vector<Case> cases = load_cases();
  ASSERT_GT(cases.size(), 90u);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.file + ": " + one.keys.at("name"));
    const std::string bytes = one.bytes();
    const Result<Packet> packet = decode_all(bytes, one.version());
    if (one.keys.count("error") != 0) {
      ASSERT_FALSE(packet.ok());
      EXPECT_NE(packet.error().message().find(one.keys.at("error")), std::string::npos)
          << packet.error().message();
      continue;
    }
    ASSERT_TRUE(packet.ok()) << packet.error().message();
    EXPECT_EQ(describe(packet.value()), one.keys.at("means"));
    std::string encoded;
    encode(packet.value(), one.version(), encoded);
    if (one.keys.count("encodes") == 0) {
      EXPECT_EQ(encoded, bytes);
    } else {
      const Result<Packet> again = decode_all(encoded, one.version());
      ASSERT_TRUE(again.ok());
      EXPECT_EQ(describe(again.value()), one.keys.at("means"));
    }
  }
}

// Cutting a packet short or flipping any one bit never gives more than an error or another packet.
TEST(Packets, CutAndFlippedCasesAreHandled) {
  std::size_t refused = 0;
  for (const Case& one : load_cases()) {
    const std::string bytes = one.bytes();
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      if (!decode_all(flipped, one.version()).ok()) ++refused;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_all(std::string_view(bytes).substr(0, size), one.version()).ok());
    }
  }
  EXPECT_GT(refused, 1000u);
}

// 2.1.4, table 2.4: the bounds of the variable byte integer.
TEST(Frame, RemainingLengthBounds) {
  const std::pair<std::uint32_t, std::string> kBounds[] = {
      {0, std::string(1, '\0')},
      {127, "\x7f"},
      {128, "\x80\x01"},
      {16383, "\xff\x7f"},
      {16384, "\x80\x80\x01"},
      {2097151, "\xff\xff\x7f"},
      {2097152, "\x80\x80\x80\x01"},
      {268435455, "\xff\xff\xff\x7f"},
  };
  for (const auto& [length, digits] : kBounds) {
    std::string bytes;
    append_head(PacketType::kPublish, 0, length, bytes);
    EXPECT_EQ(bytes, "\x30" + digits);
    FrameHead head;
    std::string problem;
    ASSERT_EQ(read_head(bytes, head, problem), HeadStatus::kComplete);
    EXPECT_EQ(head.remaining_length, length);
    EXPECT_EQ(head.head_size, bytes.size());
    bytes.pop_back();
    EXPECT_EQ(read_head(bytes, head, problem), HeadStatus::kNeedMore);
  }
}

}  // namespace
}  // namespace leat::testing
