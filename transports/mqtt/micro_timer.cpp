#include "transports/mqtt/micro_timer.h"

#include <cerrno>
#include <cstring>
#include <sys/timerfd.h>
#include <unistd.h>

namespace leat::mqtt {

Result<void> MicroTimer::open() {
  fd_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd_ < 0) return base::io_error(std::string("timerfd: ") + std::strerror(errno));
  int code = uv_poll_init(loop_, &poll_, fd_);
  if (code != 0) {
    ::close(fd_);
    fd_ = -1;
    return base::io_error(std::string("timer: ") + uv_strerror(code));
  }
  poll_.data = this;
  code = uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<MicroTimer*>(handle->data)->on_expiry();
  });
  LEAT_ASSERT(code == 0);
  return {};
}

void MicroTimer::on_expiry() {
  std::uint64_t expirations = 0;
  if (::read(fd_, &expirations, sizeof expirations) == sizeof expirations) fired_();
}

void MicroTimer::start(std::int64_t microseconds) {
  itimerspec spec{};
  spec.it_value.tv_sec = static_cast<time_t>(microseconds / 1'000'000);
  spec.it_value.tv_nsec = static_cast<long>(microseconds % 1'000'000 * 1000);
  if (microseconds <= 0) spec.it_value.tv_nsec = 1;
  timerfd_settime(fd_, 0, &spec, nullptr);
}

void MicroTimer::stop() {
  const itimerspec spec{};
  timerfd_settime(fd_, 0, &spec, nullptr);
}

void MicroTimer::close(std::function<void()> closed) {
  closed_ = std::move(closed);
  if (fd_ < 0) {
    closed_();
    return;
  }
  uv_poll_stop(&poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto* self = static_cast<MicroTimer*>(handle->data);
    ::close(self->fd_);
    self->fd_ = -1;
    const std::function<void()> done = std::move(self->closed_);
    done();
  });
}

}  // namespace leat::mqtt
