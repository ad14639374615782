// The `mqtt` source: rows out of the messages of MQTT topics, at least once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <uv.h>
#include <vector>

#include "core/ports/source.h"
#include "transports/formats/decoder.h"
#include "transports/mqtt/source_link.h"
#include "transports/mqtt/topic_binder.h"

namespace leat::mqtt {

// The keys of the job file, as plain values.
struct MqttSourceConfig {
  std::string broker = "mqtt://localhost:1883";
  std::vector<std::string> topics;
  int qos = 1;            // 0 or 1
  std::string client_id;  // required: the broker keeps the session under it
  Version version = Version::k5;
  std::int64_t session_expiry_ms = 7LL * 86'400'000;
  std::string username;
  std::string password_file;  // one trailing line end is not part of the password
  TlsFiles tls;
  std::int64_t max_message_bytes = 1 << 20;  // ingest.max_message
  std::int64_t max_in_flight = 1000;         // ingest.max_in_flight
  std::uint64_t seed = 1;                    // of the jitter between attempts
  RetryOptions retry;
  std::int64_t gather_us = 100;
};

// A message is acknowledged to the broker when the job has taken its rows: after acknowledge(), and
// only on the connection it came on. What is not acknowledged, the broker sends again.
//
// make() and the destruction of the loop's side run on the loop's thread; everything else on the
// task's. The process ignores SIGPIPE: libuv writes to sockets whose peer may be gone. The loop
// runs, or will run, until the source is closed and its handles with it.
class MqttSource final : public ports::Source {
 public:
  // kInvalidArgument: a broker URL, topic, file or number that cannot be. `schema` names the fields
  // that topics may bind; the decoder knows the same schema. `log` is called on the loop's thread.
  static Result<std::unique_ptr<MqttSource>> make(const MqttSourceConfig& config,
                                                  const data::SchemaPtr& schema,
                                                  std::unique_ptr<formats::Decoder> decoder,
                                                  uv_loop_t* loop, env::Log log);
  // The same with a decoder made from `format`, whose bound_fields and max_message_bytes are filled
  // in here.
  static Result<std::unique_ptr<MqttSource>> make(const MqttSourceConfig& config,
                                                  formats::DecoderConfig format, uv_loop_t* loop,
                                                  env::Log log);
  ~MqttSource() override;

  Result<void> open(const ports::SourceContext& context) override;
  Result<ports::SourceStatus> poll(std::size_t max_rows, ports::SourceBatch& out) override;
  void acknowledge() override;
  bool connected() const override { return link_->connected(); }
  void close() override;

  // Any thread, as long as the source lives.
  const ClientStats& stats() const { return link_->stats(); }

 private:
  MqttSource(std::shared_ptr<SourceLink> link, TopicBinder binder,
             std::unique_ptr<formats::Decoder> decoder);
  void decode(const ChunkMessage& message, ports::SourceBatch& out);

  std::shared_ptr<SourceLink> link_;
  TopicBinder binder_;
  std::unique_ptr<formats::Decoder> decoder_;
  std::unique_ptr<Chunk> current_;
  std::size_t next_message_ = 0;
  std::vector<std::unique_ptr<Chunk>> taken_;  // polled to the end, not yet acknowledged
  std::vector<formats::BoundText> bound_;
  bool closed_ = false;
};

}  // namespace leat::mqtt
