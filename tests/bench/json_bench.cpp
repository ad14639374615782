// The JSON decoder beside simdjson in the same run. The baseline of the ratio table is on-demand
// find_field in document order over text that is padded already, which checks only what it is asked
// for and writes nothing; DOM is what simdjson needs to check the whole text (it accepts keys
// twice).
#include <benchmark/benchmark.h>
#include <cstdio>
#include <filesystem>
#include <map>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

#include "core/base/assert.h"
#include "transports/formats/decoder.h"
#include "transports/formats/encoder.h"

namespace leat {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kBatch = 512;

struct Messages {
  std::vector<std::string> texts;
  std::vector<simdjson::padded_string> padded;
  std::size_t bytes = 0;

  void add(std::string text) {
    bytes += text.size();
    padded.emplace_back(text);
    texts.push_back(std::move(text));
  }
};

// About 71 bytes each: {"id":"sensor-0001","line":"a","temperature":21.5,"ts":1700000000000}
std::string reading(std::size_t i) {
  char text[128];
  std::snprintf(text, sizeof text,
                "{\"id\":\"sensor-%04zu\",\"line\":\"%c\",\"temperature\":%.2f,\"ts\":%llu}",
                i * 7919 % 10'000, static_cast<char>('a' + i % 4),
                20.0 + static_cast<double>(i * 31 % 1000) / 100, 1'700'000'000'000ULL + i * 37);
  return text;
}

const Messages& readings() {
  static const Messages kMessages = [] {
    Messages messages;
    for (std::size_t i = 0; i < 8 * kBatch; ++i) messages.add(reading(i));
    return messages;
  }();
  return kMessages;
}

const Messages& arrays() {
  static const Messages kMessages = [] {
    Messages messages;
    for (std::size_t i = 0; i < 32; ++i) {
      std::string text = "[";
      for (std::size_t k = 0; k < 100; ++k) text += (k == 0 ? "" : ",") + reading(i * 100 + k);
      messages.add(text + "]");
    }
    return messages;
  }();
  return kMessages;
}

// LoRaWAN uplinks of about 1 KB. They are not part of the source tree: LEAT_DATA names the
// directory that holds campusiot/.
const Messages& uplinks() {
  static const Messages kMessages = [] {
    Messages messages;
    const char* const named = std::getenv("LEAT_DATA");
    const std::filesystem::path folder =
        std::filesystem::path(named != nullptr ? named : "../shared/data") / "campusiot";
    if (!std::filesystem::exists(folder)) return messages;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".gz") continue;
      const gzFile file = gzopen(entry.path().c_str(), "rb");
      std::string line;
      for (int c = gzgetc(file); c != -1; c = gzgetc(file)) {
        if (c != '\n') {
          line += static_cast<char>(c);
        } else if (messages.texts.size() < 8 * kBatch) {
          messages.add(std::exchange(line, {}));
        }
      }
      gzclose(file);
    }
    return messages;
  }();
  return kMessages;
}

job::SourceField field(std::string name, data::Type type, std::vector<std::string> path = {}) {
  job::SourceField source;
  source.name = std::move(name);
  source.type = type;
  source.path = std::move(path);
  return source;
}

formats::DecoderConfig config(std::vector<job::SourceField> fields) {
  formats::DecoderConfig result;
  result.format = "json";
  std::vector<data::Field> schema;
  for (const job::SourceField& each : fields) schema.push_back({each.name, each.type});
  result.schema = data::make_schema(std::move(schema));
  result.fields = std::move(fields);
  return result;
}

formats::DecoderConfig reading_config() {
  return config({field("id", data::kString), field("line", data::kString),
                 field("temperature", data::kDouble), field("ts", data::kTimestamp)});
}

formats::DecoderConfig uplink_config() {
  auto temperature = field("temperature", data::kDouble, {"decoded", "payload", "temperature"});
  temperature.optional = true;
  return config(
      {field("dev_eui", data::kString), field("reported_at", data::kTimestamp), temperature});
}

void read_reading(ondemand::document& document) {
  std::string_view id;
  std::string_view line;
  double temperature = 0;
  std::int64_t ts = 0;
  ondemand::object object;
  LEAT_ASSERT(document.get_object().get(object) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("id").get(id) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("line").get(line) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("temperature").get(temperature) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("ts").get(ts) == simdjson::SUCCESS);
  benchmark::DoNotOptimize(id);
  benchmark::DoNotOptimize(line);
  benchmark::DoNotOptimize(temperature);
  benchmark::DoNotOptimize(ts);
}

void read_uplink(ondemand::document& document) {
  std::string_view dev_eui;
  double temperature = 0;
  std::int64_t reported_at = 0;
  ondemand::object object;
  LEAT_ASSERT(document.get_object().get(object) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("dev_eui").get(dev_eui) == simdjson::SUCCESS);
  LEAT_ASSERT(object.find_field("reported_at").get(reported_at) == simdjson::SUCCESS);
  auto found = object.find_field("decoded").find_field("payload").find_field("temperature");
  if (found.get(temperature) != simdjson::SUCCESS) temperature = 0;
  benchmark::DoNotOptimize(dev_eui);
  benchmark::DoNotOptimize(temperature);
  benchmark::DoNotOptimize(reported_at);
}

void count(benchmark::State& bench, const Messages& messages) {
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(messages.texts.size()));
  bench.SetBytesProcessed(bench.iterations() * static_cast<std::int64_t>(messages.bytes));
}

template <class Read>
void on_demand(benchmark::State& bench, const Messages& messages, Read read) {
  ondemand::parser parser;
  for (auto _ : bench) {
    for (const simdjson::padded_string& text : messages.padded) {
      ondemand::document document;
      LEAT_ASSERT(parser.iterate(text).get(document) == simdjson::SUCCESS);
      read(document);
    }
  }
  count(bench, messages);
}

void dom(benchmark::State& bench, const Messages& messages) {
  simdjson::dom::parser parser;
  for (auto _ : bench) {
    for (const simdjson::padded_string& text : messages.padded) {
      simdjson::dom::element element;
      LEAT_ASSERT(parser.parse(text).get(element) == simdjson::SUCCESS);
      benchmark::DoNotOptimize(element);
    }
  }
  count(bench, messages);
}

void clear(ports::SourceBatch& batch) {
  for (data::Column& column : batch.rows.columns) column.clear();
  batch.rows.event_times.clear();
}

void decode(benchmark::State& bench, const Messages& messages,
            const formats::DecoderConfig& decoder_config, std::size_t rows_per_message) {
  const auto decoder = std::move(formats::make_decoder(decoder_config)).value();
  ports::SourceBatch batch;
  batch.rows = data::Batch(decoder_config.schema);
  formats::MessageInfo info;
  info.topic = "plant/a/sensors";
  info.received_ms = 1'700'000'000'000;
  std::size_t rows = 0;
  for (auto _ : bench) {
    std::size_t in_batch = 0;
    for (const std::string& text : messages.texts) {
      decoder->decode(text, info, batch);
      in_batch += rows_per_message;
      if (in_batch < kBatch) continue;
      rows += batch.rows.rows();
      clear(batch);
      in_batch = 0;
    }
    rows += batch.rows.rows();
    clear(batch);
  }
  LEAT_ASSERT(batch.bad.empty());
  LEAT_ASSERT(rows == bench.iterations() * messages.texts.size() * rows_per_message);
  count(bench, messages);
  bench.counters["readings/s"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
}

void encode(benchmark::State& bench, const std::string& format) {
  const auto decoder = std::move(formats::make_decoder(reading_config())).value();
  ports::SourceBatch batch;
  batch.rows = data::Batch(reading_config().schema);
  for (std::size_t i = 0; i < kBatch; ++i) decoder->decode(reading(i), {}, batch);
  formats::EncoderConfig encoder_config;
  encoder_config.format = format;
  encoder_config.schema = batch.rows.schema;
  encoder_config.fields = {0, 1, 2, 3};
  const auto encoder = std::move(formats::make_encoder(encoder_config)).value();
  std::string out;
  for (auto _ : bench) {
    out.clear();
    for (std::size_t row = 0; row < kBatch; ++row) encoder->encode(batch.rows, row, out);
    benchmark::DoNotOptimize(out.data());
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kBatch));
}

// Remembers the time of each benchmark (the median where there are repetitions) for the table.
class Table : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median") continue;
      times_[run.run_name.function_name] = run.GetAdjustedCPUTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void print() const {
    std::printf("\n%-12s %12s %12s   (simdjson %s)\n", "messages", "decode", "DOM",
                simdjson::get_active_implementation()->name().c_str());
    for (const std::string messages : {"readings", "uplinks"}) {
      const double base = time(messages + "/on_demand");
      if (base == 0) continue;
      std::printf("%-12s %11.2fx %11.2fx   of on-demand; to reach: 2.00x\n", messages.c_str(),
                  time(messages + "/decode") / base, time(messages + "/dom") / base);
    }
  }

 private:
  double time(const std::string& name) const {
    const auto found = times_.find(name);
    return found == times_.end() ? 0 : found->second;
  }
  std::map<std::string, double> times_;
};

void register_all() {
  const auto add = [](const char* name, auto&& run) { benchmark::RegisterBenchmark(name, run); };
  add("readings/on_demand", [](auto& bench) { on_demand(bench, readings(), read_reading); });
  add("readings/dom", [](auto& bench) { dom(bench, readings()); });
  add("readings/decode", [](auto& bench) { decode(bench, readings(), reading_config(), 1); });
  add("arrays_of_100/dom", [](auto& bench) { dom(bench, arrays()); });
  add("arrays_of_100/decode", [](auto& bench) { decode(bench, arrays(), reading_config(), 100); });
  if (uplinks().texts.empty()) {
    std::printf("uplinks: no ../shared/data/campusiot here (LEAT_DATA names another place)\n");
  } else {
    add("uplinks/on_demand", [](auto& bench) { on_demand(bench, uplinks(), read_uplink); });
    add("uplinks/dom", [](auto& bench) { dom(bench, uplinks()); });
    add("uplinks/decode", [](auto& bench) { decode(bench, uplinks(), uplink_config(), 1); });
  }
  add("encode/json", [](auto& bench) { encode(bench, "json"); });
  add("encode/csv", [](auto& bench) { encode(bench, "csv"); });
}

}  // namespace
}  // namespace leat

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  leat::register_all();
  leat::Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  table.print();
  return 0;
}
