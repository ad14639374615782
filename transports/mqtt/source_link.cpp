#include "transports/mqtt/source_link.h"

namespace leat::mqtt {

SourceLink::SourceLink(uv_loop_t* loop, ClientOptions options)
    : max_chunks_(options.max_chunks),
      client_(loop, std::move(options),
              [this](std::unique_ptr<Chunk> chunk) {
                const bool pushed = received_.try_push(std::move(chunk));
                LEAT_ASSERT(pushed);
                waker_->wake();
              }),
      received_(max_chunks_),
      returned_(max_chunks_) {
  client_.on_connected([this](bool connected) {
    connected_.store(connected, std::memory_order_release);
    waker_->wake();
  });
}

Result<std::shared_ptr<SourceLink>> SourceLink::create(uv_loop_t* loop, ClientOptions options) {
  std::shared_ptr<SourceLink> link(new SourceLink(loop, std::move(options)));
  link->async_.data = link.get();
  const int code = uv_async_init(loop, &link->async_, [](uv_async_t* async) {
    static_cast<SourceLink*>(async->data)->on_wake();
  });
  if (code != 0) return base::io_error(std::string("mqtt: ") + uv_strerror(code));
  link->self_ = link;
  return link;
}

void SourceLink::open(env::Waker* waker, const env::Clock* clock) {
  waker_ = waker;
  clock_ = clock;
  open_.store(true, std::memory_order_release);
  wake_loop();
}

std::unique_ptr<Chunk> SourceLink::next() {
  std::optional<std::unique_ptr<Chunk>> chunk = received_.try_pop();
  return chunk ? std::move(*chunk) : nullptr;
}

void SourceLink::give_back(std::unique_ptr<Chunk> chunk) {
  const bool pushed = returned_.try_push(std::move(chunk));
  LEAT_ASSERT(pushed);
}

void SourceLink::wake_loop() { uv_async_send(&async_); }

void SourceLink::close() {
  const std::lock_guard<std::mutex> lock(close_mutex_);
  close_wanted_ = true;
  wake_loop();
}

void SourceLink::on_wake() {
  if (closing_) return;
  if (!started_ && open_.load(std::memory_order_acquire)) {
    started_ = true;
    client_.start(clock_);
  }
  bool released = false;
  while (std::optional<std::unique_ptr<Chunk>> chunk = returned_.try_pop()) {
    client_.release(std::move(*chunk));
    released = true;
  }
  if (released) client_.flush();
  const std::lock_guard<std::mutex> lock(close_mutex_);
  if (close_wanted_) close_client();
}

void SourceLink::close_client() {
  closing_ = true;
  client_.close([this] {
    uv_close(reinterpret_cast<uv_handle_t*>(&async_), [](uv_handle_t* handle) {
      const std::shared_ptr<SourceLink> last =
          std::move(static_cast<SourceLink*>(handle->data)->self_);
    });
  });
}

}  // namespace leat::mqtt
