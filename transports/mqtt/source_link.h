// What lies between the two threads of an MQTT source: the client on the loop's thread, the task
// that polls on its own, two rings of chunks between them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <uv.h>

#include "core/base/spsc_ring.h"
#include "core/env/executor.h"
#include "transports/mqtt/client.h"

namespace leat::mqtt {

// Chunks go from the client to the task and come back to be acknowledged and filled again; there
// are never more than ClientOptions::max_chunks, so neither ring is ever full.
//
// Lives as long as either side needs it: the loop's side holds it until its handles are closed.
class SourceLink : public std::enable_shared_from_this<SourceLink> {
 public:
  // On the loop's thread.
  static Result<std::shared_ptr<SourceLink>> create(uv_loop_t* loop, ClientOptions options);

  // The rest: on the task's thread, none after close().
  void open(env::Waker* waker, const env::Clock* clock);
  std::unique_ptr<Chunk> next();
  // The messages of `chunk` are safe. wake_loop() makes it known.
  void give_back(std::unique_ptr<Chunk> chunk);
  void wake_loop();
  // Acknowledges what was given back, says goodbye to the broker; waits for nothing.
  void close();

  // Any thread.
  bool connected() const { return connected_.load(std::memory_order_acquire); }
  const ClientStats& stats() const { return client_.stats(); }

 private:
  SourceLink(uv_loop_t* loop, ClientOptions options);
  void on_wake();
  void close_client();

  uv_async_t async_{};
  std::shared_ptr<SourceLink> self_;  // the loop's share
  std::size_t max_chunks_;
  Client client_;
  base::SpscRing<std::unique_ptr<Chunk>> received_;
  base::SpscRing<std::unique_ptr<Chunk>> returned_;
  std::atomic<bool> connected_{false};

  // Written before the wake-up that makes them known.
  env::Waker* waker_ = nullptr;
  const env::Clock* clock_ = nullptr;
  std::atomic<bool> open_{false};
  bool started_ = false;  // loop's thread
  bool closing_ = false;  // loop's thread
  // Held over "flag set and loop woken", so that the loop's side does not close its handle between.
  std::mutex close_mutex_;
  bool close_wanted_ = false;
};

}  // namespace leat::mqtt
