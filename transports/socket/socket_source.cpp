#include "transports/socket/socket_source.h"

#include <utility>

namespace leat::socket {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<SocketSource>> SocketSource::make(const SocketSourceConfig& config,
                                                         uv_loop_t* loop, env::Log log) {
  if (config.connect.empty() == config.listen.empty()) {
    return base::invalid("socket: expected either connect or listen");
  }
  LinkOptions options;
  options.listen = !config.listen.empty();
  LEAT_TRY_ASSIGN(options.address, parse_address(options.listen ? config.listen : config.connect,
                                                 options.listen, options.listen));
  options.max_connections = config.max_connections;
  options.connect_timeout_ms = config.connect_timeout_ms;
  options.backoff = config.backoff;
  options.seed = config.seed;
  options.log = std::move(log);
  LEAT_TRY_ASSIGN(auto decoder, formats::make_decoder(config.decoder));
  LEAT_TRY_ASSIGN(auto link, SocketLink::create(loop, std::move(options)));
  return std::unique_ptr<SocketSource>(
      new SocketSource(config, std::move(decoder), std::move(link)));
}

SocketSource::SocketSource(const SocketSourceConfig& config,
                           std::unique_ptr<formats::Decoder> decoder,
                           std::shared_ptr<SocketLink> link)
    : format_(config.decoder), decoder_(std::move(decoder)), link_(std::move(link)) {
  splitter_config_.max_line_bytes = static_cast<std::size_t>(config.decoder.max_message_bytes);
  splitter_config_.csv_quotes = config.decoder.format == "csv";
  splitter_config_.csv_delimiter = config.decoder.csv_delimiter;
}

SocketSource::~SocketSource() { close(); }

Result<void> SocketSource::open(const ports::SourceContext& context) {
  link_->open(context.waker, context.clock);
  return {};
}

formats::LineSplitter& SocketSource::splitter() {
  return splitters_.try_emplace(current_->connection, splitter_config_).first->second;
}

Result<ports::SourceStatus> SocketSource::poll(std::size_t max_rows, ports::SourceBatch& out) {
  if (!out.rows.schema) out.rows = data::Batch(format_.schema);
  // Bounded by the chunks that can be out, full of blank lines as they may be.
  for (std::size_t chunks = 0; out.rows.rows() + out.bad.size() < max_rows; ++chunks) {
    if (chunks == kMaxChunks) return ports::SourceStatus::kMore;
    if (current_ == nullptr) {
      current_ = link_->next();
      if (current_ == nullptr) return ports::SourceStatus::kQuiet;
      splitter().feed({current_->bytes.get(), current_->size});
    }
    if (!read_chunk(max_rows, out)) return ports::SourceStatus::kMore;
    link_->give_back(std::move(current_));
  }
  return ports::SourceStatus::kMore;
}

// False: `out` is full before the chunk is through.
bool SocketSource::read_chunk(std::size_t max_rows, ports::SourceBatch& out) {
  formats::LineSplitter& lines = splitter();
  formats::LineSplitter::Line line;
  while (out.rows.rows() + out.bad.size() < max_rows) {
    if (lines.next(line)) {
      decode(line, out);
      continue;
    }
    if (current_->last) {
      if (lines.finish(line)) decode(line, out);
      splitters_.erase(current_->connection);
    }
    return true;
  }
  return false;
}

void SocketSource::decode(const formats::LineSplitter::Line& line, ports::SourceBatch& out) {
  // The other formats know what a blank line means to them.
  if (format_.format == "json" && !line.too_large && is_blank(line.text)) return;
  if (!line.too_large) {
    decoder_->decode(line.text, {*current_->peer, current_->received_ms, {}}, out);
    return;
  }
  ports::BadRecord record;
  record.payload = line.text;
  record.topic = *current_->peer;
  record.reason = ports::BadReason::kTooLarge;
  record.detail = std::to_string(line.bytes) + " bytes; ingest.max_message is " +
                  std::to_string(format_.max_message_bytes);
  record.received_ms = current_->received_ms;
  record.before_row = out.rows.rows();
  out.bad.push_back(std::move(record));
}

void SocketSource::close() {
  if (closed_) return;
  closed_ = true;
  link_->close();
}

}  // namespace leat::socket
