#include "transports/file/line_writer.h"

#include <cerrno>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace leat::file {

Error errno_error(const std::string& what, const std::string& name, int number) {
  ErrorCode code = ErrorCode::kIo;
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::kNotFound;
  if (number == ENOSPC || number == EDQUOT || number == EFBIG) code = ErrorCode::kLimit;
  // std::strerror is not thread-safe; this is.
  return Error(code,
               "cannot " + what + " " + name + ": " + std::generic_category().message(number));
}

LineWriter::LineWriter(std::unique_ptr<formats::Encoder> encoder) : encoder_(std::move(encoder)) {
  LEAT_ASSERT(encoder_ != nullptr);
}

void LineWriter::attach(int descriptor, std::string name, ports::SinkLedger* ledger,
                        std::int64_t length_bytes) {
  descriptor_ = descriptor;
  name_ = std::move(name);
  ledger_ = ledger;
  length_bytes_ = length_bytes;
}

void LineWriter::append_header() {
  const std::string header = encoder_->header();
  if (header.empty()) return;
  buffer_ += header;
  buffer_ += '\n';
}

Result<void> LineWriter::append(const data::Batch& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    encoder_->encode(rows, row, buffer_);
    buffer_ += '\n';
    ++rows_buffered_;
    if (buffer_.size() >= kFlushBytes) LEAT_TRY(flush());
  }
  if (ledger_ != nullptr) ledger_->in_outbox.set(rows_buffered_);
  return {};
}

Result<void> LineWriter::flush() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t n = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (n >= 0) {
      done += static_cast<std::size_t>(n);
      length_bytes_ += n;
      continue;
    }
    const int number = errno;
    if (number == EINTR) continue;
    if (number == EAGAIN || number == EWOULDBLOCK) {
      // Somebody made the descriptor non-blocking (a terminal is shared): wait as write would have.
      pollfd waiting{descriptor_, POLLOUT, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    buffer_.erase(0, done);
    if (number == EPIPE) return Error(ErrorCode::kCancelled, name_ + " was closed");
    return errno_error("write to", name_, number);
  }
  buffer_.clear();
  if (ledger_ != nullptr) {
    ledger_->forwarded.add(rows_buffered_);
    ledger_->in_outbox.set(0);
  }
  rows_buffered_ = 0;
  return {};
}

}  // namespace leat::file
