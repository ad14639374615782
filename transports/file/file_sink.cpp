#include "transports/file/file_sink.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "transports/file/glob.h"

namespace leat::file {
namespace {

// A file that may be written and not read is taken to end well.
bool ends_within_a_line(const std::string& path, off_t size) {
  if (size == 0) return false;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  char last = '\n';
  const bool read = ::pread(descriptor, &last, 1, size - 1) == 1;
  ::close(descriptor);
  return read && last != '\n';
}

}  // namespace

FileSink::FileSink(std::unique_ptr<formats::Encoder> encoder, std::string path)
    : writer_(std::move(encoder)), path_(std::move(path)) {}

FileSink::~FileSink() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> FileSink::open(const ports::SinkContext& context) {
  LEAT_ASSERT(descriptor_ < 0);
  // Non-blocking: a FIFO without a reader is an error instead of a wait. Regular files ignore it.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  descriptor_ = ::open(path_.c_str(), kFlags, 0644);
  if (descriptor_ < 0) {
    const int number = errno;
    if (number == ENOENT) {
      return Error(ErrorCode::kNotFound, "cannot write to " + path_ + ": there is no directory " +
                                             directory_of(path_) + "; create it first");
    }
    return errno_error("write to", path_, number);
  }
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0) return errno_error("write to", path_, errno);
  if (!S_ISREG(info.st_mode) && !S_ISCHR(info.st_mode)) {
    return base::invalid("cannot write to " + path_ + ": it is not a regular file");
  }
  writer_.attach(descriptor_, path_, context.ledger, info.st_size);
  if (info.st_size == 0) writer_.append_header();
  if (S_ISREG(info.st_mode) && ends_within_a_line(path_, info.st_size)) writer_.append_line_end();
  return {};
}

Result<void> FileSink::write(const data::Batch& rows) { return writer_.append(rows); }

Result<void> FileSink::flush() { return writer_.flush(); }

Result<void> FileSink::close() {
  if (descriptor_ < 0) return {};
  Result<void> result = writer_.flush();
  // Devices cannot be synced (EINVAL).
  if (result.ok() && ::fdatasync(descriptor_) != 0 && errno != EINVAL) {
    result = errno_error("sync", path_, errno);
  }
  if (::close(descriptor_) != 0 && result.ok() && errno != EINTR) {
    result = errno_error("close", path_, errno);
  }
  descriptor_ = -1;
  return result;
}

}  // namespace leat::file
