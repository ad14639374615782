// The `socket` source: rows out of the lines that come over TCP. At most once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <uv.h>

#include "core/env/log.h"
#include "core/ports/source.h"
#include "transports/formats/decoder.h"
#include "transports/formats/line_splitter.h"
#include "transports/socket/socket_link.h"

namespace leat::socket {

struct SocketSourceConfig {
  std::string connect;             // host:port; exactly one of the two
  std::string listen;              // host:port; an empty host is every interface, port 0 any port
  formats::DecoderConfig decoder;  // csv: without a header line
  std::size_t max_connections = 64;
  std::int64_t connect_timeout_ms = 10'000;
  BackoffOptions backoff;
  std::uint64_t seed = 1;  // of the jitter between attempts
};

// A message is a line; blank lines of json are nothing. What a connection that ends has sent after
// its last line end is a line too: a row if it is a whole reading, a bad record otherwise. The
// topic of a bad record is the peer's address. Lines of different connections come in the order
// they were read; each connection buffers one incomplete line, at most ingest.max_message.
//
// Connecting, it tries for ever, with growing, jittered pauses. Listening, what comes from more
// than max_connections peers is refused. When the task does not poll, at most 2 MiB are held (32
// chunks); then the sockets are not read, and TCP holds the peers back.
//
// make() and the destruction of the loop's side run on the loop's thread; everything else on the
// task's. The loop runs, or will run, until the source is closed and its handles with it.
class SocketSource final : public ports::Source {
 public:
  // kInvalidArgument: an address that is none, or not exactly one. kIo: listening is impossible.
  // Otherwise as make_decoder. `log` is called on the loop's thread.
  static Result<std::unique_ptr<SocketSource>> make(const SocketSourceConfig& config,
                                                    uv_loop_t* loop, env::Log log);
  ~SocketSource() override;

  Result<void> open(const ports::SourceContext& context) override;
  Result<ports::SourceStatus> poll(std::size_t max_rows, ports::SourceBatch& out) override;
  // Listening, always true: silence means that nobody has anything to say.
  bool connected() const override { return link_->connected(); }
  void close() override;

  // Any thread, as long as the source lives.
  const LinkStats& stats() const { return link_->stats(); }
  // Listening: the port it got.
  std::uint16_t port() const { return link_->port(); }

 private:
  SocketSource(const SocketSourceConfig& config, std::unique_ptr<formats::Decoder> decoder,
               std::shared_ptr<SocketLink> link);
  formats::LineSplitter& splitter();
  bool read_chunk(std::size_t max_rows, ports::SourceBatch& out);
  void decode(const formats::LineSplitter::Line& line, ports::SourceBatch& out);

  formats::DecoderConfig format_;
  formats::LineSplitterConfig splitter_config_;
  std::unique_ptr<formats::Decoder> decoder_;
  std::shared_ptr<SocketLink> link_;
  std::unordered_map<std::uint64_t, formats::LineSplitter> splitters_;  // by connection
  std::unique_ptr<Chunk> current_;
  bool closed_ = false;
};

}  // namespace leat::socket
