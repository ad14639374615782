// What is JSON and what is not: RFC 8259, in the spirit of the public test suites for parsers.
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

using namespace std::string_literals;

DecoderConfig one_optional_field() {
  return decoder_config("json", {optional_field(source_field("wanted", data::kDouble))});
}

// Values as a member that nobody asked for, as a member that is asked for (null there is a value,
// so the reading may be set aside as wrong_type, but never as malformed), in an array, and nested.
const std::vector<std::string> kGoodValues = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "1234567890",
    "0.5",
    "-0.5",
    "1.0",
    "1e1",
    "1E1",
    "1e+1",
    "1e-1",
    "1.5e3",
    "0e0",
    "0e1",
    "0E+1",
    "-1e-999",
    "1e-400",
    "123456789012345678901234567890",
    "0.000000000000000000000000000000000000000001",
    "-123.456e-7",
    "9007199254740993",
    "1.7976931348623157e308",
    R"("")",
    R"(" ")",
    R"("a")",
    R"("abcdefgh")",
    R"("abcdefg\n")",
    R"("\"\\\/\b\f\n\r\t")",
    R"("\u0000")",
    R"("\u00e9")",
    R"("\u00E9\u20ac")",
    R"("\ud83d\ude00")",
    R"("\uDBFF\uDFFF")",
    R"("\uE000\uFFFF")",
    R"("\u0022\u005c")",
    R"("a/b")",
    R"("null")",
    "\"\x7f\"",
    "\"\u00e9\"",
    "\"\u20ac\"",
    "\"\U0001F600\"",
    "\"\uFFFF\"",
    "\"\u2028\u2029\"",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[null,1,\"2\"]",
    "[[]]",
    "[[],[[]]]",
    "[1 , 2\n,\t3\r]",
    "{}",
    "{ }",
    R"({"a":1})",
    R"({"a":{},"b":[]})",
    R"({"":1})",
    R"({"a":1,"A":2})",
    R"({"a":{"a":{"a":1}}})",
    R"({"a\u0000":1,"a":2})",
    R"( { "a" : 1 , "b" : [ 1 ] } )",
    R"([{"a":1},{"a":2}])",
    R"({"\"":1})",
    R"({"\\":1})",
    R"({"a":"\\"})",
    R"("\\\"")",
    R"("[,]{:}")",
};

const std::vector<std::string> kBadValues = {
    "",
    "nul",
    "nulL",
    "nullx",
    "Null",
    "NULL",
    "tru",
    "truee",
    "True",
    "fals",
    "False",
    "nan",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "undefined",
    "+1",
    "-",
    "--1",
    "- 1",
    "01",
    "-01",
    "00",
    "0x10",
    "0b1",
    "1.",
    ".5",
    "-.5",
    "1.e1",
    "1e",
    "1e+",
    "1E-",
    "1e1.5",
    "1e1e1",
    "1.2.3",
    "1_000",
    "1,000a",
    "1 2",
    "1a",
    "0a",
    "1f",
    "1L",
    "\u0661",
    "\uff11",
    "\"",
    "\"a",
    "'a'",
    "a",
    "\"a\"b",
    R"("\x41")",
    R"("\a")",
    R"("\')",
    R"("\0")",
    R"("\u")",
    R"("\u1")",
    R"("\u12")",
    R"("\u123")",
    R"("\u123g")",
    R"("\u 123")",
    R"("\u+123")",
    R"("\U0041")",
    R"("\ud800")",
    R"("\ud800a")",
    R"("\ud800\n")",
    R"("\ud800\u0041")",
    R"("\ud800\ud800")",
    R"("\udc00")",
    R"("\udc00\ud800")",
    R"("\ud83d\ude0")",
    R"("\ud83d\u")",
    R"("\ud83d\")",
    R"("\)",
    "\"\\",
    "\"\n\"",
    "\"\t\"",
    "\"\r\"",
    "\"\0\""s,
    "\"\x01\"",
    "\"\x1f\"",
    "\"abcdefghi\x1f\"",
    "\0"s,
    "[",
    "]",
    "[1",
    "[1,",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1:2]",
    "[1}",
    "[]]",
    "[[]",
    "[\"a\",\n4\n,1,",
    "{",
    "}",
    "{]",
    "{,}",
    R"({"a")",
    R"({"a":)",
    R"({"a":1)",
    R"({"a":1,)",
    R"({"a":1,})",
    R"({"a" 1})",
    R"({"a",1})",
    R"({"a"::1})",
    R"({"a":1 "b":2})",
    R"({"a":1,,"b":2})",
    R"({a:1})",
    R"({'a':1})",
    R"({1:1})",
    R"({null:1})",
    R"({"a":1}})",
    R"({"a":})",
    R"({:1})",
    R"({"a":1:2})",
    "/**/1",
    "1//",
    "1/**/",
    "#1",
    "\xc2\xa0"
    "1",
    "\xe2\x80\x8b"
    "1",
    "\f1",
    "\v1",
    "1\f",
    "(1)",
    "<1>",
    "@",
    "*",
    "\\",
    "\\u0031",
    R"({"a":1,"a":2})",
    R"({"a":1,"b":2,"a":1})",
    R"({"a":1,"\u0061":2})",
    R"({"\u0061":1,"a":2})",
    R"({"":1,"":2})",
    R"({"\n":1,"\u000a":2})",
    R"([{"a":1},{"b":1,"b":1}])",
    R"({"a":{"b":{"c":1,"c":1}}})",
    R"({"\ud83d":1})",
    R"({"\u00e9":1,"é":2})",
    R"({"a\\":1,"a\u005c":2})",
    R"({"a":1,"b":{"a":1},"a":{}})",
};

TEST(JsonSyntax, AcceptsWhatIsJson) {
  EXPECT_GE(kGoodValues.size(), 60u);
  for (const std::string& value : kGoodValues) {
    for (const std::string& text :
         {R"({"other":)" + value + "}", "\n\t {\r\"other\" \n:\t" + value + " } \n",
          R"({"deep":{"er":[0,)" + value + R"(]},"last":0})",
          R"({"x":[)" + value + "," + value + "]}",
          R"([{"x":)" + value + R"(},{"y":)" + value + "}]"}) {
      const std::string summary = decoded(one_optional_field(), text);
      EXPECT_TRUE(summary == "[null]" || summary == "[null] [null]") << text << ": " << summary;
    }
    const std::string wanted = decoded(one_optional_field(), R"({"wanted":)" + value + "}");
    EXPECT_TRUE(wanted.find("malformed") == std::string::npos &&
                wanted.find("utf8") == std::string::npos)
        << value << ": " << wanted;
  }
}

TEST(JsonSyntax, RefusesWhatIsNotWhereverItIs) {
  EXPECT_GE(kBadValues.size(), 120u);
  for (const std::string& value : kBadValues) {
    for (const std::string& text :
         {R"({"other":)" + value + "}", R"({"wanted":)" + value + "}",
          R"({"deep":{"er":[0,)" + value + R"(]},"last":0})", R"({"wanted":[0,)" + value + "]}",
          R"([{"wanted":1},{"x":)" + value + "}]", R"({"wanted":{"x":)" + value + "}}"}) {
      EXPECT_EQ(decoded(one_optional_field(), text), "!malformed") << text;
    }
  }
}

TEST(JsonSyntax, RefusesAMessageThatIsNotOneDocument) {
  for (const std::string& text : {""s,
                                  " "s,
                                  "\n"s,
                                  "{}{}"s,
                                  "{} {}"s,
                                  "{}\n{}"s,
                                  "{},"s,
                                  "{}x"s,
                                  "{}\0"s,
                                  "\0{}"s,
                                  "[]]"s,
                                  "[{}"s,
                                  "{}]"s,
                                  "[{},]"s,
                                  "[{}{}]"s,
                                  "\xef\xbb\xbf{}"s,
                                  "{}\xef\xbb\xbf"s,
                                  "x"s,
                                  ","s,
                                  ":"s,
                                  "[{\"a\":1},"s,
                                  "[,{}]"s,
                                  "nul"s,
                                  "{}\x1a"s,
                                  "{}/**/"s}) {
    EXPECT_EQ(decoded(one_optional_field(), text), "!malformed") << text;
  }
}

// RFC 3629 section 4 gives what is well-formed.
TEST(JsonSyntax, RefusesWhatIsNotUtf8) {
  for (const std::string& bytes : {"\x80"s,
                                   "\xbf"s,
                                   "\xc0\x80"s,
                                   "\xc1\xbf"s,
                                   "\xc2"s,
                                   "\xc2\x41"s,
                                   "\xe0\x80\x80"s,
                                   "\xe0\x9f\xbf"s,
                                   "\xe2\x82"s,
                                   "\xed\xa0\x80"s,
                                   "\xed\xbf\xbf"s,
                                   "\xf0\x80\x80\x80"s,
                                   "\xf0\x8f\xbf\xbf"s,
                                   "\xf0\x9f\x98"s,
                                   "\xf4\x90\x80\x80"s,
                                   "\xf5\x80\x80\x80"s,
                                   "\xfe"s,
                                   "\xff"s,
                                   "\xe9"s,
                                   "abcdefghijk\xff"s}) {
    for (const std::string& text :
         {R"({"other":")" + bytes + R"("})", R"({"wanted":")" + bytes + R"("})",
          "{\"" + bytes + "\":1}", "{\"other\":" + bytes + "}", "{}" + bytes}) {
      EXPECT_EQ(decoded(one_optional_field(), text), "!invalid_utf8") << text;
    }
  }
}

TEST(JsonSyntax, EveryPrefixOfADocumentIsMalformed) {
  const std::string text =
      R"([ {"wanted": -1.5e3, "b": [true, {"c\u00e9": "x\ud83d\ude00"}], "d": null } , {} ])";
  EXPECT_EQ(decoded(one_optional_field(), text), "[-1500.0] [null]");
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(decoded(one_optional_field(), text.substr(0, size)), "!malformed") << size;
  }
}

TEST(JsonSyntax, NestsToTheLimitAndNoFurther) {
  DecoderConfig config = one_optional_field();
  config.max_depth = 10;
  const auto nested = [](std::size_t arrays) {
    return R"({"a":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  EXPECT_EQ(decoded(config, nested(9)), "[null]");
  EXPECT_EQ(decoded(config, nested(10)), "!too_deep");
  EXPECT_EQ(decoded(config, "[" + nested(8) + "]"), "[null]");
  EXPECT_EQ(decoded(config, "[" + nested(9) + "]"), "!too_deep");
  // Siblings do not add up.
  EXPECT_EQ(decoded(config, "[" + nested(8) + "," + nested(8) + "]"), "[null] [null]");
}

TEST(JsonSyntax, AHundredThousandLevelsAreTooDeepWithoutAStackOverflow) {
  DecoderConfig config = one_optional_field();
  for (const std::size_t limit : {64u, 1000u}) {
    config.max_depth = limit;
    EXPECT_EQ(decoded(config, std::string(100'000, '[')), "!too_deep");
    EXPECT_EQ(decoded(config, R"({"wanted":)" + std::string(100'000, '[')), "!too_deep");
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
    EXPECT_EQ(decoded(config, objects), "!too_deep");
  }
  config.max_depth = 1001;
  EXPECT_FALSE(make_decoder(config).ok());
  config.max_depth = 0;
  EXPECT_FALSE(make_decoder(config).ok());
}

TEST(JsonSyntax, AMessageOverTheLimitIsTooLarge) {
  DecoderConfig config = one_optional_field();
  config.max_message_bytes = 10;
  EXPECT_EQ(decoded(config, R"({"a":1234})"), "[null]");
  EXPECT_EQ(decoded(config, R"({"a":12345})"), "!too_large");
  config.max_message_bytes = 0;
  EXPECT_FALSE(make_decoder(config).ok());
}

}  // namespace
}  // namespace leat::formats
