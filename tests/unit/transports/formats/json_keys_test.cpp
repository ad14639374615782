// What the decoder learns of the keys must never change what it says.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

DecoderConfig three_fields() {
  return decoder_config(
      "json", {source_field("a", data::kBigint), optional_field(source_field("b", data::kBigint)),
               optional_field(source_field("c", data::kBigint))});
}

std::string key_of(std::size_t i) { return "key-" + std::to_string(i); }

std::string object_of(std::size_t keys, const std::string& also = "") {
  std::string text = R"({"a":1)";
  for (std::size_t i = 0; i < keys; ++i) text += ",\"" + key_of(i) + "\":" + std::to_string(i);
  return text + also + "}";
}

TEST(JsonKeys, MayChangeFromMessageToMessage) {
  Decoding decoding(three_fields());
  for (int i = 0; i < 3; ++i) {
    decoding.decode(R"({"a":1,"b":2,"c":3})");
    decoding.decode(R"({"c":3,"b":2,"a":1})");
    decoding.decode(R"({"b":2,"a":1})");
    decoding.decode(R"({"a":1})");
    decoding.decode(R"({"x":{"a":5},"a":1,"y":[{"b":7},{"c":8}]})");
    decoding.decode(R"({"\u0061":1})");
    decoding.decode(R"({"ab":1,"a":1})");
  }
  std::string expected;
  for (int i = 0; i < 3; ++i) {
    expected +=
        "[1,2,3] [1,2,3] [1,2,null] [1,null,null] [1,null,null] [1,null,null] "
        "[1,null,null] ";
  }
  expected.pop_back();
  EXPECT_EQ(decoding.summary(), expected);
}

TEST(JsonKeys, TwiceIsMalformedHoweverTheObjectWasMet) {
  const std::vector<std::string> twice = {
      R"({"a":1,"a":1})",
      R"({"a":1,"b":2,"a":1})",
      R"({"a":1,"b":2,"c":3,"c":3})",
      R"({"c":3,"b":2,"a":1,"b":2})",
      R"({"a":1,"\u0062":2,"b":2})",
      R"({"a":1,"x":{"p":1,"q":2,"p":3}})",
      R"({"a":1,"x":[{"p":1},{"q":2,"q":3}]})",
      R"({"a":1,"x":[[[{"q":2,"q":3}]]]})",
      R"({"a":1,"x":{"x":{"x":{"x":1,"x":2}}}})",
      object_of(300, R"(,"key-299":0)"),
      object_of(300, R"(,"key-0":0)"),
      object_of(300, R"(,"a":0)"),
      object_of(5000, R"(,"key-4999":0)"),
      object_of(5000, R"(,"\u006bey-3000":0)"),
      object_of(5000, R"(,"z":{"p":1,"p":1})"),
  };
  Decoding decoding(three_fields());
  for (int round = 0; round < 3; ++round) {
    for (const std::string& text : twice) {
      decoding.decode(R"({"a":1,"b":2,"c":3})");
      decoding.batch.bad.clear();
      decoding.decode(text);
      ASSERT_EQ(decoding.batch.bad.size(), 1u) << text.substr(0, 80);
      EXPECT_EQ(decoding.batch.bad[0].reason, ports::BadReason::kMalformed);
    }
  }
  for (const std::string& text : twice) EXPECT_EQ(decoded(three_fields(), text), "!malformed");
}

TEST(JsonKeys, OfManyLengthsAreToldApart) {
  // Prefixes of each other, across the lengths at which words of eight bytes begin and end.
  std::string text = R"({"a":1)";
  for (std::size_t length = 2; length < 70; ++length) {
    text += ",\"" + std::string(length, 'a') + "\":0";
  }
  const std::string last_again = text + ",\"" + std::string(40, 'a') + "\":0}";
  text += "}";
  Decoding decoding(three_fields());
  decoding.decode(text).decode(text).decode(last_again).decode(text);
  EXPECT_EQ(decoding.summary(), "[1,null,null] [1,null,null] [1,null,null] !malformed");
}

TEST(JsonKeys, ThatNeedEscapesAreNeverTakenForPlainOnes) {
  Decoding decoding(three_fields());
  decoding.decode(R"({"a":1,"x\"y":2})");
  decoding.decode(R"({"a":1,"x"y":2})");
  decoding.decode(R"({"a":1,"x\\":2})");
  decoding.decode(R"({"a":1,"x\":2})");
  decoding.decode("{\"a\":1,\"x\\n\":2}");
  decoding.decode("{\"a\":1,\"x\n\":2}");
  EXPECT_EQ(decoding.summary(),
            "[1,null,null] [1,null,null] [1,null,null] !malformed !malformed !malformed");
}

TEST(JsonKeys, ThatWereLearnedFromInvalidUtf8StayInvalid) {
  Decoding decoding(three_fields());
  decoding.decode("{\"a\":1,\"\xff\":2}").decode("{\"a\":1,\"\xff\":2}");
  decoding.decode("{\"a\":1,\"é\":2}").decode("{\"a\":1,\"é\":2}");
  EXPECT_EQ(decoding.summary(), "[1,null,null] [1,null,null] !invalid_utf8 !invalid_utf8");
}

// More keys, places and bytes of keys than are learned, then the ordinary again.
TEST(JsonKeys, NewOnesWithoutEndChangeNothing) {
  Decoding decoding(three_fields());
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::string n = std::to_string(i);
    decoding.decode("{\"a\":1,\"k" + n + "\":{\"k" + n + "\":{\"b\":1,\"c\":[{\"k\":1}]}}}");
    decoding.decode("{\"k" + n + "\":{\"x\":1,\"x\":2},\"a\":1}");
  }
  EXPECT_EQ(decoding.batch.rows.rows(), 3000u);
  EXPECT_EQ(decoding.batch.bad.size(), 3000u);
  decoding.batch.bad.clear();
  for (int i = 0; i < 100; ++i) decoding.decode(object_of(5000));  // forgets and learns anew
  EXPECT_TRUE(decoding.batch.bad.empty());
  decoding.decode(R"({"a":1,"b":2,"c":3})").decode(R"({"a":1,"b":2,"c":3,"b":4})");
  EXPECT_EQ(decoding.batch.rows.row_values(3100), (std::vector<data::Value>{1, 2, 3}));
  EXPECT_EQ(decoding.batch.bad.size(), 1u);
}

TEST(JsonKeys, WantedOnesAreFoundBeyondWhatIsLearned) {
  DecoderConfig config = decoder_config("json", {source_field("f", data::kBigint, {"z", "y"})});
  Decoding decoding(config);
  for (int i = 0; i < 3; ++i) decoding.decode(object_of(3000, R"(,"z":{"x":1,"y":7})"));
  EXPECT_EQ(decoding.summary(), "[7] [7] [7]");
}

}  // namespace
}  // namespace leat::formats
