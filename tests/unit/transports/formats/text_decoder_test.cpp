#include "transports/formats/text_decoder.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

using namespace std::string_literals;

DecoderConfig lines() { return decoder_config("text", {source_field("line", data::kString)}); }

TEST(TextDecoder, ARowForEachLine) {
  EXPECT_EQ(decoded(lines(), "a"), R"(["a"])");
  EXPECT_EQ(decoded(lines(), "a\n"), R"(["a"])");
  EXPECT_EQ(decoded(lines(), "a\r\n\nb\rc\r\n d"), R"(["a"] [""] ["b\rc"] [" d"])");
  EXPECT_EQ(decoded(lines(), ""), R"([""])");
  EXPECT_EQ(decoded(lines(), "\n"), R"([""])");
  EXPECT_EQ(decoded(lines(), "a\r"), R"(["a\r"])");
  EXPECT_EQ(decoded(lines(), "a\0b\n"s), R"(["a\u0000b"])");
}

TEST(TextDecoder, ALineThatIsNotUtf8IsSetAsideAlone) {
  Decoding decoding(lines());
  decoding.decode("é\n\xff\nx\n\xc3");
  EXPECT_EQ(decoding.summary(), R"(["é"] ["x"] !invalid_utf8 !invalid_utf8)");
  EXPECT_EQ(decoding.batch.bad[0].payload, "\xff");
}

TEST(TextDecoder, RefusesWhatIsTooLarge) {
  DecoderConfig config = lines();
  config.max_message_bytes = 3;
  EXPECT_EQ(decoded(config, "abc"), R"(["abc"])");
  EXPECT_EQ(decoded(config, "abcd"), "!too_large");
}

TEST(TextDecoder, TakesFieldsOfTheTopicBesideTheLine) {
  DecoderConfig config = decoder_config(
      "text", {source_field("room", data::kBigint), source_field("line", data::kString)});
  config.bound_fields = {0};
  const std::vector<BoundText> bound = {{0, "7"}};
  MessageInfo info;
  info.bound = bound;
  EXPECT_EQ(Decoding(config).decode("a\nb", info).summary(), R"([7,"a"] [7,"b"])");
}

TEST(TextDecoder, HasOneField) {
  EXPECT_FALSE(make_decoder(decoder_config("text", {})).ok());
  EXPECT_FALSE(make_decoder(decoder_config("text", {source_field("l", data::kString)})).ok());
  EXPECT_FALSE(make_decoder(decoder_config("text", {source_field("line", data::kBytes)})).ok());
  EXPECT_FALSE(make_decoder(decoder_config("text", {source_field("line", data::kString),
                                                    source_field("b", data::kString)}))
                   .ok());
}

}  // namespace
}  // namespace leat::formats
