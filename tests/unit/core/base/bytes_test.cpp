#include "core/base/bytes.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace leat::base {
namespace {

TEST(Bytes, EverythingComesBack) {
  ByteWriter out;
  out.u8(255);
  out.boolean(true);
  out.u32(0xdeadbeef);
  out.u64(std::numeric_limits<std::uint64_t>::max());
  out.i64(std::numeric_limits<std::int64_t>::min());
  out.f64(-0.0);
  for (const std::uint64_t n : {0ull, 127ull, 128ull, 300ull, ~0ull}) out.varint(n);
  out.text(std::string_view("a\0b", 3));
  ByteReader in(out.bytes());
  EXPECT_EQ(in.u8(), 255);
  EXPECT_TRUE(in.boolean());
  EXPECT_EQ(in.u32(), 0xdeadbeefu);
  EXPECT_EQ(in.u64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(in.i64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(std::signbit(in.f64()));
  for (const std::uint64_t n : {0ull, 127ull, 128ull, 300ull, ~0ull}) EXPECT_EQ(in.varint(), n);
  EXPECT_EQ(in.text(), std::string_view("a\0b", 3));
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_TRUE(in.finish("test").ok());
}

// The layout is written to state files: 300 is 0xac 0x02 as in LEB128, integers are little-endian.
TEST(Bytes, LayoutIsFixed) {
  ByteWriter out;
  out.u32(1);
  out.varint(300);
  out.text("hi");
  EXPECT_EQ(out.bytes(), std::string_view("\x01\0\0\0\xac\x02\x02hi", 9));
}

TEST(Bytes, EveryCutIsNoticedAndNothingIsReadBehindIt) {
  ByteWriter out;
  out.u64(7);
  out.text("reading");
  out.varint(1'000'000);
  const std::string whole = out.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    ByteReader in(cut);
    in.u64();
    in.text();
    in.varint();
    EXPECT_FALSE(in.ok()) << size;
    EXPECT_EQ(in.finish("test").error().code(), ErrorCode::kCorrupt);
  }
}

TEST(Bytes, AfterAShortReadEveryReadFails) {
  ByteReader in(std::string_view("\x01\x02", 2));
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);
  EXPECT_EQ(in.varint(), 0u);
  EXPECT_EQ(in.raw(1), "");
}

TEST(Bytes, LengthsThatTheInputCannotBackAreRefused) {
  ByteWriter out;
  out.varint(~0ull);
  ByteReader text(out.bytes());
  EXPECT_EQ(text.text(), "");
  EXPECT_FALSE(text.ok());
  ByteReader count(out.bytes());
  EXPECT_EQ(count.count(), 0u);
  EXPECT_FALSE(count.ok());
}

TEST(Bytes, VarintsThatNeverEndOrOverflowAreRefused) {
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12));
  endless.varint();
  EXPECT_FALSE(endless.ok());
  // Ten bytes whose last carries more than the one bit that is left.
  ByteReader overflow(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10));
  overflow.varint();
  EXPECT_FALSE(overflow.ok());
}

}  // namespace
}  // namespace leat::base
