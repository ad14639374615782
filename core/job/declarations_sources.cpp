#include "core/job/declarations.h"

namespace leat::job {
namespace {

using T = OptionType;
using List = std::vector<OptionDeclaration>;

OptionDeclaration watermark() {
  return section(
      "watermark",
      {choice("strategy", {"ascending", "bounded_out_of_orderness", "punctuated", "none"},
              "How the watermark follows the rows.")
           .by_default("bounded_out_of_orderness"),
       option(T::kDuration, "bound", "With bounded_out_of_orderness: how late a row may be.")
           .by_default("0s"),
       section(
           "punctuated",
           {option(T::kExpression, "when", "The watermark advances only on such rows.").required()},
           "With punctuated: the rows that carry the watermark."),
       option(T::kDuration, "idle_timeout",
              "A source that is connected and finds nothing for so long no longer holds the "
              "watermark back.")
           .at_least(1),
       option(T::kDuration, "interval",
              "The watermark advances every so often instead of after every row.")
           .at_least(1),
       option(T::kText, "per",
              "A field: one clock for each of its values; the watermark is their minimum."),
       option(T::kDuration, "max_lag",
              "With `per`: a device whose readings are that old on arrival leaves the minimum. "
              "Default 1h; off for file and generator.")
           .at_least(1),
       option(T::kInteger, "max_devices",
              "With `per`: clocks of devices silent for long are forgotten first. Default 10000.")
           .between(1, 10'000'000),
       option(T::kDuration, "max_future_skew",
              "A reading further ahead of the clock goes to `<source>.rejected`. Default 1d; off "
              "for file and generator.")
           .at_least(1),
       option(T::kDuration, "max_drift", "A source that far ahead of the slowest one is paused.")
           .at_least(1)
           .not_built()},
      "How the source's watermark follows its rows. Without it: bounded_out_of_orderness, bound "
      "0.");
}

OptionDeclaration event_time() {
  return section("event_time",
                 {option(T::kText, "field", "A declared field of type timestamp.").required(),
                  choice("unit", {"s", "ms", "us", "ns", "iso8601"}, "How the payload spells it.")
                      .by_default("ms")},
                 "The time of a row. Without it: the time of arrival.");
}

OptionDeclaration dedupe() {
  return section(
             "dedupe",
             {option(T::kTexts, "key", "Fields that make a reading the same reading.").required(),
              option(T::kDuration, "keep", "How long a key is remembered.")
                  .by_default("1h")
                  .at_least(1),
              option(T::kInteger, "max_keys", "How many keys are remembered.")
                  .by_default("100000")
                  .between(1, 100'000'000)},
             "Repeats of a reading are dropped.")
      .built_if(kDedupeBuilt);
}

OptionDeclaration ingest() {
  return section(
      "ingest",
      {option(T::kDuration, "commit_interval", "Least time between commits of the journal.")
           .by_default("0s"),
       option(T::kSize, "max_message", "A larger message goes to `<source>.errors`.")
           .by_default("1MiB")
           .between(1, std::int64_t{256} << 20),
       option(T::kInteger, "max_in_flight", "Messages taken and not yet acknowledged.")
           .by_default("1000")
           .between(1, 65'535),
       option(T::kSize, "quota", "Size of the journal at which the source stops reading.")
           .by_default("64MiB")
           .at_least(1)},
      "Limits on what comes in.");
}

// What every source has that reads messages.
List reading() {
  return List{choice("format", {"json", "csv", "text", "senml", "sparkplug_b"},
                     "How a message is spelled; text is one field, `line`.")
                  .by_default("json")
                  .choices_not_built({"senml", "sparkplug_b"}),
              option(T::kFieldTypes, "fields",
                     "Name and type of every field, or { type, path, optional, unit }. A field "
                     "that the payload has not is an error unless it is optional."),
              event_time(),
              dedupe(),
              ingest(),
              watermark()} +
         declare_common();
}

OptionDeclaration broker() {
  return option(T::kText, "broker", "mqtt://host:1883, or mqtts:// for TLS.").required();
}

TypeDeclaration mqtt() {
  return {"mqtt", "Subscribes to topics of an MQTT broker.", true,
          List{broker(),
               option(T::kTexts, "topics",
                      "Topic filters; {name} is the wildcard +, bound to the string field `name`.")
                   .required(),
               option(T::kInteger, "qos", "Quality of service.").by_default("1"),
               option(T::kText, "client_id", "By default made from the owner and the topics."),
               choice("version", {"5", "3.1.1"}, "Of the protocol.").by_default("5"),
               option(T::kDuration, "session_expiry", "How long the broker keeps the session.")
                   .by_default("7d"),
               option(T::kText, "username", "Of the broker's account."),
               option(T::kText, "password_file", "A file that holds the password."),
               section("tls",
                       {option(T::kText, "ca", "File of the authorities to trust."),
                        option(T::kText, "cert", "File of our certificate."),
                        option(T::kText, "key", "File of our key.")},
                       "TLS, with mqtts://.")} +
              reading()};
}

TypeDeclaration kafka() {
  return {"kafka", "Reads topics of Apache Kafka.", kKafkaBuilt,
          List{option(T::kText, "brokers", "host:port, separated by commas.").required(),
               option(T::kTexts, "topics", "Topics to read.").required(),
               option(T::kText, "group", "Consumer group.").required(),
               choice("start", {"earliest", "latest"}, "Where a group without a position begins.")
                   .by_default("earliest"),
               option(T::kPairs, "properties", "Names and values of librdkafka.")} +
              reading()};
}

TypeDeclaration file() {
  return {"file", "Reads files, a reading a line (json, text) or a record (csv); .gz too.", true,
          List{option(T::kText, "path", "A file, or a glob.").required(),
               choice("read", {"once", "follow"}, "To the end, or on as the file grows.")
                   .by_default("once"),
               section("csv",
                       {option(T::kBoolean, "header", "The first record names the columns.")
                            .by_default("true"),
                        option(T::kText, "delimiter", "One character.").by_default(",")},
                       "With format csv.")} +
              reading()};
}

TypeDeclaration socket() {
  return {"socket", "Reads a TCP connection, a reading a line.", true,
          List{option(T::kText, "connect", "host:port to connect to."),
               option(T::kText, "listen", "host:port to accept connections on.")} +
              reading()};
}

TypeDeclaration generator() {
  return {
      "generator",
      "Makes readings of sensors: fields id (string), ts (timestamp), temperature (double).", true,
      List{option(T::kInteger, "sensors", "How many.").by_default("10").between(1, 1'000'000),
           option(T::kNumber, "rate",
                  "Rows a second, all sensors together; 0: as fast as it "
                  "goes.")
               .by_default("0"),
           option(T::kInteger, "count", "Rows until the source ends; without it, never.")
               .at_least(0),
           option(T::kInteger, "seed", "The same seed gives the same readings.").by_default("1"),
           option(T::kTimestamp, "start",
                  "Event time of the first reading. Default: the clock when it is paced and "
                  "endless, else 2024-01-01T00:00:00Z."),
           option(T::kDuration, "out_of_orderness", "How far readings are out of order.")
               .by_default("0s")
               .between(0, std::int64_t{365} * 86'400'000),
           event_time(), dedupe(), watermark()} +
          declare_common()};
}

TypeDeclaration http() {
  return {"http", "The agent's server takes POST requests.", false,
          List{option(T::kText, "path", "Path of the URL.").required()} + reading()};
}

}  // namespace

std::vector<OptionDeclaration> declare_field() {
  return {option(T::kText, "type",
                 "boolean, bigint, double, string, bytes, timestamp or list<...> of one of them.")
              .required(),
          option(T::kTexts, "path",
                 "Where the payload has it: names joined by dots, or a list of names. Default: the "
                 "field's name.")
              .or_single(),
          option(T::kBoolean, "optional", "A payload without it gives null instead of an error.")
              .by_default("false"),
          choice("unit", {"s", "ms", "us", "ns", "iso8601"}, "How the payload spells a timestamp.")
              .by_default("ms")};
}

std::vector<TypeDeclaration> declare_sources() {
  std::vector<TypeDeclaration> sources = {mqtt(), kafka(), file(), socket(), generator(), http()};
  return sources;
}

}  // namespace leat::job
