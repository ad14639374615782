// Sources and sinks that need little but their options.
#include "agent/wiring/builders.h"
#include "agent/wiring/formats.h"
#include "core/data/key_table.h"
#include "state/sqlite/sqlite_sink.h"
#include "transports/file/file_sink.h"
#include "transports/file/file_source.h"
#include "transports/file/stdout_sink.h"
#include "transports/generator/generator_source.h"
#include "transports/socket/socket_source.h"

namespace leat::wiring {

SourceResult build_generator_source(const WiringContext& /*context*/, const job::NodeSpec& /*node*/,
                                    const job::SourceConfig& source, std::int64_t /*subtask*/) {
  const job::Options& options = source.options;
  generator::GeneratorConfig config;
  config.sensors = options.integer("sensors");
  config.rate = options.number("rate");
  if (options.has("count")) config.count = options.integer("count");
  config.seed = static_cast<std::uint64_t>(options.integer("seed"));
  if (options.has("start")) config.start_ms = options.integer("start");
  config.out_of_orderness_ms = options.duration_ms("out_of_orderness");
  LEAT_TRY_ASSIGN(auto made, generator::GeneratorSource::make(config));
  return std::unique_ptr<ports::Source>(std::move(made));
}

SourceResult build_file_source(const WiringContext& /*context*/, const job::NodeSpec& /*node*/,
                               const job::SourceConfig& source, std::int64_t /*subtask*/) {
  file::FileSourceConfig config;
  config.path = source.options.text("path");
  config.follow = source.options.text("read") == "follow";
  config.csv_header = source.options.section("csv").flag("header");
  config.decoder = decoder_config(source);
  config.decoder.csv_delimiter = source.options.section("csv").text("delimiter").front();
  LEAT_TRY_ASSIGN(auto made, file::FileSource::make(config));
  return std::unique_ptr<ports::Source>(std::move(made));
}

SinkResult build_stdout_sink(const WiringContext& /*context*/, const job::NodeSpec& /*node*/,
                             const job::SinkConfig& sink, const data::SchemaPtr& input) {
  LEAT_TRY_ASSIGN(auto encoder, make_sink_encoder(sink, input));
  return std::unique_ptr<ports::Sink>(std::make_unique<file::StdoutSink>(std::move(encoder)));
}

SinkResult build_file_sink(const WiringContext& /*context*/, const job::NodeSpec& /*node*/,
                           const job::SinkConfig& sink, const data::SchemaPtr& input) {
  LEAT_TRY_ASSIGN(auto encoder, make_sink_encoder(sink, input));
  return std::unique_ptr<ports::Sink>(
      std::make_unique<file::FileSink>(std::move(encoder), sink.options.text("path")));
}

SourceResult build_socket_source(const WiringContext& context, const job::NodeSpec& node,
                                 const job::SourceConfig& source, std::int64_t /*subtask*/) {
  socket::SocketSourceConfig config;
  config.connect = source.options.text_or("connect", "");
  config.listen = source.options.text_or("listen", "");
  config.decoder = decoder_config(source);
  config.seed = data::hash_key(context.owner + node.name);
  LEAT_TRY_ASSIGN(auto made, socket::SocketSource::make(config, context.loop, context.log));
  return std::unique_ptr<ports::Source>(std::move(made));
}

SinkResult build_sqlite_sink(const WiringContext& /*context*/, const job::NodeSpec& /*node*/,
                             const job::SinkConfig& sink, const data::SchemaPtr& input) {
  sqlite::SqliteSinkConfig config;
  config.path = sink.options.text("path");
  config.table = sink.options.text("table");
  if (sink.options.has("key")) config.key = sink.options.texts("key");
  config.schema = input;
  config.fields = sink.fields;
  LEAT_TRY_ASSIGN(auto made, sqlite::SqliteSink::make(config));
  return std::unique_ptr<ports::Sink>(std::move(made));
}

}  // namespace leat::wiring
