// A one-shot timer finer than libuv's millisecond: a timerfd on the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <uv.h>

#include "core/base/result.h"

namespace leat::mqtt {

// Used on the loop's thread. After close() the object must live until `closed` is called.
class MicroTimer {
 public:
  MicroTimer(uv_loop_t* loop, std::function<void()> fired)
      : loop_(loop), fired_(std::move(fired)) {}
  MicroTimer(const MicroTimer&) = delete;
  MicroTimer& operator=(const MicroTimer&) = delete;

  Result<void> open();
  // (Re)arms it.
  void start(std::int64_t microseconds);
  void stop();
  void close(std::function<void()> closed);

 private:
  void on_expiry();

  uv_loop_t* loop_;
  std::function<void()> fired_;
  std::function<void()> closed_;
  uv_poll_t poll_{};
  int fd_ = -1;
};

}  // namespace leat::mqtt
