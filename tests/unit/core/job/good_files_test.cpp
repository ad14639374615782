// What a job file that is fine becomes.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/core/job/job_files.h"

namespace leat::job::testing {
namespace {

JobGraph good(std::string_view text, std::map<std::string, std::string> values = {}) {
  LoadResult result = load(text, std::move(values));
  for (const std::string& line : messages(result)) {
    EXPECT_NE(line.find("warning: "), std::string::npos) << line;
  }
  EXPECT_TRUE(result.graph.has_value());
  return result.graph ? std::move(*result.graph) : JobGraph();
}

const NodeSpec& node(const JobGraph& graph, std::string_view name) {
  const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                  [&](const NodeSpec& spec) { return spec.name == name; });
  EXPECT_NE(found, graph.nodes.end()) << name;
  return *found;
}

std::string spell(const data::SchemaPtr& schema) {
  if (schema == nullptr) return "?";
  std::string out;
  for (const data::Field& field : schema->fields()) {
    out += (out.empty() ? "" : " ") + field.name + ":" + data::to_string(field.type);
  }
  return out;
}

std::string output_names(const NodeSpec& spec) {
  std::string out;
  for (const OutputSpec& output : spec.outputs) out += "[" + output.name + "]";
  return out;
}

// The first example of the reference.
constexpr std::string_view kBoiler = R"(name: boiler-temperatures

settings:
  parallelism: 1                       # default for every transform
  delivery: exactly_once
  durability: power
  checkpoint: { interval: 10s, timeout: 1m, min_pause: 0s, tolerable_failures: 3, max_pending: 8MiB }
  state: { backend: memory, ttl: 7d, ttl_update: access }
  restart: { strategy: exponential_delay, initial: 1s, max: 5m }
  failover: { after: 10m }

sources:
  readings:
    type: mqtt
    broker: ${MQTT_URL:-mqtt://localhost:1883}
    topics: ["plant/{line}/sensors/{id}"]
    qos: 1
    format: json
    fields: { id: string, line: string, temperature: double, ts: timestamp }
    event_time: { field: ts, unit: ms }
    dedupe: { key: [id, ts], keep: 1h, max_keys: 100000 }
    ingest: { commit_interval: 0s, max_message: 1MiB, max_in_flight: 1000, quota: 64MiB }
    watermark:
      strategy: bounded_out_of_orderness
      bound: 5s
      idle_timeout: 30s
      per: id
      max_lag: 1h
      max_devices: 10000
      max_future_skew: 1d
      max_drift: 1m

transforms:
  plausible:
    type: filter
    inputs: [readings]
    where: temperature BETWEEN -40 AND 150
  per_minute:
    type: window
    inputs: [plausible]
    key_by: [line, id]
    window: { type: tumbling, size: 1m }
    allowed_lateness: 10s
    aggregate:
      readings: count(*)
      average:  avg(temperature)
      hottest:  max(temperature)

sinks:
  cloud:
    type: kafka
    inputs: [per_minute]
    brokers: ${KAFKA_BROKERS:-localhost:9092}
    topic: boiler.minute
    key: id
    format: json
    outbox: { quota: 256MiB, overflow: block }
  late:
    type: file
    inputs: [per_minute.late]
    path: late.jsonl
    format: json

tests:
  - name: a minute closes when the watermark passes it
    input:
      readings:
        - { line: a, id: s1, temperature: 20, ts: 0 }
        - { line: a, id: s1, temperature: 30, ts: 59999 }
        - { line: a, id: s1, temperature: 99, ts: 65000 }
    expect:
      per_minute:
        - { line: a, id: s1, window_start: 0, window_end: 60000, readings: 2, average: 25.0, hottest: 30.0 }
)";

TEST(GoodFiles, TheFirstExample) {
  const JobGraph graph = good(kBoiler);
  ASSERT_EQ(graph.nodes.size(), 5u);
  EXPECT_EQ(graph.name, "boiler-temperatures");
  EXPECT_EQ(graph.settings.section("checkpoint").duration_ms("interval"), 10'000);
  EXPECT_EQ(graph.settings.section("checkpoint").size_bytes("max_pending"), 8 << 20);
  EXPECT_EQ(graph.settings.text("durability"), "power");

  const NodeSpec& readings = node(graph, "readings");
  EXPECT_EQ(readings.line, 13u);
  EXPECT_EQ(readings.column, 3u);
  const auto& source = std::get<SourceConfig>(readings.config);
  EXPECT_EQ(source.options.text("broker"), "mqtt://localhost:1883");
  EXPECT_EQ(source.options.duration_ms("session_expiry"), std::int64_t{7} * 86'400'000);
  EXPECT_EQ(source.options.section("ingest").size_bytes("max_message"), 1 << 20);
  EXPECT_EQ(source.stage.event_time_field, 3u);
  const time::WatermarkConfig& watermark = source.stage.watermark;
  EXPECT_EQ(watermark.strategy, time::WatermarkStrategy::kBoundedOutOfOrderness);
  EXPECT_EQ(watermark.bound_ms, 5'000);
  EXPECT_EQ(watermark.idle_timeout_ms, 30'000);
  EXPECT_EQ(watermark.per_field, 0u);
  EXPECT_EQ(watermark.max_lag_ms, 3'600'000);
  EXPECT_EQ(watermark.max_future_skew_ms, 86'400'000);
  EXPECT_FALSE(watermark.interval_ms.has_value());
  ASSERT_TRUE(source.dedupe.has_value());
  EXPECT_EQ(source.dedupe->key, (std::vector<std::size_t>{0, 3}));

  const NodeSpec& window = node(graph, "per_minute");
  EXPECT_EQ(output_names(window), "[][errors][late]");
  EXPECT_EQ(spell(window.outputs[0].schema),
            "line:string id:string window_start:timestamp window_end:timestamp readings:bigint "
            "average:double hottest:double");
  EXPECT_EQ(std::get<windows::WindowConfig>(window.config).allowed_lateness_ms, 10'000);

  const NodeSpec& late = node(graph, "late");
  ASSERT_EQ(late.inputs.size(), 1u);
  EXPECT_EQ(graph.nodes[late.inputs[0].node].name, "per_minute");
  EXPECT_EQ(late.inputs[0].output, 2u);
  EXPECT_EQ(std::get<SinkConfig>(late.config).fields, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_TRUE(std::get<SinkConfig>(late.config).exactly_once);
  EXPECT_TRUE(std::holds_alternative<UnbuiltConfig>(node(graph, "cloud").config));
}

TEST(GoodFiles, WhatIsNotBuiltIsNamedWithItsPlace) {
  std::vector<std::string> found;
  for (const Unbuilt& unbuilt : good(kBoiler).unbuilt) {
    found.push_back(std::to_string(unbuilt.line) + ":" + std::to_string(unbuilt.column) + " " +
                    unbuilt.what);
  }
  EXPECT_EQ(found, (std::vector<std::string>{
                       "8:29 \"ttl\" of \"state\" of settings", "10:3 \"failover\" of settings",
                       "21:5 \"dedupe\" of source readings",
                       "31:7 \"max_drift\" of \"watermark\" of source readings",
                       "51:11 sink type \"kafka\" of cloud"}));
}

TEST(GoodFiles, TestCases) {
  const JobGraph graph = good(kBoiler);
  ASSERT_EQ(graph.tests.size(), 1u);
  const TestCase& test = graph.tests[0];
  EXPECT_EQ(test.name, "a minute closes when the watermark passes it");
  EXPECT_FALSE(test.end);
  ASSERT_EQ(test.steps.size(), 3u);
  // By the source's schema: id, line, temperature, ts; an integer is fine for a double.
  EXPECT_EQ(test.steps[1].values,
            (std::vector<data::Value>{"s1", "a", 30.0, std::int64_t{59'999}}));
  ASSERT_EQ(test.expectations.size(), 1u);
  ASSERT_EQ(test.expectations[0].rows.size(), 1u);
  const auto& row = test.expectations[0].rows[0];
  EXPECT_EQ(row[0], (std::pair<std::string, data::Value>("line", "a")));
  EXPECT_EQ(row[4], (std::pair<std::string, data::Value>("readings", std::int64_t{2})));
  EXPECT_EQ(row[6], (std::pair<std::string, data::Value>("hottest", 30.0)));
}

TEST(GoodFiles, Defaults) {
  const JobGraph graph = good(
      "name: j\nsources:\n"
      "  m: { type: mqtt, broker: 'mqtt://h', topics: [a], fields: { id: string },\n"
      "       watermark: { per: id } }\n"
      "  f: { type: file, path: x, fields: { id: string }, watermark: { per: id, idle_timeout: 1s "
      "} }\n"
      "  g: { type: generator }\n"
      "sinks:\n  o: { type: stdout, inputs: [m, f], delivery: at_least_once }\n"
      "  p: { type: stdout, inputs: [g] }\n");
  const auto& mqtt = std::get<SourceConfig>(node(graph, "m").config);
  EXPECT_EQ(mqtt.format, "json");
  EXPECT_EQ(mqtt.options.integer("qos"), 1);
  EXPECT_FALSE(mqtt.options.given("qos"));
  EXPECT_EQ(mqtt.options.text("version"), "5");
  EXPECT_FALSE(mqtt.options.has("client_id"));
  EXPECT_EQ(mqtt.options.section("ingest").integer("max_in_flight"), 1'000);
  EXPECT_EQ(mqtt.stage.watermark.bound_ms, 0);
  EXPECT_EQ(mqtt.stage.watermark.max_future_skew_ms, 86'400'000);
  EXPECT_EQ(mqtt.stage.watermark.max_lag_ms, 3'600'000);
  EXPECT_EQ(mqtt.stage.watermark.max_devices, 10'000u);
  EXPECT_FALSE(mqtt.stage.event_time_field.has_value());
  // A file is read as it was written, whenever that was; it ends, so it is never idle.
  const auto& file = std::get<SourceConfig>(node(graph, "f").config);
  EXPECT_FALSE(file.stage.watermark.max_future_skew_ms.has_value());
  EXPECT_FALSE(file.stage.watermark.max_lag_ms.has_value());
  EXPECT_FALSE(file.stage.watermark.idle_timeout_ms.has_value());
  EXPECT_TRUE(file.options.section("csv").flag("header"));
  const auto& generator = std::get<SourceConfig>(node(graph, "g").config);
  EXPECT_EQ(generator.stage.event_time_field, 1u);
  EXPECT_EQ(spell(node(graph, "g").outputs[0].schema), "id:string ts:timestamp temperature:double");
  EXPECT_EQ(generator.options.integer("sensors"), 10);
  EXPECT_FALSE(generator.options.has("start"));
  EXPECT_FALSE(std::get<SinkConfig>(node(graph, "o").config).exactly_once);
  EXPECT_TRUE(std::get<SinkConfig>(node(graph, "p").config).exactly_once);
  EXPECT_EQ(graph.settings.section("restart").text("strategy"), "exponential_delay");
}

TEST(GoodFiles, FieldsInTheirLongForm) {
  const JobGraph graph =
      good(with_source("  s:\n    type: file\n    path: x\n    fields:\n"
                       "      temperature: { type: double, path: data.inner.temperature }\n"
                       "      odd: { type: string, path: [a.b, c], optional: true }\n"
                       "      on: bigint\n"
                       "      at: { type: timestamp, unit: s }\n"
                       "      ts: timestamp\n"
                       "    event_time: { field: ts, unit: iso8601 }\n"));
  const auto& fields = std::get<SourceConfig>(node(graph, "s").config).fields;
  ASSERT_EQ(fields.size(), 5u);
  EXPECT_EQ(fields[0].path, (std::vector<std::string>{"data", "inner", "temperature"}));
  EXPECT_EQ(fields[1].path, (std::vector<std::string>{"a.b", "c"}));
  EXPECT_TRUE(fields[1].optional);
  EXPECT_FALSE(fields[0].optional);
  EXPECT_EQ(fields[2].name, "on");  // keys are text
  EXPECT_EQ(fields[3].unit, "s");
  EXPECT_EQ(fields[4].unit, "iso8601");
}

TEST(GoodFiles, Watermarks) {
  const auto watermark = [](std::string_view text) {
    const JobGraph graph =
        good(with_source("  s: { type: generator, watermark: { " + std::string(text) + " } }\n"));
    return std::get<SourceConfig>(node(graph, "s").config).stage;
  };
  EXPECT_EQ(watermark("strategy: ascending").watermark.strategy,
            time::WatermarkStrategy::kAscending);
  EXPECT_EQ(watermark("strategy: none").watermark.strategy, time::WatermarkStrategy::kNone);
  EXPECT_EQ(watermark("bound: 3s, interval: 200ms").watermark.bound_ms, 3'000);
  EXPECT_EQ(watermark("bound: 3s, interval: 200ms").watermark.interval_ms, 200);
  EXPECT_EQ(watermark("idle_timeout: 5s").watermark.idle_timeout_ms, 5'000);
  EXPECT_EQ(watermark("max_future_skew: 1h").watermark.max_future_skew_ms, 3'600'000);
  const auto stage = watermark("punctuated: { when: temperature > 20 }");
  EXPECT_EQ(stage.watermark.strategy, time::WatermarkStrategy::kPunctuated);
  EXPECT_TRUE(stage.punctuated_when.has_value());
}

TEST(GoodFiles, TransformsAndTheirSchemas) {
  const JobGraph graph = good(std::string(kSource) + R"(transforms:
  last: { type: filter, inputs: [r.hot], where: b }
  f: { type: filter, inputs: [s], where: "t > 1 AND id = 'a #b'", on_error: fail }
  m: { type: map, inputs: [f], keep: [t, id], set: { fahrenheit: t * 1.8 + 32, id: "id || '!'" } }
  d: { type: map, inputs: [f], drop: [l, b, ts, n] }
  u: { type: flat_map, inputs: [s], unnest: l, as: element }
  p: { type: flat_map, inputs: [s], split: { field: id, by: "," } }
  r: { type: route, inputs: [s], routes: { hot: t > 30, cold: t < 0 } }
  j: { type: union, inputs: [s, f] }
  e: { type: reduce, inputs: [s], key_by: [id], aggregate: { c: count(*), a: avg(t) }, parallelism: 4 }
  k: { type: window, inputs: [s], key_by: { tens: n / 10 }, window: { type: count, size: 5 }, aggregate: { c: count(*) } }
  g: { type: window, inputs: [s], window: { type: global }, aggregate: { m: max(t) } }
  w: { type: window, inputs: [s], key_by: [id], window: { type: sliding, size: 5m, slide: 10s, offset: -3s }, aggregate: { m: max(t) } }
  x: { type: window, inputs: [s], window: { type: session, gap: 30s }, aggregate: { m: max(t) } }
sinks:
  o: { type: stdout, inputs: [last] }
  q: { type: sqlite, inputs: [m], path: x, table: t, key: id, fields: [id, fahrenheit] }
)");
  EXPECT_EQ(spell(node(graph, "m").outputs[0].schema), "t:double id:string fahrenheit:double");
  EXPECT_EQ(spell(node(graph, "d").outputs[0].schema), "id:string t:double");
  EXPECT_EQ(spell(node(graph, "u").outputs[0].schema),
            "id:string n:bigint t:double b:boolean ts:timestamp element:double");
  EXPECT_EQ(spell(node(graph, "p").outputs[0].schema), spell(node(graph, "s").outputs[0].schema));
  EXPECT_EQ(output_names(node(graph, "r")), "[][errors][hot][cold][unmatched]");
  EXPECT_EQ(spell(node(graph, "e").outputs[0].schema), "id:string c:bigint a:double");
  EXPECT_EQ(spell(node(graph, "e").outputs[1].schema),
            spell(node(graph, "s").outputs[0].schema) + " reason:string");
  EXPECT_EQ(node(graph, "e").parallelism, 4);
  EXPECT_EQ(spell(node(graph, "k").outputs[0].schema), "tens:bigint c:bigint");
  EXPECT_EQ(spell(node(graph, "g").outputs[0].schema), "m:double");
  EXPECT_EQ(spell(node(graph, "x").outputs[0].schema),
            "window_start:timestamp window_end:timestamp m:double");
  EXPECT_EQ(node(graph, "f").on_error, operators::OnError::kFail);
  const auto& count = std::get<windows::WindowConfig>(node(graph, "k").config);
  EXPECT_EQ(count.count_slide, 5);
  const auto& sliding = std::get<windows::WindowConfig>(node(graph, "w").config);
  EXPECT_EQ(sliding.size_ms, 300'000);
  EXPECT_EQ(sliding.slide_ms, 10'000);
  EXPECT_EQ(sliding.offset_ms, -3'000);
  EXPECT_EQ(std::get<SinkConfig>(node(graph, "q").config).options.texts("key"),
            (std::vector<std::string>{"id"}));
  EXPECT_EQ(std::get<SinkConfig>(node(graph, "q").config).fields, (std::vector<std::size_t>{1, 2}));
  // Inputs come before who reads them, and the file's order holds otherwise.
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const InputRef& input : graph.nodes[i].inputs) {
      EXPECT_LT(input.node, i);
      EXPECT_LT(input.output, graph.nodes[input.node].outputs.size());
    }
  }
}

TEST(GoodFiles, SettingsParallelismIsForKeyedTransforms) {
  const JobGraph graph =
      good("name: j\nsettings: { parallelism: 3 }\n" + std::string(kSource).substr(8) +
           "transforms:\n"
           "  k: { type: reduce, inputs: [s], key_by: [id], aggregate: { c: count(*) } }\n"
           "  a: { type: reduce, inputs: [s], aggregate: { c: count(*) } }\n"
           "sinks:\n  o: { type: stdout, inputs: [k] }\n"
           "  q: { type: stdout, inputs: [a] }\n");
  EXPECT_EQ(node(graph, "s").parallelism, 1);
  EXPECT_EQ(node(graph, "k").parallelism, 3);
  EXPECT_EQ(node(graph, "a").parallelism, 1);
  EXPECT_EQ(node(graph, "o").parallelism, 1);
}

// Everything that the contract has and this build has not: accepted, and told.
TEST(GoodFiles, TheWholeContractValidates) {
  const LoadResult result = load(R"(name: j
settings:
  durability: { replicated: { peers: 1, when_alone: block } }
  state: { backend: sqlite }
  restart: { strategy: failure_rate }
sources:
  k: { type: kafka, brokers: "h:9092", topics: [a], group: g, start: latest, properties: { linger.ms: 5 }, fields: { id: string, v: double } }
  h: { type: http, path: /in, fields: { id: string, v: double } }
  p: { type: mqtt, broker: "mqtts://h", topics: ["$share/g/a"], parallelism: 2, format: senml, fields: { id: string, v: double }, tls: { ca: x } }
transforms:
  a: { type: process, inputs: [k], key_by: [id], state: { last: value<double> }, outputs: [odd], lua: "x" }
  b: { type: join, inputs: [k, h], equal: [id], within: { lower: -1m, upper: 1m }, kind: left, select: { id: id } }
  c: { type: lookup, inputs: [k], table: { file: x.csv }, equal: [{ left: id, right: key }], select: [id] }
  d: { type: pattern, inputs: [k] }
  e: { type: dedupe, inputs: [k], key: [id], keep: 1h, approximate: { error_rate: 0.01 } }
  f: { type: sql, inputs: [k], query: SELECT 1 }
  g: { type: window, inputs: [e], key_by: [id], time: processing, window: { type: tumbling, size: 1m }, trigger: { type: continuous, every: 10s }, evictor: { type: time, size: 10s }, aggregate: { c: count(*) } }
  i: { type: window, inputs: [k], window: { type: global }, lua: "x", placement: { labels: { role: edge }, per_device: true }, on_offline: { after: 5m, then: proceed } }
  # Who reads what is not known is taken at its word.
  l: { type: filter, inputs: [a.odd], where: anything > 1 }
  m: { type: window, inputs: [l], window: { type: tumbling, size: 1m }, aggregate: { c: sum(anything) } }
sinks:
  r: { type: redis, inputs: [a], url: "redis://h", key: "x" }
  s: { type: postgres, inputs: [b], url: "postgresql://h", table: t }
  t: { type: elasticsearch, inputs: [c], url: "http://h", index: i }
  u: { type: http, inputs: [d, f], url: "http://h" }
  v: { type: file, inputs: [g], path: x, roll: { size: 1MiB, interval: 1h } }
  w: { type: stdout, inputs: [m, i] }
  x: { type: stdout, inputs: [v.errors, p.errors] }
)");
  EXPECT_EQ(messages(result), (std::vector<std::string>{"9:3: warning: nothing reads source p; its "
                                                        "rows are counted and dropped"}));
  ASSERT_TRUE(result.graph.has_value());
  // settings 3, sources 4, transforms 13, sinks 6
  EXPECT_EQ(result.graph->unbuilt.size(), 25u);
}

TEST(GoodFiles, WarnsOfRowsThatGoNowhere) {
  const LoadResult result =
      load(with_transform("  x: { type: filter, inputs: [s], where: b }\n"
                          "  y: { type: filter, inputs: [s], where: b }\n"));
  EXPECT_TRUE(result.graph.has_value());
  EXPECT_EQ(messages(result),
            (std::vector<std::string>{"11:3: warning: nothing reads transform y; its rows are "
                                      "counted and dropped"}));
}

}  // namespace
}  // namespace leat::job::testing
