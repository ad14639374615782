#include <gtest/gtest.h>
#include <string>

#include "core/base/text.h"
#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

std::string decoded_as(data::Type type, const std::string& value) {
  return decoded(decoder_config("json", {source_field("f", type)}), "{\"f\":" + value + "}");
}

std::string decoded_time(const std::string& unit, const std::string& value) {
  return decoded(decoder_config("json", {time_field("f", unit)}), "{\"f\":" + value + "}");
}

TEST(JsonDecoder, ReadsEachType) {
  const DecoderConfig config = decoder_config(
      "json", {source_field("b", data::kBoolean), source_field("i", data::kBigint),
               source_field("d", data::kDouble), source_field("s", data::kString),
               source_field("x", data::kBytes), source_field("t", data::kTimestamp)});
  Decoding decoding(config);
  MessageInfo info;
  info.received_ms = 42;
  decoding.decode(R"({"b":true,"i":-5,"d":21.5,"s":"é\n","x":"AAEC/w==","t":1700000000000})", info);
  decoding.decode(R"({"t":0,"x":"","s":"","d":-0.0,"i":20.0,"b":false})", info);
  decoding.decode(R"({"b":null,"i":null,"d":null,"s":null,"x":null,"t":null})", info);
  EXPECT_EQ(decoding.summary(),
            R"([true,-5,21.5,"é\n","AAEC/w==",1700000000000] [false,20,-0.0,"","",0] )"
            R"([null,null,null,null,null,null])");
  EXPECT_EQ(decoding.batch.rows.columns[4].text(0), std::string_view("\0\1\2\xff", 4));
  EXPECT_EQ(decoding.batch.rows.event_times, (std::vector<TimestampMs>{42, 42, 42}));
}

TEST(JsonDecoder, Booleans) {
  for (const std::string value : {"0", "1", "\"true\"", "[]", "{}", "[true]", "{\"f\":true}"}) {
    EXPECT_EQ(decoded_as(data::kBoolean, value), "!wrong_type") << value;
  }
}

TEST(JsonDecoder, Bigints) {
  EXPECT_EQ(decoded_as(data::kBigint, "9223372036854775807"), "[9223372036854775807]");
  EXPECT_EQ(decoded_as(data::kBigint, "-9223372036854775808"), "[-9223372036854775808]");
  EXPECT_EQ(decoded_as(data::kBigint, "2e1"), "[20]");
  for (const std::string value :
       {"20.5", "9223372036854775808", "1e19", "1e999", "-1e999", "\"1\"", "true", "[1]", "{}"}) {
    EXPECT_EQ(decoded_as(data::kBigint, value), "!wrong_type") << value;
  }
}

TEST(JsonDecoder, Doubles) {
  EXPECT_EQ(decoded_as(data::kDouble, "3"), "[3.0]");
  EXPECT_EQ(decoded_as(data::kDouble, "9223372036854775808"), "[9223372036854775808.0]");
  for (const std::string value : {"1e999", "-1e999", "1.8e308"}) {
    EXPECT_EQ(decoded_as(data::kDouble, value), "!non_finite") << value;
  }
  for (const std::string value : {"\"1\"", "\"NaN\"", "true", "[1]", "{}"}) {
    EXPECT_EQ(decoded_as(data::kDouble, value), "!wrong_type") << value;
  }
}

TEST(JsonDecoder, Strings) {
  EXPECT_EQ(decoded_as(data::kString, R"("\u0041\ud83d\ude00\u20ac\u00e9\/")"), "[\"A😀€é/\"]");
  EXPECT_EQ(decoded_as(data::kString, R"("0123456789\t0123456789\t")"),
            R"(["0123456789\t0123456789\t"])");
  Decoding decoding(decoder_config("json", {source_field("f", data::kString)}));
  decoding.decode(R"({"f":"a\u0000b"})");
  EXPECT_EQ(decoding.batch.rows.columns[0].text(0), std::string_view("a\0b", 3));
  for (const std::string value : {"1", "true", "[\"a\"]", "{}"}) {
    EXPECT_EQ(decoded_as(data::kString, value), "!wrong_type") << value;
  }
}

// RFC 4648 section 10 has the vectors.
TEST(JsonDecoder, Bytes) {
  EXPECT_EQ(decoded_as(data::kBytes, R"("Zg==")"), R"(["Zg=="])");
  EXPECT_EQ(decoded_as(data::kBytes, R"("Zm8=")"), R"(["Zm8="])");
  EXPECT_EQ(decoded_as(data::kBytes, R"("Zm9vYmFy")"), R"(["Zm9vYmFy"])");
  EXPECT_EQ(decoded_as(data::kBytes, R"("Zm9v\u0059mFy")"), R"(["Zm9vYmFy"])");
  for (const std::string value :
       {R"("Z")", R"("Zg")", R"("Zg=")", R"("Zg===")", R"("====")", R"("Z===")", R"("=Zg=")",
        R"("Zg==Zg==")", R"("Zm9v\n")", R"("Zm-_")", R"("Zm 8=")", "1", "[]"}) {
    EXPECT_EQ(decoded_as(data::kBytes, value), "!wrong_type") << value;
  }
}

TEST(JsonDecoder, TimestampsInTheirUnit) {
  EXPECT_EQ(decoded_time("ms", "1700000000000"), "[1700000000000]");
  EXPECT_EQ(decoded_time("ms", "-1"), "[-1]");
  EXPECT_EQ(decoded_time("ms", "1.7e12"), "[1700000000000]");
  EXPECT_EQ(decoded_time("ms", "1.5"), "!wrong_type");
  EXPECT_EQ(decoded_time("ms", "\"1\""), "!wrong_type");
  EXPECT_EQ(decoded_time("ms", "true"), "!wrong_type");
  EXPECT_EQ(decoded_time("s", "1700000000"), "[1700000000000]");
  EXPECT_EQ(decoded_time("s", "1700000000.123"), "[1700000000123]");
  EXPECT_EQ(decoded_time("s", "1700000000.1239999"), "[1700000000123]");
  EXPECT_EQ(decoded_time("s", "-0.0001"), "[-1]");
  EXPECT_EQ(decoded_time("us", "1700000000000999"), "[1700000000000]");
  EXPECT_EQ(decoded_time("us", "-1"), "[-1]");
  EXPECT_EQ(decoded_time("us", "-1000"), "[-1]");
  EXPECT_EQ(decoded_time("us", "0.5"), "!wrong_type");
  EXPECT_EQ(decoded_time("ns", "1700000000000000001"), "[1700000000000]");
  EXPECT_EQ(decoded_time("ns", "-1000001"), "[-2]");
  EXPECT_EQ(decoded_time("iso8601", R"("2023-11-14T22:13:20.5Z")"), "[1700000000500]");
  EXPECT_EQ(decoded_time("iso8601", R"("2023-11-14 23:13:20+01:00")"), "[1700000000000]");
  EXPECT_EQ(decoded_time("iso8601", "1700000000000"), "!wrong_type");
  EXPECT_EQ(decoded_time("iso8601", "\"yesterday\""), "!bad_timestamp");
  EXPECT_EQ(decoded_time("iso8601", "\"\""), "!bad_timestamp");
}

// The years 0000 to 9999: 9999-12-31T23:59:59.999Z is 253402300799999, 0000-01-01 -62167219200000.
TEST(JsonDecoder, TimestampsOutsideTheCalendarAreBad) {
  EXPECT_EQ(decoded_time("ms", "253402300799999"), "[253402300799999]");
  EXPECT_EQ(decoded_time("ms", "253402300800000"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("ms", "-62167219200000"), "[-62167219200000]");
  EXPECT_EQ(decoded_time("ms", "-62167219200001"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("ms", "1e999"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("ms", "99999999999999999999"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("s", "253402300799.9999"), "[253402300799999]");
  EXPECT_EQ(decoded_time("s", "253402300800"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("s", "9223372036854775807"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("us", "9223372036854775807"), "!bad_timestamp");
  EXPECT_EQ(decoded_time("ns", "9223372036854775807"), "[9223372036854]");
  EXPECT_EQ(decoded_time("ns", "1e19"), "[10000000000000]");
  EXPECT_EQ(decoded_time("iso8601", R"("0000-01-01T00:00:00+01:00")"), "!bad_timestamp");
}

TEST(JsonDecoder, AbsentIsAnErrorUnlessOptional) {
  const DecoderConfig config = decoder_config(
      "json", {source_field("a", data::kBigint), optional_field(source_field("b", data::kBigint))});
  EXPECT_EQ(decoded(config, R"({"a":1})"), "[1,null]");
  EXPECT_EQ(decoded(config, R"({"b":1})"), "!missing_field");
  EXPECT_EQ(decoded(config, R"({"A":1,"b":1})"), "!missing_field");
  EXPECT_EQ(decoded(config, "{}"), "!missing_field");
  EXPECT_EQ(decoded(config, R"({"a":null})"), "[null,null]");
}

TEST(JsonDecoder, JudgesEachReadingOfAnArrayAlone) {
  const DecoderConfig config =
      decoder_config("json", {source_field("a", data::kBigint), source_field("b", data::kString)});
  EXPECT_EQ(decoded(config, "[]"), "");
  EXPECT_EQ(decoded(config, "[ ]"), "");
  Decoding decoding(config);
  decoding.decode(
      R"([{"a":1,"b":"x"}, {"a":"1","b":"\n"} ,{"a":2,"b":"y"},3,null,[],"z",{"a":4}])");
  EXPECT_EQ(decoding.summary(),
            R"([1,"x"] [2,"y"] !wrong_type !wrong_type !wrong_type !wrong_type !wrong_type )"
            "!missing_field");
  // What was set aside is the reading's own text, as it came.
  EXPECT_EQ(decoding.batch.bad[0].payload, R"({"a":"1","b":"\n"})");
  EXPECT_EQ(decoding.batch.bad[0].detail, "a is a string, expected bigint");
  EXPECT_EQ(decoding.batch.bad[1].payload, "3");
  EXPECT_EQ(decoding.batch.bad[5].payload, R"({"a":4})");
  EXPECT_EQ(decoding.batch.bad[5].detail, "b is missing");
}

TEST(JsonDecoder, AMessageThatIsNoReadingIsAWrongType) {
  const DecoderConfig config = decoder_config("json", {source_field("a", data::kBigint)});
  for (const std::string text : {"1", "\"a\"", "null", "true", " -1.5 "}) {
    EXPECT_EQ(decoded(config, text), "!wrong_type") << text;
  }
}

TEST(JsonDecoder, AMalformedEndTakesTheRowsBeforeItBack) {
  const DecoderConfig config = decoder_config(
      "json", {source_field("a", data::kString),
               optional_field(source_field("l", data::Type::list_of(data::Kind::kString)))});
  Decoding decoding(config);
  decoding.decode(R"([{"a":"1","l":["x"]}])");
  decoding.decode(
      R"([{"a":"2","l":["y","z"]},{"a":null},{"a":"3","l":["w"]},{"a":5},{"a":"4","l":["v")");
  decoding.decode("[{\"a\":\"5\"},{\"a\":\"\xff\"}]");
  decoding.decode(R"([{"a":"6"},[[[[[[]]]]]],{}])");
  EXPECT_EQ(decoding.summary(),
            R"(["1",["x"]] ["6",null] !malformed !invalid_utf8 !wrong_type !missing_field)");
}

TEST(JsonDecoder, BadRecordsSayWhereTheyComeFrom) {
  Decoding decoding(decoder_config("json", {source_field("a", data::kBigint)}));
  MessageInfo info;
  info.topic = "plant/a";
  info.received_ms = 1234;
  decoding.decode(R"({"a":1,})", info);
  ASSERT_EQ(decoding.batch.bad.size(), 1u);
  EXPECT_EQ(decoding.batch.bad[0].topic, "plant/a");
  EXPECT_EQ(decoding.batch.bad[0].received_ms, 1234);
  EXPECT_EQ(decoding.batch.bad[0].payload, R"({"a":1,})");
  EXPECT_EQ(decoding.batch.bad[0].detail, "expected a key at byte 8");
}

TEST(JsonDecoder, KeepsAtMost64KiBOfABadPayload) {
  Decoding decoding(decoder_config("json", {source_field("a", data::kBigint)}));
  decoding.decode(std::string(200'000, ' '));
  ASSERT_EQ(decoding.batch.bad.size(), 1u);
  EXPECT_EQ(decoding.batch.bad[0].payload.size(), 65'536u);
}

TEST(JsonDecoder, VeryManyBadReadingsOfOneMessageShareARecord) {
  Decoding decoding(decoder_config("json", {source_field("a", data::kBigint)}));
  std::string text = "[{\"a\":1}";
  for (int i = 0; i < 100'000; ++i) text += ",1";
  text += ",{\"a\":2}]";
  decoding.decode(text);
  EXPECT_EQ(decoding.batch.rows.rows(), 2u);
  EXPECT_EQ(decoding.batch.bad.size(), 1000u);
  EXPECT_EQ(decoding.batch.bad.back().detail, "and 99000 more bad readings of the same message");
  // A later message has its own count; a malformed one one record.
  decoding.decode("[1,2]");
  EXPECT_EQ(decoding.batch.bad.size(), 1002u);
  text.back() = '}';
  decoding.decode(text);
  EXPECT_EQ(decoding.batch.bad.size(), 1003u);
}

TEST(JsonDecoder, ASchemaWithoutFieldsCountsReadings) {
  EXPECT_EQ(decoded(decoder_config("json", {}), R"([{},{"a":1},2])"), "[] [] !wrong_type");
}

TEST(JsonDecoder, TheTopicWins) {
  DecoderConfig config =
      decoder_config("json", {source_field("line", data::kString), source_field("n", data::kBigint),
                              source_field("v", data::kDouble)});
  config.bound_fields = {0, 1};
  const std::vector<BoundText> bound = {{0, "a"}, {1, "7"}};
  MessageInfo info;
  info.bound = bound;
  Decoding decoding(config);
  decoding.decode(R"({"v":1})", info);
  EXPECT_EQ(decoding.batch.topic_differences, 0u);
  decoding.decode(R"([{"v":2,"line":"a","n":7},{"v":3,"line":"b","n":7.0},{"v":4,"n":"7"}])", info);
  EXPECT_EQ(decoding.batch.topic_differences, 2u);
  // A malformed message counts for nothing.
  decoding.decode(R"([{"v":3,"line":"b"},)", info);
  EXPECT_EQ(decoding.batch.topic_differences, 2u);
  // Without the text the payload's value stands, and may be absent.
  decoding.decode(R"({"v":5,"line":"c"})");
  EXPECT_EQ(decoding.summary(),
            R"(["a",7,1.0] ["a",7,2.0] ["a",7,3.0] ["a",7,4.0] ["c",null,5.0] !malformed)");
}

TEST(JsonDecoder, ATopicThatDoesNotFitIsAMismatch) {
  DecoderConfig config =
      decoder_config("json", {source_field("n", data::kBigint), source_field("s", data::kString)});
  config.bound_fields = {0, 1};
  for (const auto& [number, text] : {std::pair{"x", "a"}, std::pair{"", "a"}, std::pair{"1 ", "a"},
                                     std::pair{"1.5", "a"}, std::pair{"1", "\xff"}}) {
    const std::vector<BoundText> bound = {{0, number}, {1, text}};
    MessageInfo info;
    info.bound = bound;
    EXPECT_EQ(Decoding(config).decode("{}", info).summary(), "!topic_mismatch") << number;
  }
  config = decoder_config("json", {source_field("l", data::Type::list_of(data::Kind::kString))});
  config.bound_fields = {0};
  EXPECT_FALSE(make_decoder(config).ok());
}

TEST(MakeDecoder, RefusesWhatItCannotBuild) {
  DecoderConfig config = decoder_config("senml", {});
  EXPECT_EQ(make_decoder(config).error().code(), ErrorCode::kUnsupported);
  config.format = "xml";
  EXPECT_EQ(make_decoder(config).error().code(), ErrorCode::kUnsupported);
  config = decoder_config("json", {time_field("t", "minutes")});
  EXPECT_EQ(make_decoder(config).error().code(), ErrorCode::kInvalidArgument);
  config.format = "csv";
  EXPECT_EQ(make_decoder(config).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace leat::formats
