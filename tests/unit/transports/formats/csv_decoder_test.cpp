#include "transports/formats/csv_decoder.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

using namespace std::string_literals;

DecoderConfig id_and_value() {
  return decoder_config("csv",
                        {source_field("id", data::kString), source_field("v", data::kDouble)});
}

std::string decoded_text(const std::string& payload) {
  return decoded(
      decoder_config("csv", {source_field("a", data::kString), source_field("b", data::kString)}),
      payload);
}

std::string decoded_as(data::Type type, const std::string& text) {
  return decoded(decoder_config("csv", {source_field("f", type)}), text);
}

TEST(CsvDecoder, ReadsRecordsOfAMessage) {
  EXPECT_EQ(decoded(id_and_value(), "s1,21.5"), R"(["s1",21.5])");
  EXPECT_EQ(decoded(id_and_value(), "s1,1\n"), R"(["s1",1.0])");
  EXPECT_EQ(decoded(id_and_value(), "s1,1\r\ns2,2\ns3,3\r\n"),
            R"(["s1",1.0] ["s2",2.0] ["s3",3.0])");
  EXPECT_EQ(decoded(id_and_value(), "s1,\n,2\n,\n"), R"(["s1",null] [null,2.0] [null,null])");
}

// RFC 4180 section 2, rules 5 to 7.
TEST(CsvDecoder, Quotes) {
  EXPECT_EQ(decoded_text("\"aaa\",\"bbb\""), R"(["aaa","bbb"])");
  EXPECT_EQ(decoded_text("\"a,\r\nb\",c\r\n\"\"\"\",\"x\"\"y\"\"\""),
            R"(["a,\r\nb","c"] ["\"","x\"y\""])");
  EXPECT_EQ(decoded_text("\"\",\"a\""), R"(["","a"])");
  EXPECT_EQ(decoded_text(",\"\""), R"([null,""])");
  EXPECT_EQ(decoded_text(" a , b "), R"([" a "," b "])");
  EXPECT_EQ(decoded_text("0123456789\x01,\"0123456789\""), R"(["0123456789\u0001","0123456789"])");
  EXPECT_EQ(decoded_text("a\tb,\"\n\""), R"(["a\tb","\n"])");
}

TEST(CsvDecoder, MalformedQuotingSpoilsTheMessage) {
  for (const std::string& text : {"\"a,b"s, "\"a\"x,b"s, "\"a\" ,b"s, " \"a\",b"s, "a\",b"s,
                                  "a\"b\",c"s, "a,\""s, "a,\"\"\""s, "a,b\rc,d"s, "a,b\r"s,
                                  "\"a\"\r,b"s, "a,\"b\"\r"s, "\r"s, "a,\"b\"\"c\nx,y"s}) {
    EXPECT_EQ(decoded_text(text), "!malformed") << text;
    EXPECT_EQ(decoded_text("good,row\n" + text), "!malformed") << text;
  }
}

TEST(CsvDecoder, TooFewOrTooManyFieldsSpoilTheRecord) {
  Decoding decoding(id_and_value());
  decoding.decode("a,1\nb\nc,2,3\n\"d,4\ne\"\nf,5,\ng,6");
  EXPECT_EQ(decoding.summary(),
            R"(["a",1.0] ["g",6.0] !malformed !malformed !malformed !malformed)");
  EXPECT_EQ(decoding.batch.bad[1].payload, "c,2,3");
  EXPECT_EQ(decoding.batch.bad[1].detail, "the record has 3 fields, expected 2");
  EXPECT_EQ(decoding.batch.bad[2].payload, "\"d,4\ne\"");
  // Very many fields are counted, not kept.
  decoding.decode(std::string(500'000, ','));
  EXPECT_EQ(decoding.batch.bad.back().detail, "the record has 500001 fields, expected 2");
}

TEST(CsvDecoder, EmptyLinesAreSkippedWhereTheyCannotBeRecords) {
  EXPECT_EQ(decoded(id_and_value(), ""), "");
  EXPECT_EQ(decoded(id_and_value(), "\n\r\na,1\n\nb,2\r\n\r\n"), R"(["a",1.0] ["b",2.0])");
  EXPECT_EQ(decoded_as(data::kString, "\na\n\r\n"), R"([null] ["a"] [null])");
}

TEST(CsvDecoder, ReadsEachType) {
  EXPECT_EQ(decoded_as(data::kBoolean, "true\nfalse\n\"true\"\nTRUE\n1"),
            "[true] [false] [true] !wrong_type !wrong_type");
  EXPECT_EQ(decoded_as(data::kBigint, "1\n-5\n20.0\n\"7\"\n9223372036854775807"),
            "[1] [-5] [20] [7] [9223372036854775807]");
  EXPECT_EQ(decoded_as(data::kDouble, "1\n-0.5\n1e3\n\"2\""), "[1.0] [-0.5] [1000.0] [2.0]");
  EXPECT_EQ(decoded_as(data::kBytes, "AAE=\n\"\"\nA"), R"(["AAE="] [""] !wrong_type)");
  EXPECT_EQ(decoded_as(data::kTimestamp, "0\n1700000000000\n253402300800000\nx"),
            "[0] [1700000000000] !bad_timestamp !wrong_type");
  EXPECT_EQ(decoded(decoder_config("csv", {time_field("t", "iso8601")}),
                    "2023-11-14T22:13:20Z\n2023-11-14 22:13:20.5\nx\n\"\""),
            "[1700000000000] [1700000000500] !bad_timestamp !bad_timestamp");
  EXPECT_EQ(decoded(decoder_config("csv", {time_field("t", "s")}), "1.5\n-0.0001"), "[1500] [-1]");
}

TEST(CsvDecoder, NumbersAreStrict) {
  for (const std::string& text : {" 1"s, "1 "s, "+1"s, "01"s, "1."s, ".5"s, "0x1"s, "1e"s, "\"\""s,
                                  "1a"s, "1,5"s, "--1"s, "1\0"s, "\"1\"\"\""s, "\t1"s, "1_0"s}) {
    for (const data::Type type : {data::kBigint, data::kDouble, data::kTimestamp}) {
      const std::string summary = decoded_as(type, text);
      EXPECT_TRUE(summary == "!wrong_type" || summary == "!malformed") << text << ": " << summary;
    }
  }
  EXPECT_EQ(decoded_as(data::kBigint, "1.5\n9223372036854775808\nNaN"),
            "!wrong_type !wrong_type !wrong_type");
  EXPECT_EQ(decoded_as(data::kDouble, "NaN\ninf\n-Infinity\n1e999\nnano"),
            "!non_finite !non_finite !non_finite !non_finite !wrong_type");
}

TEST(CsvDecoder, NulBytesAreText) {
  Decoding decoding(
      decoder_config("csv", {source_field("a", data::kString), source_field("b", data::kString)}));
  decoding.decode("a\0b,\"\0\"\n\0,\0"s);
  ASSERT_EQ(decoding.batch.rows.rows(), 2u);
  EXPECT_EQ(decoding.batch.rows.columns[0].text(0), "a\0b"s);
  EXPECT_EQ(decoding.batch.rows.columns[1].text(0), "\0"s);
  EXPECT_EQ(decoding.batch.rows.columns[1].text(1), "\0"s);
}

TEST(CsvDecoder, InvalidUtf8AndSizeSpoilTheMessage) {
  EXPECT_EQ(decoded_text("é,ü\n"), R"(["é","ü"])");
  EXPECT_EQ(decoded_text("a,b\n\xff,c"), "!invalid_utf8");
  EXPECT_EQ(decoded_text("a,b\n\"\xe9\",c"), "!invalid_utf8");
  EXPECT_EQ(decoded_text("a,\"b\xff"), "!invalid_utf8");
  DecoderConfig config = id_and_value();
  config.max_message_bytes = 5;
  EXPECT_EQ(decoded(config, "a,1.5"), R"(["a",1.5])");
  EXPECT_EQ(decoded(config, "a,1.50"), "!too_large");
}

TEST(CsvDecoder, OtherDelimiters) {
  DecoderConfig config = id_and_value();
  config.csv_delimiter = ';';
  EXPECT_EQ(decoded(config, "a,b;1\n\"x;y\";2"), R"(["a,b",1.0] ["x;y",2.0])");
  config.csv_delimiter = '\t';
  EXPECT_EQ(decoded(config, "a\t1\n\"b\"\t2\t3\n"), R"(["a",1.0] !malformed)");
  for (const char bad : {'"', '\n', '\r', '\0', '.', '-', '+', '0', 'e', 'x', '/', '\x80'}) {
    config.csv_delimiter = bad;
    EXPECT_FALSE(make_decoder(config).ok()) << static_cast<int>(bad);
  }
}

TEST(CsvDecoder, RefusesLists) {
  const auto made = make_decoder(
      decoder_config("csv", {source_field("l", data::Type::list_of(data::Kind::kBigint))}));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code(), ErrorCode::kInvalidArgument);
}

// With a header, through the interface that the file source uses.
struct WithHeader {
  WithHeader(const DecoderConfig& with, std::string_view record) : config(with) {
    decoder = std::move(make_csv_decoder(config)).value();
    batch.rows = data::Batch(config.schema);
    header = decoder->set_header(record);
  }
  std::string decode(std::string_view payload, const MessageInfo& info = {}) {
    Decoding decoding(config);
    decoding.decoder = std::move(decoder);
    const std::string summary = decoding.decode(payload, info).summary();
    decoder.reset(static_cast<CsvDecoder*>(decoding.decoder.release()));
    return summary;
  }
  DecoderConfig config;
  std::unique_ptr<CsvDecoder> decoder;
  ports::SourceBatch batch;
  Result<void> header;
};

TEST(CsvHeader, NamesTheColumns) {
  EXPECT_EQ(WithHeader(id_and_value(), "v,other,id").decode("1,x,a\n2,,b\n3,c\n"),
            R"(["a",1.0] ["b",2.0] !malformed)");
  EXPECT_EQ(WithHeader(id_and_value(), "\"v\",\"id\"\r\n").decode("1,a"), R"(["a",1.0])");
  EXPECT_EQ(WithHeader(id_and_value(), "\xef\xbb\xbfid,v").decode("a,1"), R"(["a",1.0])");
  EXPECT_EQ(WithHeader(id_and_value(), "x,x,id,v").decode("0,0,a,1"), R"(["a",1.0])");
}

TEST(CsvHeader, AFieldWithoutAColumnIsMissing) {
  EXPECT_EQ(WithHeader(id_and_value(), "id,V").decode("a,1\nb,2"), "!missing_field !missing_field");
  DecoderConfig config = id_and_value();
  config.fields[1].optional = true;
  EXPECT_EQ(WithHeader(config, "id").decode("a\nb"), R"(["a",null] ["b",null])");
}

TEST(CsvHeader, APathIsTheNameOfTheColumn) {
  const DecoderConfig config =
      decoder_config("csv", {source_field("t", data::kDouble, {"Temp (C)"}),
                             source_field("p", data::kDouble, {"air", "pressure"})});
  EXPECT_EQ(WithHeader(config, "air.pressure,Temp (C)").decode("1000,20"), "[20.0,1000.0]");
}

TEST(CsvHeader, ThatIsNoneIsRefusedAndChangesNothing) {
  for (const std::string_view record : {"", "id,\"v", "id,id", "v,id,x,v", "id,v\na,1", "id\rv"}) {
    WithHeader csv(id_and_value(), record);
    EXPECT_FALSE(csv.header.ok()) << record;
    EXPECT_EQ(csv.decode("a,1"), R"(["a",1.0])");
  }
}

TEST(CsvDecoder, FieldsOfTheTopicAreNoColumns) {
  DecoderConfig config = id_and_value();
  config.bound_fields = {0};
  const std::vector<BoundText> bound = {{0, "a"}};
  MessageInfo info;
  info.bound = bound;
  EXPECT_EQ(Decoding(config).decode("1\n2\n", info).summary(), R"(["a",1.0] ["a",2.0])");
  // By header they can be; the topic wins.
  WithHeader csv(config, "id,v");
  EXPECT_EQ(csv.decode("b,1\n,2\na,3", info), R"(["a",1.0] ["a",2.0] ["a",3.0])");
}

}  // namespace
}  // namespace leat::formats
