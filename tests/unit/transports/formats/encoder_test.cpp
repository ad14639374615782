#include "transports/formats/encoder.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <string>

#include "tests/unit/transports/formats/decoding.h"

namespace leat::formats {
namespace {

using namespace std::string_literals;
using data::Value;

const data::SchemaPtr& all_types() {
  static const data::SchemaPtr kSchema = data::make_schema({{"b", data::kBoolean},
                                                            {"i", data::kBigint},
                                                            {"d", data::kDouble},
                                                            {"s", data::kString},
                                                            {"x", data::kBytes},
                                                            {"t", data::kTimestamp}});
  return kSchema;
}

std::unique_ptr<Encoder> encoder(std::string format, data::SchemaPtr schema,
                                 std::vector<std::size_t> fields, char delimiter = ',') {
  EncoderConfig config;
  config.format = std::move(format);
  config.schema = std::move(schema);
  config.fields = std::move(fields);
  config.csv_delimiter = delimiter;
  return std::move(make_encoder(config)).value();
}

std::string encoded(const std::string& format, const data::SchemaPtr& schema,
                    const std::vector<Value>& values) {
  data::Batch batch(schema);
  batch.append_values(values, 0);
  std::vector<std::size_t> fields(schema->size());
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
  std::string out = "before|";
  encoder(format, schema, fields)->encode(batch, 0, out);
  EXPECT_EQ(out.substr(0, 7), "before|");
  return out.substr(7);
}

TEST(JsonEncoder, SpellsEachType) {
  EXPECT_EQ(encoded("json", all_types(), {true, -5, 21.5, "a\"\\\n\x01é/", "\0\xff"s, 0}),
            R"({"b":true,"i":-5,"d":21.5,"s":"a\"\\\n\u0001é/","x":"AP8=","t":0})");
  EXPECT_EQ(encoded("json", all_types(), {false, 0, 1.0, "", "", 1'700'000'000'000}),
            R"({"b":false,"i":0,"d":1.0,"s":"","x":"","t":1700000000000})");
  EXPECT_EQ(encoded("json", all_types(), {{}, {}, {}, {}, {}, {}}),
            R"({"b":null,"i":null,"d":null,"s":null,"x":null,"t":null})");
}

TEST(JsonEncoder, DoublesAreTheShortestThatReadBack) {
  const auto schema = data::make_schema({{"d", data::kDouble}});
  for (const auto& [value, text] :
       {std::pair{0.1, "0.1"}, std::pair{-0.0, "-0.0"}, std::pair{1e21, "1e+21"},
        std::pair{1e300, "1e+300"}, std::pair{5e-324, "5e-324"}, std::pair{100.0, "100.0"},
        std::pair{0.1 + 0.2, "0.30000000000000004"},
        std::pair{std::numeric_limits<double>::quiet_NaN(), "null"},
        std::pair{std::numeric_limits<double>::infinity(), "null"},
        std::pair{-std::numeric_limits<double>::infinity(), "null"}}) {
    EXPECT_EQ(encoded("json", schema, {value}), "{\"d\":"s + text + "}");
  }
}

TEST(JsonEncoder, Lists) {
  const auto schema = data::make_schema({{"l", data::Type::list_of(data::Kind::kDouble)},
                                         {"s", data::Type::list_of(data::Kind::kString)}});
  EXPECT_EQ(encoded("json", schema, {Value::List{1.5, {}, 2.0}, Value::List{"a", "\""}}),
            R"({"l":[1.5,null,2.0],"s":["a","\""]})");
  EXPECT_EQ(encoded("json", schema, {Value::List{}, {}}), R"({"l":[],"s":null})");
}

TEST(JsonEncoder, WritesTheFieldsAskedForInTheirOrder) {
  const auto schema = data::make_schema({{"a", data::kBigint}, {"q\"", data::kBigint}});
  data::Batch batch(schema);
  batch.append_values({1, 2}, 0);
  batch.append_values({3, 4}, 0);
  std::string out;
  encoder("json", schema, {1, 0})->encode(batch, 1, out);
  EXPECT_EQ(out, R"({"q\"":4,"a":3})");
  out.clear();
  encoder("json", schema, {})->encode(batch, 0, out);
  EXPECT_EQ(out, "{}");
  EXPECT_EQ(encoder("json", schema, {0})->header(), "");
}

TEST(JsonEncoder, EscapesAtEveryPositionOfAText) {
  const auto schema = data::make_schema({{"s", data::kString}});
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '"';
      std::string expected = text;
      expected.insert(at, "\\");
      EXPECT_EQ(encoded("json", schema, {text}), "{\"s\":\"" + expected + "\"}");
    }
  }
}

TEST(CsvEncoder, SpellsEachType) {
  EXPECT_EQ(encoded("csv", all_types(), {true, -5, 21.5, "a", "\0\xff"s, 7}),
            "true,-5,21.5,a,AP8=,7");
  EXPECT_EQ(encoded("csv", all_types(), {{}, {}, {}, {}, {}, {}}), ",,,,,");
  EXPECT_EQ(encoded("csv", all_types(), {false, 0, 1.0, "", "", 0}), "false,0,1.0,\"\",\"\",0");
}

TEST(CsvEncoder, QuotesWhatMustBe) {
  const auto schema = data::make_schema({{"s", data::kString}});
  for (const auto& [text, expected] :
       {std::pair{"a,b", "\"a,b\""}, std::pair{"\"", "\"\"\"\""}, std::pair{"a\"b", "\"a\"\"b\""},
        std::pair{"a\nb", "\"a\nb\""}, std::pair{"\r", "\"\r\""}, std::pair{" a ", " a "},
        std::pair{"a;b", "a;b"}, std::pair{"null", "null"}}) {
    EXPECT_EQ(encoded("csv", schema, {text}), expected);
  }
  data::Batch batch(schema);
  batch.append_values({"a;b"}, 0);
  batch.append_values({"a,b"}, 0);
  std::string out;
  const auto semicolons = encoder("csv", schema, {0}, ';');
  semicolons->encode(batch, 0, out);
  semicolons->encode(batch, 1, out);
  EXPECT_EQ(out, "\"a;b\"a,b");
}

TEST(CsvEncoder, HasAHeader) {
  EXPECT_EQ(encoder("csv", all_types(), {5, 0})->header(), "t,b");
  const auto schema = data::make_schema({{"a,b", data::kBigint}, {"c", data::kBigint}});
  EXPECT_EQ(encoder("csv", schema, {0, 1})->header(), "\"a,b\",c");
}

TEST(MakeEncoder, RefusesWhatItCannotBuild) {
  EncoderConfig config;
  config.schema = data::make_schema({{"l", data::Type::list_of(data::Kind::kBigint)}});
  config.fields = {0};
  config.format = "csv";
  EXPECT_EQ(make_encoder(config).error().code(), ErrorCode::kInvalidArgument);
  config.format = "text";
  EXPECT_EQ(make_encoder(config).error().code(), ErrorCode::kUnsupported);
  config.fields = {};
  config.format = "csv";
  config.csv_delimiter = '"';
  EXPECT_EQ(make_encoder(config).error().code(), ErrorCode::kInvalidArgument);
}

// Any row reads back as itself.

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange('\0', '\x7f'), rc::gen::element('"', ',', '\\', '\n', '\r')));
}

std::vector<Value> any_row() {
  const auto maybe = [](Value value) { return *rc::gen::arbitrary<bool>() ? value : Value(); };
  const double real = *rc::gen::suchThat(rc::gen::arbitrary<double>(),
                                         [](double value) { return std::isfinite(value); });
  std::vector<Value> row = {
      maybe(*rc::gen::arbitrary<bool>()),
      maybe(*rc::gen::arbitrary<std::int64_t>()),
      maybe(real),
      maybe(*any_text()),
      maybe(*rc::gen::arbitrary<std::string>()),
      maybe(*rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000))};
  return row;
}

DecoderConfig all_types_config(const std::string& format) {
  std::vector<job::SourceField> fields;
  for (const data::Field& field : all_types()->fields()) {
    fields.push_back(source_field(field.name, field.type));
  }
  return decoder_config(format, fields);
}

RC_GTEST_PROP(RoundTrip, ThroughJson, ()) {
  data::Batch batch(all_types());
  const auto row = any_row();
  batch.append_values(row, 0);
  std::string text;
  encoder("json", all_types(), {0, 1, 2, 3, 4, 5})->encode(batch, 0, text);
  Decoding decoding(all_types_config("json"));
  decoding.decode(text);
  RC_ASSERT(decoding.batch.rows.rows() == 1u);
  RC_ASSERT(decoding.batch.rows.row_values(0) == row);
}

RC_GTEST_PROP(RoundTrip, ThroughCsv, ()) {
  data::Batch batch(all_types());
  std::string text;
  const auto csv = encoder("csv", all_types(), {0, 1, 2, 3, 4, 5});
  std::vector<std::vector<Value>> rows = {any_row(), any_row()};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    batch.append_values(rows[i], 0);
    csv->encode(batch, i, text);
    text += i == 0 ? "\r\n" : "\n";
  }
  Decoding decoding(all_types_config("csv"));
  decoding.decode(text);
  RC_ASSERT(decoding.batch.rows.rows() == 2u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(decoding.batch.rows.row_values(i) == rows[i]);
  }
}

RC_GTEST_PROP(RoundTrip, ListsThroughJson, (const std::vector<std::int64_t>& integers)) {
  const data::Type type = data::Type::list_of(data::Kind::kBigint);
  const auto schema =
      data::make_schema({{"l", type}, {"s", data::Type::list_of(data::Kind::kString)}});
  Value::List bigints;
  Value::List texts;
  for (const std::int64_t integer : integers) {
    bigints.emplace_back(integer);
    if (integer % 5 == 0) bigints.back() = Value();
    texts.push_back(*any_text());
  }
  const std::vector<Value> row = {bigints, texts};
  Decoding decoding(decoder_config(
      "json",
      {source_field("l", type), source_field("s", data::Type::list_of(data::Kind::kString))}));
  decoding.decode(encoded("json", schema, row));
  RC_ASSERT(decoding.batch.rows.rows() == 1u);
  RC_ASSERT(decoding.batch.rows.row_values(0) == row);
}

}  // namespace
}  // namespace leat::formats
