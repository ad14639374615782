// Sends what a PublishWindow holds, by Paho MQTT C++, and keeps connecting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/env/log.h"
#include "transports/mqtt/broker_address.h"
#include "transports/mqtt/frame.h"
#include "transports/mqtt/publish_window.h"
#include "transports/mqtt/retry.h"
#include "transports/mqtt/tls_session.h"

namespace leat::mqtt {

struct PublisherOptions {
  BrokerAddress broker;
  TlsFiles tls;
  Version version = Version::k5;
  std::string client_id;
  std::string username;
  std::string password;
  int qos = 1;
  bool retain = false;
  RetryOptions retry;
  std::uint64_t seed = 1;
};

// Paho calls back on threads of its own. Its sessions are not used: a connection starts clean, and
// what the last one left unacknowledged is sent again from the window.
class PahoPublisher {
 public:
  // `progress` is called on any thread when the window has shrunk or the connection has changed.
  // `window` outlives the publisher.
  static Result<std::unique_ptr<PahoPublisher>> make(PublisherOptions options,
                                                     PublishWindow* window,
                                                     std::function<void()> progress, env::Log log);
  // Disconnects; nothing is called back afterwards.
  ~PahoPublisher();
  PahoPublisher(const PahoPublisher&) = delete;
  PahoPublisher& operator=(const PahoPublisher&) = delete;

  void start();
  // Sends what the window lets through. Never waits for the broker.
  void pump();

 private:
  class Impl;
  explicit PahoPublisher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::mqtt
