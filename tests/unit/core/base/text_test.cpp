#include "core/base/text.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>

#include "core/base/time.h"

namespace leat::base {
namespace {

// RFC 3629 section 4, and the well-known corner cases of the Unicode standard, table 3-7.
TEST(Utf8, AcceptsTheEdgesOfEverySequenceLength) {
  for (const char* good :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, RejectsOverlongFormsSurrogatesAndBrokenSequences) {
  for (const char* bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe2\x82",
        "\xf0\x9f\x98", "\xe2\x28\xa1", "\xc2\x41"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
}

TEST(Utf8, SaysWhereItBreaks) {
  EXPECT_EQ(first_invalid_utf8("ab\xff"), 2u);
  EXPECT_EQ(first_invalid_utf8("\xc3\xa9\xe2\x82"), 2u);
  EXPECT_EQ(first_invalid_utf8("\xc3\xa9"), std::string_view::npos);
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 4u);  // a, e acute, euro, a face
}

TEST(Doubles, ShortestFormThatReadsBack) {
  EXPECT_EQ(format_double(1), "1.0");
  EXPECT_EQ(format_double(-0.0), "-0.0");
  EXPECT_EQ(format_double(0.1), "0.1");
  EXPECT_EQ(format_double(1e300), "1e+300");
  EXPECT_EQ(format_double(5e-324), "5e-324");
  EXPECT_EQ(format_double(123456789.0), "123456789.0");
  EXPECT_EQ(format_double(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(format_double(std::nan("")), "NaN");
  EXPECT_EQ(format_double(HUGE_VAL), "Infinity");
  EXPECT_EQ(format_double(-HUGE_VAL), "-Infinity");
  for (const double value : {1.0 / 3, 2.2250738585072014e-308, 9007199254740993.0, 1e23, 0.3}) {
    EXPECT_EQ(std::strtod(format_double(value).c_str(), nullptr), value);
  }
}

TEST(Ints, Edges) {
  std::string out;
  append_int(out, std::numeric_limits<std::int64_t>::min());
  out += ' ';
  append_int(out, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(out, "-9223372036854775808 9223372036854775807");
}

TEST(JsonStrings, EscapesWhatRfc8259Requires) {
  std::string out;
  append_json_string(out, std::string_view("a\"\\/\b\n\r\t\x01\x1f\x7f\0\xc3\xa9", 14));
  EXPECT_EQ(out, "\"a\\\"\\\\/\\u0008\\n\\r\\t\\u0001\\u001f\x7f\\u0000\xc3\xa9\"");
}

// RFC 4648 section 10.
TEST(Base64, TestVectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    std::string out;
    append_base64(out, plain);
    EXPECT_EQ(out, encoded);
    EXPECT_EQ(decode_base64(encoded), plain);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  std::string out;
  append_base64(out, all);
  EXPECT_EQ(decode_base64(out), all);
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* bad :
       {"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm=v", "Zm9!", "Zm9v\n", "=Zm9", "Zg=a"}) {
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
  }
}

// RFC 4648 section 3.5 leaves it to the decoder: bits behind the last byte are ignored.
TEST(Base64, IgnoresBitsBehindTheEnd) {
  EXPECT_EQ(decode_base64("Zh=="), "f");
  EXPECT_EQ(decode_base64("Zm9="), "fo");
}

// Expected values: `date -u -d ... +%s`.
TEST(Iso8601, KnownTimes) {
  EXPECT_EQ(parse_iso8601_ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20T16:10:28.123Z"), 1'795'191'028'123);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20 16:10:28"), 1'795'191'028'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20t16:10:28z"), 1'795'191'028'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20"), 1'795'132'800'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20T16:10"), 1'795'191'000'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20T16:10:28+01:00"), 1'795'187'428'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20T16:10:28-0530"), 1'795'210'828'000);
  EXPECT_EQ(parse_iso8601_ms("2026-11-20T16:10:28+01"), 1'795'187'428'000);
  EXPECT_EQ(parse_iso8601_ms("2024-02-29"), 1'709'164'800'000);
  EXPECT_EQ(parse_iso8601_ms("0000-01-01"), kMinEventTime);
  EXPECT_EQ(parse_iso8601_ms("9999-12-31T23:59:59.999Z"), kMaxEventTime);
}

TEST(Iso8601, FractionsAreCutTowardsThePast) {
  EXPECT_EQ(parse_iso8601_ms("1970-01-01T00:00:00.9999999Z"), 999);
  EXPECT_EQ(parse_iso8601_ms("1970-01-01T00:00:00,5Z"), 500);
  EXPECT_EQ(parse_iso8601_ms("1969-12-31T23:59:59.9999Z"), -1);
  EXPECT_EQ(parse_iso8601_ms("1970-01-01T00:00:00." + std::string(100'000, '9') + "Z"), 999);
}

TEST(Iso8601, RefusesWhatIsNotATime) {
  for (const char* bad : {"",
                          "2026",
                          "2026-11",
                          "2026-13-01",
                          "2026-00-01",
                          "2026-11-31",
                          "2026-11-00",
                          "2025-02-29",
                          "1900-02-29",
                          "2026-11-20T",
                          "2026-11-20T24:00:00",
                          "2026-11-20T23:60:00",
                          "2026-11-20T23:59:60",
                          "2026-11-20T23:59:59.",
                          "2026-11-20T23:59:59.Z",
                          "26-11-20",
                          "2026-11-20T23:59:59X",
                          "2026-11-20T23:59:59+",
                          "2026-11-20T23:59:59+1",
                          "2026-11-20T23:59:59+24:00",
                          "2026-11-20T23:59:59+01:60",
                          "2026-11-20T23:59:59+01:",
                          "2026-11-20T23:59:59ZZ",
                          " 2026-11-20",
                          "2026-11-20 ",
                          "+2026-11-20",
                          "-2026-11-20",
                          "60000-01-01"}) {
    EXPECT_EQ(parse_iso8601_ms(bad), std::nullopt) << bad;
  }
}

TEST(Iso8601, FormatsAndReadsBack) {
  EXPECT_EQ(format_iso8601(1'795'191'028'123), "2026-11-20T16:10:28.123Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_iso8601(kMinEventTime), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601(kMaxEventTime), "9999-12-31T23:59:59.999Z");
  for (std::int64_t ms = kMinEventTime; ms < kMaxEventTime; ms += 86'399'123'457) {
    ASSERT_EQ(parse_iso8601_ms(format_iso8601(ms)), ms);
  }
  EXPECT_FALSE(format_iso8601(std::numeric_limits<std::int64_t>::max()).empty());
  EXPECT_FALSE(format_iso8601(std::numeric_limits<std::int64_t>::min()).empty());
}

TEST(Suggestions, OnlyLikelySlips) {
  const std::vector<std::string> names{"temperature", "id", "ts"};
  EXPECT_EQ(closest("temprature", names), "temperature");
  EXPECT_EQ(closest("ix", names), "id");
  EXPECT_EQ(closest("pressure", names), std::nullopt);
  EXPECT_EQ(closest("x", {}), std::nullopt);
  EXPECT_EQ(did_you_mean("temprature", names), "; did you mean \"temperature\"?");
  EXPECT_EQ(did_you_mean("pressure", names), "");
}

}  // namespace
}  // namespace leat::base
