#include "core/job/declarations.h"

namespace leat::job {
namespace {

using T = OptionType;
using List = std::vector<OptionDeclaration>;

OptionDeclaration inputs() {
  return option(T::kTexts, "inputs", "Nodes, or side outputs as `<node>.<output>`, to write.")
      .required();
}

List writing() {
  return List{inputs(),
              choice("format", {"json", "csv"}, "How a row is spelled.").by_default("json"),
              option(T::kTexts, "fields", "Which fields, in what order. Default: all."),
              section("outbox",
                      {option(T::kSize, "quota", "Disk that waiting rows may take.")
                           .by_default("256MiB")
                           .at_least(1),
                       choice("overflow", {"block", "drop_oldest"}, "What happens at the quota.")
                           .by_default("block")},
                      "Rows that wait for a destination that is away."),
              choice("delivery", {"exactly_once", "at_least_once"},
                     "exactly_once shows a row when its checkpoint is complete, at_least_once at "
                     "once. Default: the job's.")} +
         declare_common();
}

TypeDeclaration postgres() {
  return {"postgres", "Writes rows to a PostgreSQL table.", false,
          List{option(T::kText, "url", "postgresql://host:5432/database").required(),
               option(T::kText, "username", "Of the account."),
               option(T::kText, "password_file", "A file that holds the password."),
               option(T::kText, "table", "The table.").required(),
               option(T::kTexts, "key", "Columns of the upsert.").or_single()} +
              writing()};
}

TypeDeclaration elasticsearch() {
  return {"elasticsearch", "Indexes rows as documents.", false,
          List{option(T::kText, "url", "http://host:9200").required(),
               option(T::kText, "index", "The index.").required(),
               option(T::kText, "username", "Of the account."),
               option(T::kText, "password_file", "A file that holds the password.")} +
              writing()};
}

TypeDeclaration http() {
  return {"http", "Sends rows as HTTP requests.", false,
          List{option(T::kText, "url", "Where to.").required(),
               choice("method", {"POST", "PUT"}, "Of the request.").by_default("POST"),
               option(T::kPairs, "headers", "Of the request."),
               option(T::kText, "token_file", "A file that holds a bearer token.")} +
              writing()};
}

TypeDeclaration redis() {
  return {"redis", "Writes rows to Redis.", false,
          List{option(T::kText, "url", "redis://host:6379").required(),
               option(T::kText, "password_file", "A file that holds the password."),
               option(T::kText, "key", "Key of a row; {field} is replaced.").required()} +
              writing()};
}

}  // namespace

std::vector<TypeDeclaration> declare_sinks() {
  std::vector<TypeDeclaration> sinks = {
      {"kafka", "Writes records to a topic of Apache Kafka.", kKafkaBuilt,
       List{option(T::kText, "brokers", "host:port, separated by commas.").required(),
            option(T::kText, "topic", "The topic.").required(),
            option(T::kText, "key", "The field that is the record's key."),
            option(T::kPairs, "properties", "Names and values of librdkafka.")} +
           writing()},
      {"file", "Appends a row a line.", true,
       List{option(T::kText, "path", "The file.").required(),
            section("roll",
                    {option(T::kSize, "size", "A new file at that size.").at_least(1),
                     option(T::kDuration, "interval", "A new file after that time.").at_least(1)},
                    "When a new file begins.")
                .built_if(kRollBuilt)} +
           writing()},
      {"sqlite", "Writes rows to a SQLite table.", true,
       List{option(T::kText, "path", "The database file.").required(),
            option(T::kText, "table", "The table; made when it is not there.").required(),
            option(T::kTexts, "key", "Fields of the upsert; without it rows are appended.")
                .or_single()} +
           writing()},
      {"mqtt", "Publishes rows to an MQTT broker.", true,
       List{option(T::kText, "broker", "mqtt://host:1883, or mqtts:// for TLS.").required(),
            option(T::kText, "topic", "The topic; {field} is replaced by the row's.").required(),
            option(T::kInteger, "qos", "Quality of service.").by_default("1"),
            option(T::kBoolean, "retain", "The broker keeps the last row of a topic.")
                .by_default("false"),
            option(T::kText, "client_id", "By default made from the owner and the topic."),
            choice("version", {"5", "3.1.1"}, "Of the protocol.").by_default("5"),
            option(T::kText, "username", "Of the broker's account."),
            option(T::kText, "password_file", "A file that holds the password."),
            section("tls",
                    {option(T::kText, "ca", "File of the authorities to trust."),
                     option(T::kText, "cert", "File of our certificate."),
                     option(T::kText, "key", "File of our key.")},
                    "TLS, with mqtts://.")} +
           writing()},
      {"stdout", "Writes a row a line to standard output.", true, writing()},
      redis(),
      postgres(),
      elasticsearch(),
      http(),
  };
  return sinks;
}

}  // namespace leat::job
