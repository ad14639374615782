#include "core/base/units.h"

#include <gtest/gtest.h>

namespace leat::base {
namespace {

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration_ms("200ms").value(), 200);
  EXPECT_EQ(parse_duration_ms("5s").value(), 5'000);
  EXPECT_EQ(parse_duration_ms("1m").value(), 60'000);
  EXPECT_EQ(parse_duration_ms("2h").value(), 7'200'000);
  EXPECT_EQ(parse_duration_ms("7d").value(), 604'800'000);
  EXPECT_EQ(parse_duration_ms("0").value(), 0);
  EXPECT_EQ(parse_duration_ms("0s").value(), 0);
  EXPECT_EQ(parse_duration_ms("9223372036854775807ms").value(), 9'223'372'036'854'775'807);
}

TEST(Units, DurationsThatAreNone) {
  for (const char* bad :
       {"", "5", "s", "-5s", "+5s", "5 s", " 5s", "5s ", "5S", "1.5s", "5sec", "1h30m", "0x5s",
        "99999999999999999999s", "9223372036854775807s", "106751991168d"}) {
    EXPECT_FALSE(parse_duration_ms(bad).ok()) << bad;
  }
  EXPECT_EQ(parse_duration_ms("5").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(parse_duration_ms("5").error().message().find("\"5\""), std::string::npos);
}

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size_bytes("1B").value(), 1);
  EXPECT_EQ(parse_size_bytes("64KiB").value(), 65'536);
  EXPECT_EQ(parse_size_bytes("512MiB").value(), 536'870'912);
  EXPECT_EQ(parse_size_bytes("1GiB").value(), 1'073'741'824);
  EXPECT_EQ(parse_size_bytes("2TiB").value(), 2'199'023'255'552);
  for (const char* bad : {"64", "64KB", "64kib", "-1B", "8388608TiB", ""}) {
    EXPECT_FALSE(parse_size_bytes(bad).ok()) << bad;
  }
}

TEST(Units, ShortestSpelling) {
  EXPECT_EQ(format_duration(0), "0ms");
  EXPECT_EQ(format_duration(60'000), "1m");
  EXPECT_EQ(format_duration(90'000), "90s");
  EXPECT_EQ(format_duration(1'500), "1500ms");
  EXPECT_EQ(format_duration(86'400'000), "1d");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(65'536), "64KiB");
  EXPECT_EQ(format_size(1'500), "1500B");
  for (const std::int64_t ms :
       {1LL, 999LL, 1000LL, 61'000LL, 3'600'000LL, 9'223'372'036'854'775'807LL}) {
    EXPECT_EQ(parse_duration_ms(format_duration(ms)).value(), ms);
  }
}

}  // namespace
}  // namespace leat::base
