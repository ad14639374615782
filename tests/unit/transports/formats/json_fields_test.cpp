// Nested paths and lists.
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

constexpr data::Type kBigints = data::Type::list_of(data::Kind::kBigint);

std::string decoded_path(std::vector<std::string> path, data::Type type, const std::string& text) {
  return decoded(decoder_config("json", {source_field("f", type, std::move(path))}), text);
}

TEST(JsonPaths, FollowObjects) {
  const DecoderConfig config = decoder_config(
      "json",
      {source_field("t", data::kDouble, {"decoded", "payload", "temperature"}),
       source_field("u", data::kBigint, {"decoded", "port"}), source_field("id", data::kString)});
  EXPECT_EQ(decoded(config, R"({"id":"a","decoded":{"port":1,"payload":{"x":{"temperature":5},)"
                            R"("temperature":34}},"temperature":7})"),
            R"([34.0,1,"a"])");
  EXPECT_EQ(decoded(config, R"({"id":"a","decoded":{"payload":{},"port":1}})"), "!missing_field");
  EXPECT_EQ(decoded(config, R"({"id":"a"})"), "!missing_field");
}

TEST(JsonPaths, ANullOnTheWayIsNull) {
  EXPECT_EQ(decoded_path({"a", "b", "c"}, data::kDouble, R"({"a":null})"), "[null]");
  EXPECT_EQ(decoded_path({"a", "b", "c"}, data::kDouble, R"({"a":{"b":null}})"), "[null]");
  EXPECT_EQ(decoded_path({"a", "b", "c"}, data::kDouble, R"({"a":{"b":{"c":null}}})"), "[null]");
}

TEST(JsonPaths, AnythingElseOnTheWayIsAWrongType) {
  for (const std::string value : {"1", "true", "\"x\"", "[]", "[{\"b\":1}]"}) {
    EXPECT_EQ(decoded_path({"a", "b"}, data::kDouble, "{\"a\":" + value + "}"), "!wrong_type")
        << value;
  }
}

TEST(JsonPaths, MayShareAPlaceOrLieWithinEachOther) {
  const DecoderConfig twice = decoder_config(
      "json", {source_field("x", data::kBigint, {"v"}), source_field("y", data::kDouble, {"v"})});
  EXPECT_EQ(decoded(twice, R"({"v":3})"), "[3,3.0]");
  EXPECT_EQ(decoded(twice, R"({"v":3.5})"), "!wrong_type");
  const DecoderConfig within =
      decoder_config("json", {optional_field(source_field("x", data::kString, {"v"})),
                              optional_field(source_field("y", data::kDouble, {"v", "w"}))});
  EXPECT_EQ(decoded(within, "{}"), "[null,null]");
  EXPECT_EQ(decoded(within, R"({"v":null})"), "[null,null]");
  EXPECT_EQ(decoded(within, R"({"v":"a"})"), "!wrong_type");
  EXPECT_EQ(decoded(within, R"({"v":{"w":1}})"), "!wrong_type");
  // Bytes are decoded where they stand.
  EXPECT_FALSE(make_decoder(decoder_config("json", {source_field("x", data::kString, {"v"}),
                                                    source_field("y", data::kBytes, {"v"})}))
                   .ok());
}

TEST(JsonPaths, KeysAreComparedUnescaped) {
  EXPECT_EQ(decoded_path({"é", "a\"b"}, data::kBigint, R"({"\u00e9":{"a\"b":1}})"), "[1]");
  EXPECT_EQ(decoded_path({"é", "a\"b"}, data::kBigint, R"({"é":{"\u0061\u0022b":1}})"), "[1]");
}

TEST(JsonLists, HoldOneType) {
  EXPECT_EQ(decoded_path({}, kBigints, R"({"f":[1,2.0,null,-3]})"), "[[1,2,null,-3]]");
  EXPECT_EQ(decoded_path({}, kBigints, R"({"f":[]})"), "[[]]");
  EXPECT_EQ(decoded_path({}, kBigints, R"({"f":null})"), "[null]");
  EXPECT_EQ(decoded_path({}, kBigints, "{}"), "!missing_field");
  for (const std::string value : {"1", "\"a\"", "{}", "true", "[1.5]", "[\"1\"]", "[[1]]", "[{}]",
                                  "[1,true,2]", "[1,[],2]", "[1e19]"}) {
    EXPECT_EQ(decoded_path({}, kBigints, "{\"f\":" + value + "}"), "!wrong_type") << value;
  }
  const auto list = [](data::Kind kind, const std::string& value) {
    return decoded_path({}, data::Type::list_of(kind), "{\"f\":" + value + "}");
  };
  EXPECT_EQ(list(data::Kind::kString, R"(["a","\u00e9",null])"), R"([["a","é",null]])");
  EXPECT_EQ(list(data::Kind::kBytes, R"(["AA==",""])"), R"([["AA==",""]])");
  EXPECT_EQ(list(data::Kind::kBoolean, "[true,false]"), "[[true,false]]");
  EXPECT_EQ(list(data::Kind::kTimestamp, "[0,-1]"), "[[0,-1]]");
  EXPECT_EQ(list(data::Kind::kTimestamp, "[1e18]"), "!bad_timestamp");
  EXPECT_EQ(list(data::Kind::kDouble, "[1,2.5]"), "[[1.0,2.5]]");
  EXPECT_EQ(list(data::Kind::kDouble, "[1,1e999]"), "!non_finite");
}

TEST(JsonLists, TakeAFieldOfEachObject) {
  for (const std::string key : {"h[]", "h"}) {
    const auto rssi = [&](const std::string& text) {
      return decoded_path({key, "rssi"}, kBigints, text);
    };
    EXPECT_EQ(rssi(R"({"h":[{"rssi":-109,"x":[{"rssi":1}]},{"rssi":-80}]})"), "[[-109,-80]]");
    EXPECT_EQ(rssi(R"({"h":[]})"), "[[]]");
    EXPECT_EQ(rssi(R"({"h":null})"), "[null]");
    EXPECT_EQ(rssi(R"({"h":[null,{"rssi":null},{"rssi":1}]})"), "[[null,null,1]]");
    EXPECT_EQ(rssi(R"({"h":[{"rssi":1},{}]})"), "!missing_field");
    EXPECT_EQ(rssi("{}"), "!missing_field");
    for (const std::string value : {"1", "[1]", "[[{\"rssi\":1}]]", "[{\"rssi\":\"1\"}]",
                                    "{\"rssi\":1}", "[{\"rssi\":[1]}]", "[{\"rssi\":{}}]"}) {
      EXPECT_EQ(rssi("{\"h\":" + value + "}"), "!wrong_type") << key << " " << value;
    }
  }
}

TEST(JsonLists, AnOptionalFieldOfAnObjectMayBeAbsent) {
  const DecoderConfig config =
      decoder_config("json", {optional_field(source_field("f", kBigints, {"h[]", "p", "rssi"})),
                              optional_field(source_field("g", kBigints, {"h[]", "snr"}))});
  EXPECT_EQ(decoded(config, R"({"h":[{"p":{"rssi":1}},{"snr":2},{"p":{}},{"p":null,"snr":null}]})"),
            "[[1,null,null,null],[null,2,null,null]]");
  EXPECT_EQ(decoded(config, "{}"), "[null,null]");
}

TEST(JsonLists, CrossWhereThePathSays) {
  // Written on the last segment, the array must be there; unwritten, it may be on any.
  EXPECT_EQ(decoded_path({"a", "b[]"}, kBigints, R"({"a":{"b":[1]}})"), "[[1]]");
  EXPECT_EQ(decoded_path({"a", "b[]"}, kBigints, R"({"a":[{"b":1}]})"), "!wrong_type");
  EXPECT_EQ(decoded_path({"a[]", "b"}, kBigints, R"({"a":{"b":[1]}})"), "!wrong_type");
  EXPECT_EQ(decoded_path({"a", "b"}, kBigints, R"({"a":{"b":[1]}})"), "[[1]]");
  EXPECT_EQ(decoded_path({"a", "b"}, kBigints, R"({"a":[{"b":1}]})"), "[[1]]");
  EXPECT_EQ(decoded_path({"a", "b"}, kBigints, R"({"a":[{"b":[1]}]})"), "!wrong_type");
}

TEST(JsonLists, ABadReadingLeavesNoElements) {
  Decoding decoding(
      decoder_config("json", {source_field("n", data::kBigint), source_field("l", kBigints)}));
  decoding.decode(R"([{"l":[1,2],"n":"x"},{"l":[3],"n":1},{"l":[4,"5"],"n":2},{"l":[6]}])");
  decoding.decode(R"({"l":[7],"n":3})");
  EXPECT_EQ(decoding.summary(), "[1,[3]] [3,[7]] !wrong_type !wrong_type !missing_field");
}

TEST(JsonLists, AScalarAndAListMaySharePartOfAPath) {
  const DecoderConfig config =
      decoder_config("json", {optional_field(source_field("l", kBigints, {"a", "b"})),
                              optional_field(source_field("s", data::kBigint, {"a", "c"}))});
  EXPECT_EQ(decoded(config, R"({"a":{"b":[1],"c":2}})"), "[[1],2]");
  EXPECT_EQ(decoded(config, R"({"a":[{"b":1,"c":2}]})"), "!wrong_type");
  EXPECT_EQ(decoded(config, R"({"a":[]})"), "!wrong_type");
}

TEST(JsonPaths, ThatCannotBeFollowedAreRefused) {
  const auto refused = [](std::vector<std::string> path, data::Type type) {
    return !make_decoder(decoder_config("json", {source_field("f", type, std::move(path))})).ok();
  };
  EXPECT_TRUE(refused({"a[]"}, data::kBigint));
  EXPECT_TRUE(refused({"a[]", "b[]"}, kBigints));
  EXPECT_FALSE(refused({"[]"}, data::kBigint));  // just a key
}

}  // namespace
}  // namespace leat::formats
