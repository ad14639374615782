// Sources, sinks, settings and the graph: what is refused, and where.
#include <gtest/gtest.h>

#include "tests/unit/core/job/broken_files.h"

namespace leat::job::testing {
namespace {

class BrokenNodes : public ::testing::TestWithParam<Broken> {};
TEST_P(BrokenNodes, AreRefused) { expect_diagnostics(GetParam()); }

std::vector<Broken> jobs() {
  return {
      {"no_name",
       "sources:\n  s: { type: generator }\nsinks:\n  o: { type: stdout, inputs: [s] }\n",
       {"1:1: the job has no \"name\""}},
      {"bad_name",
       "name: a b\nsources:\n  s: { type: generator }\nsinks:\n  o: { type: stdout, "
       "inputs: [s] }\n",
       {"1:7: \"a b\" is no name for a job"}},
      {"nothing_in_it",
       "name: j\n",
       {"1:1: the job has no \"sources\"", "1:1: the job has no \"sinks\""}},
      {"no_sinks",
       "name: j\nsources:\n  s: { type: generator }\nsinks: {}\n",
       {"4:8: a map for \"sinks\"; expected a map of names: sinks, at least one"}},
      {"null_sources",
       "name: j\nsources:\nsinks:\n  o: { type: stdout, inputs: [s] }\n",
       {"2:1: no value for \"sources\""}},
      {"sources_as_list",
       "name: j\nsources: [a]\nsinks: [b]\n",
       {"2:10: a list for \"sources\"", "3:8: a list for \"sinks\""}},
      {"unknown_section",
       with_settings("  parallelism: 1\n") + "sink: 1\n",
       {"8:1: unknown key \"sink\" of a job; did you mean \"sinks\"?"}},
      {"node_without_type",
       with_source("  s: { count: 1 }\n"),
       {"3:3: source s has no \"type\"; expected mqtt"}},
      {"unknown_type",
       with_source("  s: { type: mqt }\n"),
       {"3:14: \"mqt\" is no type of a source; did you mean \"mqtt\"?"}},
      {"node_that_is_a_scalar", with_source("  s: mqtt\n"), {"3:6: \"mqtt\" for source s"}},
      {"node_name",
       with_source("  s: { type: generator, count: 1 }\n  a.b: { type: generator }\n"),
       {"4:3: \"a.b\" is no name for a node"}},
      {"same_name",
       with_sink("  s: { type: stdout, inputs: [s] }\n"),
       {"10:3: there is a source s already (line 3)"}},
      {"unknown_input",
       with_sink("  o: { type: stdout, inputs: [ss] }\n"),
       {"10:31: there is no node \"ss\"; did you mean \"s\"?"}},
      {"unknown_input_beside_empty_transforms",
       std::string(kSource) + "transforms:\nsinks:\n  o: { type: stdout, inputs: [ss] }\n",
       {"11:31: there is no node \"ss\""}},
      {"missing_inputs",
       with_sink("  o: { type: stdout }\n"),
       {"10:3: sink o has no \"inputs\"; expected inputs: Nodes"}},
      {"inputs_not_a_list",
       with_sink("  o: { type: stdout, inputs: s }\n"),
       {"10:30: \"s\" for \"inputs\"; expected a list: [s]"}},
      {"inputs_twice",
       with_sink("  o: { type: stdout, inputs: [s, s] }\n"),
       {"10:34: \"s\" is listed twice"}},
      {"no_inputs",
       with_sink("  o: { type: stdout, inputs: [] }\n"),
       {"10:30: an empty list for \"inputs\""}},
      {"reads_a_sink",
       with_sink("  o: { type: stdout, inputs: [s] }\n  p: { type: stdout, inputs: [o] }\n"),
       {"11:31: \"o\" is a sink, which nothing can read"}},
      {"unknown_side_output",
       with_sink("  o: { type: stdout, inputs: [s.late] }\n"),
       {"10:31: source s has no output \"late\"; expected one of s, s.errors, s.rejected"}},
      {"reads_itself",
       with_transform("  x: { type: filter, inputs: [x], where: b }\n"),
       {"10:31: a cycle: x -> x"}},
      {"cycle",
       with_transform("  x: { type: filter, inputs: [y], where: b }\n"
                      "  y: { type: filter, inputs: [z], where: b }\n"
                      "  z: { type: filter, inputs: [x], where: b }\n"),
       {"12:31: a cycle: "}},
      // Who reads a broken node is not blamed, and its own mistakes are still told.
      {"no_cascade",
       with_transform("  x: { type: map, inputs: [y], set: { a: c + 1 } }\n"
                      "  y: { type: map, inputs: [s], set: { c: nope } }\n"),
       {"11:42: "}},
      {"two_defects_of_two_nodes",
       with_transform("  x: { type: filter, inputs: [y], wher: b, where: nope }\n"
                      "  y: { type: filter, inputs: [s], where: nope2 }\n"),
       {"10:35: unknown key \"wher\" of transform x; did you mean \"where\"?",
        "10:51: ", "11:42: "}},
  };
}
INSTANTIATE_TEST_SUITE_P(Jobs, BrokenNodes, ::testing::ValuesIn(jobs()),
                         [](const auto& file) { return file.param.name; });

std::string mqtt(std::string_view more) {
  return with_source(
      "  s:\n    type: mqtt\n    broker: mqtt://h\n    topics: [a]\n    fields: { id: string }\n   "
      " " +
      std::string(more) + "\n");  // line 8
}

std::vector<Broken> sources() {
  return {
      {"qos_2", mqtt("qos: 2"), {"8:10: qos 2 is not supported"}},
      {"qos_3", mqtt("qos: 3"), {"8:10: qos 3; expected 0 or 1"}},
      {"qos_quoted", mqtt("qos: \"1\""), {"8:10: the text \"1\" for \"qos\"; expected an integer"}},
      {"qos_octal", mqtt("qos: 01"), {"8:10: \"01\" for \"qos\"; expected an integer"}},
      {"client_id_on", mqtt("client_id: on"), {"8:16: YAML reads on as a boolean; quote it"}},
      {"client_id_octal", mqtt("client_id: 010"), {"8:16: YAML reads 010 as an octal number"}},
      {"client_id_hex", mqtt("client_id: 0x1F"), {"8:16: YAML reads 0x1F as a number in another"}},
      {"client_id_underscore", mqtt("client_id: 1_000"), {"8:16: YAML reads 1_000 as a number"}},
      {"client_id_null", mqtt("client_id: ~"), {"8:16: a null (~) for \"client_id\""}},
      {"client_id_empty", mqtt("client_id:"), {"8:5: no value for \"client_id\""}},
      {"client_id_base_60",
       mqtt("client_id: 12:30"),
       {"8:16: YAML reads 12:30 as a number in base"}},
      {"version", mqtt("version: 4"), {"8:14: \"4\" for \"version\"; expected 5 or 3.1.1"}},
      {"duration_without_unit",
       mqtt("session_expiry: 60"),
       {"8:21: \"60\" for \"session_expiry\""}},
      {"duration_unit", mqtt("session_expiry: 1w"), {"8:21: \"1w\" for \"session_expiry\""}},
      {"duration_too_long", mqtt("session_expiry: 9999999d"), {"8:21: \"9999999d\""}},
      {"password_alone", mqtt("password_file: x"), {"8:20: \"password_file\" without"}},
      {"tls_without_mqtts", mqtt("tls: { ca: x }"), {"8:10: \"tls\" with a broker mqtt://"}},
      {"in_flight_zero",
       mqtt("ingest: { max_in_flight: 0 }"),
       {"8:30: \"max_in_flight\" is 0; expected at least 1"}},
      {"in_flight_large",
       mqtt("ingest: { max_in_flight: 70000 }"),
       {"8:30: \"max_in_flight\" is 70000; expected at most 65535"}},
      {"size_unit",
       mqtt("ingest: { quota: 64MB }"),
       {"8:22: \"64MB\" for \"quota\"; expected a size"}},
      {"size_zero", mqtt("ingest: { quota: 0 }"), {"8:22: \"quota\" is 0; expected at least 1B"}},
      {"unknown_in_section",
       mqtt("ingest: { qota: 1MiB }"),
       {"8:15: unknown key \"qota\" of \"ingest\" of source s; did you mean \"quota\"?"}},
      {"section_as_scalar", mqtt("ingest: 5"), {"8:13: \"5\" for \"ingest\"; expected a map"}},
      {"parallel_without_share", mqtt("parallelism: 2"), {"8:18: parallelism 2 with topic \"a\""}},
      {"parallelism_zero",
       mqtt("parallelism: 0"),
       {"8:18: \"parallelism\" is 0; expected at least 1"}},
      {"parallelism_large",
       mqtt("parallelism: 129"),
       {"8:18: \"parallelism\" is 129; expected at"}},
      {"format", mqtt("format: jsn"), {"8:13: \"jsn\" for \"format\"; did you mean \"json\"?"}},
      {"event_time_unknown",
       mqtt("event_time: { field: i }"),
       {"8:26: unknown field \"i\"; did you mean \"id\"?"}},
      {"event_time_type",
       mqtt("event_time: { field: id }"),
       {"8:26: the event time \"id\" is a string; expected it to be declared as timestamp"}},
      {"event_time_unit",
       mqtt("event_time: { field: id, unit: min }"),
       {"8:26: the event time \"id\" is a string", "8:36: \"min\" for \"unit\"; expected s, ms"}},
      {"dedupe_key", mqtt("dedupe: { key: [ix] }"), {"8:21: unknown field \"ix\""}},
      {"dedupe_without_key",
       mqtt("dedupe: { keep: 1h }"),
       {"8:5: \"dedupe\" of source s has no \"key\""}},
      {"watermark_strategy",
       mqtt("watermark: { strategy: ascnding }"),
       {"8:28: \"ascnding\" for \"strategy\"; did you mean \"ascending\"?"}},
      {"bound_of_ascending",
       mqtt("watermark: { strategy: ascending, bound: 1s }"),
       {"8:46: \"bound\" with strategy ascending"}},
      {"punctuated_without_when",
       mqtt("watermark: { strategy: punctuated }"),
       {"8:28: strategy punctuated needs to know the rows"}},
      {"punctuated_type",
       mqtt("watermark: { punctuated: { when: id } }"),
       {"8:38: the condition is a string; expected a boolean"}},
      {"lag_without_per",
       mqtt("watermark: { max_lag: 1h }"),
       {"8:27: \"max_lag\" without \"per\""}},
      {"per_unknown", mqtt("watermark: { per: device }"), {"8:23: unknown field \"device\""}},
      {"topic_name_not_a_field",
       with_source("  s:\n    type: mqtt\n    broker: mqtt://h\n    topics: [\"p/{line}\"]\n"
                   "    fields: { id: string }\n"),
       {"6:14: {line} of topic \"p/{line}\" is no field; expected line: string in \"fields\""}},
      {"field_type",
       with_source("  s: { type: socket, connect: 'h:1', fields: { a: int, b: strng } }\n"),
       {"3:51: \"int\" is no type of a field; here it is called bigint",
        "3:59: \"strng\" is no type of a field; did you mean \"string\"?"}},
      {"field_name",
       with_source("  s: { type: socket, connect: 'h:1', fields: { a-b: string } }\n"),
       {"3:48: \"a-b\" is no name for a field"}},
      {"field_unit",
       with_source(
           "  s: { type: socket, connect: 'h:1', fields: { a: { type: string, unit: s } } }\n"),
       {"3:73: field \"a\" is a string; expected \"unit\" of a timestamp only"}},
      {"field_path",
       with_source(
           "  s: { type: socket, connect: 'h:1', fields: { a: { type: string, path: a..b } } }\n"),
       {"3:73: path \"a..b\" has an empty part"}},
      {"fields_missing",
       with_source("  s: { type: socket, connect: 'h:1' }\n"),
       {"3:3: source s has no \"fields\""}},
      {"list_in_csv",
       with_source("  s: { type: file, path: x, format: csv, fields: { a: list<double> } }\n"),
       {"3:55: csv has no lists"}},
      {"text_with_fields",
       with_source("  s: { type: file, path: x, format: text, fields: { a: string } }\n"),
       {"3:51: format text has the one field line"}},
      {"csv_without_csv",
       with_source("  s: { type: file, path: x, fields: { a: string }, csv: { header: false } }\n"),
       {"3:57: \"csv\" with format json"}},
      {"csv_broken",
       with_source("  s: { type: file, path: x, fields: { a: string }, csv: { heder: true } }\n"),
       {"3:57: \"csv\" with format json", "3:59: unknown key \"heder\""}},
      {"delimiter",
       with_source("  s: { type: file, path: x, format: csv, fields: { a: string }, csv: { "
                   "delimiter: ';;' } }\n"),
       {"3:83: delimiter \";;\"; expected one ASCII character"}},
      {"boolean_spelling",
       with_source("  s: { type: file, path: x, format: csv, fields: { a: string }, csv: { header: "
                   "yes } }\n"),
       {"3:80: \"yes\" for \"header\"; expected true or false"}},
      {"socket_both",
       with_source("  s: { type: socket, connect: 'h:1', listen: 'h:1', fields: { a: string } }\n"),
       {"3:38: source s has both \"connect\" and \"listen\""}},
      {"socket_neither",
       with_source("  s: { type: socket, fields: { a: string } }\n"),
       {"3:3: source s has neither"}},
      {"socket_port",
       with_source("  s: { type: socket, connect: 'h:70000', fields: { a: string } }\n"),
       {"3:31: port \"70000\"; expected 1 to 65535"}},
      {"socket_host",
       with_source("  s: { type: socket, connect: nowhere, fields: { a: string } }\n"),
       {"3:31: \"nowhere\" is no address; expected host:port"}},
      {"broker_scheme",
       with_source("  s: { type: mqtt, broker: 'h:1883', topics: [a], fields: { a: string } }\n"),
       {"3:28: \"h:1883\" is no broker; expected mqtt://"}},
      {"broker_port",
       with_source(
           "  s: { type: mqtt, broker: 'mqtt://h:0', topics: [a], fields: { a: string } }\n"),
       {"3:28: port \"0\"; expected 1 to 65535"}},
      {"broker_credentials",
       with_source(
           "  s: { type: mqtt, broker: 'mqtt://u:p@h', topics: [a], fields: { a: string } }\n"),
       {"3:28: credentials in the address of a broker"}},
      {"topic_wildcard",
       with_source("  s: { type: mqtt, broker: 'mqtt://h', topics: ['a/#/b', 'a+'], fields: { a: "
                   "string } }\n"),
       {"3:49: topic \"a/#/b\": + and # stand for whole levels", "3:58: topic \"a+\""}},
      {"topic_type",
       with_source(
           "  s: { type: mqtt, broker: 'mqtt://h', topics: ['{n}'], fields: { n: bigint } }\n"),
       {"3:49: {n} of topic \"{n}\" is a bigint in \"fields\"; expected a string"}},
      {"topic_twice",
       with_source(
           "  s: { type: mqtt, broker: 'mqtt://h', topics: ['{n}/{n}'], fields: { n: string } }\n"),
       {"3:49: topic \"{n}/{n}\" has {n} twice"}},
      {"topic_share",
       with_source("  s: { type: mqtt, broker: 'mqtt://h', topics: ['$share/g'], fields: { n: "
                   "string } }\n"),
       {"3:49: topic \"$share/g\" has no group or no filter"}},
      {"generator_with_format",
       with_source("  s: { type: generator, format: json }\n"),
       {"3:25: unknown key \"format\" of source s"}},
      {"generator_rate",
       with_source("  s: { type: generator, rate: -1 }\n"),
       {"3:31: \"-1\" for \"rate\"; expected 0 or more"}},
      {"generator_rate_too_small",
       with_source("  s: { type: generator, rate: 1e-9 }\n"),
       {"3:31: rate 1e-9; expected 0, or 0.000001 to 1000000000"}},
      {"generator_start",
       with_source("  s: { type: generator, start: yesterday }\n"),
       {"3:32: \"yesterday\" for \"start\"; expected milliseconds"}},
  };
}

INSTANTIATE_TEST_SUITE_P(Sources, BrokenNodes, ::testing::ValuesIn(sources()),
                         [](const auto& file) { return file.param.name; });

std::vector<Broken> sinks_and_settings() {
  return {
      {"sink_field",
       with_sink("  o: { type: stdout, inputs: [s], fields: [id, tt] }\n"),
       {"10:48: unknown field \"tt\"; did you mean"}},
      {"sink_csv_list",
       with_sink("  o: { type: stdout, inputs: [s], format: csv }\n"),
       {"10:43: field \"l\" is a list<double>, and csv has no lists"}},
      {"sink_csv_list_chosen",
       with_sink("  o: { type: stdout, inputs: [s], format: csv, fields: [id, l] }\n"),
       {"10:61: field \"l\" is a list<double>"}},
      {"sink_text",
       with_sink("  o: { type: stdout, inputs: [s], format: text }\n"),
       {"10:43: \"text\" for \"format\"; expected json or csv"}},
      {"sink_key",
       with_sink("  o: { type: sqlite, inputs: [s], path: x, table: t, key: nope }\n"),
       {"10:59: unknown field \"nope\""}},
      {"sink_key_not_written",
       with_sink("  o: { type: sqlite, inputs: [s], path: x, table: t, key: [id], fields: [n] }\n"),
       {"10:60: key \"id\" is not among \"fields\""}},
      {"sink_table_surprise",
       with_sink("  o: { type: sqlite, inputs: [s], path: x, table: no }\n"),
       {"10:51: YAML reads no as a boolean"}},
      {"sink_topic",
       with_sink("  o: { type: mqtt, inputs: [s], broker: 'mqtt://h', topic: 'a/{idd}' }\n"),
       {"10:60: {idd} of topic \"a/{idd}\" is no field; did you mean \"id\"?"}},
      {"sink_topic_braces",
       with_sink("  o: { type: mqtt, inputs: [s], broker: 'mqtt://h', topic: 'a/{id' }\n"),
       {"10:60: topic \"a/{id\": braces do not match"}},
      {"sink_topic_wildcard",
       with_sink("  o: { type: mqtt, inputs: [s], broker: 'mqtt://h', topic: 'a/+' }\n"),
       {"10:60: topic \"a/+\" holds a wildcard"}},
      {"sink_inputs_differ",
       with_sink("  o: { type: stdout, inputs: [s, s.errors] }\n"),
       {"10:34: the fields of s.errors are not those of s"}},
      {"sink_overflow",
       with_sink("  o: { type: stdout, inputs: [s], outbox: { overflow: drop } }\n"),
       {"10:55: \"drop\" for \"overflow\"; expected block or drop_oldest"}},
      {"kafka_without_topic",
       with_sink("  o: { type: kafka, inputs: [s], brokers: 'h:9092' }\n"),
       {"10:3: sink o has no \"topic\""}},
      {"settings_unknown",
       with_settings("  paralelism: 2\n"),
       {"3:3: unknown key \"paralelism\" of settings; did you mean \"parallelism\"?"}},
      {"settings_delivery",
       with_settings("  delivery: at_most_once\n"),
       {"3:13: \"at_most_once\" for \"delivery\"; did you mean \"at_least_once\"?"}},
      {"settings_durability",
       with_settings("  durability: { replicatd: { peers: 1 } }\n"),
       {"3:3: \"durability\" of settings has no \"replicated\"",
        "3:17: unknown key \"replicatd\""}},
      {"settings_peers",
       with_settings("  durability: { replicated: { peers: 0 } }\n"),
       {"3:38: \"peers\" is 0; expected at least 1"}},
      {"settings_restart",
       with_settings("  restart: { strategy: never }\n"),
       {"3:24: \"never\" for \"strategy\"; expected exponential_delay, none"}},
      {"settings_restart_key",
       with_settings("  restart: { strategy: fixed_delay, initial: 1s }\n"),
       {"3:37: unknown key \"initial\" of the fixed_delay restart of settings"}},
      {"settings_checkpoint",
       with_settings("  checkpoint: { interval: 0s }\n"),
       {"3:27: \"interval\" is 0s; expected at least 1ms"}},
      {"settings_failover",
       with_settings("  failover: { }\n"),
       {"3:3: \"failover\" of settings has no \"after\""}},
      {"settings_list",
       "name: j\nsettings: [1]\nsources:\n  s: { type: generator, count: 1 }\n"
       "sinks:\n  o: { type: stdout, inputs: [s] }\n",
       {"2:11: a list for \"settings\""}},
  };
}
INSTANTIATE_TEST_SUITE_P(SinksAndSettings, BrokenNodes, ::testing::ValuesIn(sinks_and_settings()),
                         [](const auto& file) { return file.param.name; });

std::string many(std::size_t count, std::string_view before, std::string_view after) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += std::string(before) + std::to_string(i) + std::string(after);
  }
  return text;
}

// What would take long to check is refused by its number.
TEST(Limits, ListsAndMapsAndNodesAreBounded) {
  const auto first = [](const std::string& text) { return messages(load(text))[0]; };
  EXPECT_EQ(first(with_sink("  o: { type: stdout, inputs: [" + many(1'001, "a", ", ") + "] }\n")),
            "10:30: more than 1000 entries for \"inputs\"; expected fewer");
  EXPECT_EQ(first(with_transform("  x: { type: map, inputs: [s], set: {" +
                                 many(1'001, "a", ": n, ") + "} }\n")),
            "10:37: more than 1000 entries for \"set\"; expected fewer");
  EXPECT_EQ(first("name: j\nsources:\n" + many(1'001, "  s", ": { type: generator }\n") +
                  "sinks:\n  o: { type: stdout, inputs: [s1] }\n"),
            "1003:3: more than 1000 nodes; expected fewer");
}

TEST(Limits, MessagesAreCut) {
  const std::vector<std::string> found =
      messages(load("name: j\n" + std::string(100'000, 'k') + ": 1\n"));
  for (const std::string& message : found) EXPECT_LT(message.size(), 1'100u);
}

}  // namespace
}  // namespace leat::job::testing
