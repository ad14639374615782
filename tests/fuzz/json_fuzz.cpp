// The JSON decoder against simdjson's DOM parser: what is well-formed, and the values of some
// fields. DOM accepts a key twice and any depth, and refuses numbers that no 64-bit type holds:
// those are told apart here.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "transports/formats/decoder.h"
#include "transports/formats/encoder.h"

namespace {

using namespace leat;
namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 12;
constexpr std::string_view kOrdinary =
    R"({"i":1,"d":2.5,"s":"x","o":{"s":"y","l":[1,null]},"h":[{"r":1}],"t":5,"x":"AA=="})";

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

formats::DecoderConfig make_config() {
  formats::DecoderConfig config;
  config.format = "json";
  config.max_depth = kMaxDepth;
  std::vector<data::Field> schema;
  const auto add = [&](const char* name, data::Type type, std::vector<std::string> path) {
    job::SourceField field;
    field.name = name;
    field.type = type;
    field.path = std::move(path);
    field.optional = true;
    config.fields.push_back(field);
    schema.push_back({name, type});
  };
  add("i", data::kBigint, {"i"});
  add("d", data::kDouble, {"d"});
  add("s", data::kString, {"s"});
  add("os", data::kString, {"o", "s"});
  add("ol", data::Type::list_of(data::Kind::kDouble), {"o", "l"});
  add("hr", data::Type::list_of(data::Kind::kBigint), {"h[]", "r"});
  add("t", data::kTimestamp, {"t"});
  add("x", data::kBytes, {"x"});
  config.schema = data::make_schema(std::move(schema));
  return config;
}

// What the tree has beyond syntax.
struct Facts {
  std::size_t depth = 0;
  bool key_twice = false;
};

void look(dom::element element, std::size_t depth, Facts& facts) {
  if (element.is_array()) {
    facts.depth = std::max(facts.depth, depth);
    for (const dom::element child : dom::array(element)) look(child, depth + 1, facts);
  } else if (element.is_object()) {
    facts.depth = std::max(facts.depth, depth);
    std::set<std::string_view> keys;
    for (const auto& member : dom::object(element)) {
      if (!keys.insert(member.key).second) facts.key_twice = true;
      look(member.value, depth + 1, facts);
    }
  }
}

ports::SourceBatch decode(formats::Decoder& decoder, const formats::DecoderConfig& config,
                          std::string_view payload) {
  ports::SourceBatch batch;
  batch.rows = data::Batch(config.schema);
  decoder.decode(payload, {}, batch);
  batch.rows.check();
  return batch;
}

void require_same(const ports::SourceBatch& a, const ports::SourceBatch& b) {
  require(a.rows.rows() == b.rows.rows() && a.bad.size() == b.bad.size(), "another result");
  for (std::size_t row = 0; row < a.rows.rows(); ++row) {
    require(a.rows.row_values(row) == b.rows.row_values(row), "another row");
  }
  for (std::size_t i = 0; i < a.bad.size(); ++i) {
    require(a.bad[i].reason == b.bad[i].reason && a.bad[i].detail == b.bad[i].detail,
            "another bad record");
  }
}

bool spoils_message(const ports::SourceBatch& batch) {
  if (batch.bad.size() != 1) return false;
  const ports::BadReason reason = batch.bad.front().reason;
  return reason == ports::BadReason::kMalformed || reason == ports::BadReason::kInvalidUtf8 ||
         reason == ports::BadReason::kTooDeep;
}

// The only row is that of an object whose plain fields hold the same.
void compare_values(const ports::SourceBatch& batch, dom::object object) {
  const auto& columns = batch.rows.columns;
  std::int64_t integer = 0;
  if (!object["i"].get(integer)) require(columns[0].int64s()[0] == integer, "another integer");
  double real = 0;
  if (!object["d"].get(real)) require(columns[1].doubles()[0] == real, "another double");
  std::string_view text;
  if (!object["s"].get(text)) require(columns[2].text(0) == text, "another text");
  if (!object["o"]["s"].get(text)) require(columns[3].text(0) == text, "another nested text");
  dom::array list;
  if (!object["o"]["l"].get(list)) {
    require(columns[4].list_end(0) == list.size(), "another list");
  }
  if (!object["h"].get(list)) require(columns[5].list_end(0) == list.size(), "another path");
}

void round_trip(formats::Decoder& decoder, const formats::DecoderConfig& config,
                const ports::SourceBatch& batch) {
  formats::DecoderConfig flat = config;
  for (job::SourceField& field : flat.fields) field.path = {field.name};
  const auto flat_decoder = std::move(formats::make_decoder(flat)).value();
  formats::EncoderConfig encoder_config;
  encoder_config.format = "json";
  encoder_config.schema = config.schema;
  for (std::size_t i = 0; i < config.fields.size(); ++i) encoder_config.fields.push_back(i);
  const auto encoder = std::move(formats::make_encoder(encoder_config)).value();
  for (std::size_t row = 0; row < std::min<std::size_t>(batch.rows.rows(), 8); ++row) {
    std::string text;
    encoder->encode(batch.rows, row, text);
    const ports::SourceBatch again = decode(*flat_decoder, flat, text);
    require(again.rows.rows() == 1, "a row that does not read back");
    require(again.rows.row_values(0) == batch.rows.row_values(row),
            "a row that reads back otherwise");
  }
  decode(decoder, config, kOrdinary);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const formats::DecoderConfig config = make_config();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string_view payload = text;
  const auto decoder = std::move(formats::make_decoder(config)).value();
  const ports::SourceBatch first = decode(*decoder, config, payload);
  // What was learned from other messages must not change what is said of this one.
  const ports::SourceBatch ordinary = decode(*decoder, config, kOrdinary);
  require(ordinary.rows.rows() == 1 && ordinary.bad.empty(), "the ordinary message is bad");
  require_same(first, decode(*decoder, config, payload));

  dom::parser parser;
  dom::element root;
  const simdjson::error_code error = parser.parse(simdjson::padded_string(payload)).get(root);
  const bool accepted = !spoils_message(first);
  if (error == simdjson::SUCCESS) {
    Facts facts;
    look(root, 1, facts);
    require(accepted == (!facts.key_twice && facts.depth <= kMaxDepth), "DOM accepts it");
    if (accepted && root.is_object() && first.rows.rows() == 1) compare_values(first, root);
  } else if (error != simdjson::NUMBER_ERROR && error != simdjson::DEPTH_ERROR) {
    require(!accepted, "DOM refuses it");
  }
  if (accepted) round_trip(*decoder, config, first);
  return 0;
}
