#include "agent/task_manager/console.h"

#include <cerrno>
#include <sys/ioctl.h>
#include <unistd.h>

namespace leat::task_manager {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string_view prefix(env::LogLevel level) {
  switch (level) {
    case env::LogLevel::kWarning:
      return "leat: warning: ";
    case env::LogLevel::kError:
      return "leat: error: ";
    case env::LogLevel::kDebug:
    case env::LogLevel::kInfo:
      return "leat: ";
  }
  return "leat: ";
}

}  // namespace

void Console::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads it: there is nowhere to complain
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t Console::columns() const {
  winsize size{};
  const bool known = ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void Console::log(env::LogLevel level, std::string_view text) {
  if (level == env::LogLevel::kDebug) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string line;
  if (!progress_.empty()) line += kEraseLine;
  line += prefix(level);
  line += text;
  line += '\n';
  line += progress_;
  write_all(line);
}

void Console::progress(std::string_view text) {
  if (!terminal_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  progress_ = text.substr(0, columns() - 1);
  write_all(std::string(kEraseLine) + progress_);
}

void Console::clear_progress() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!progress_.empty()) write_all(kEraseLine);
  progress_.clear();
}

}  // namespace leat::task_manager
