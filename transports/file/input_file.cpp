#include "transports/file/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>
#include <zlib.h>

#include "transports/file/line_writer.h"

namespace leat::file {
namespace {

constexpr unsigned char kMagic[2] = {0x1f, 0x8b};
constexpr std::size_t kInputBytes = 64 * 1024;

}  // namespace

struct InputFile::Inflater {
  Inflater() : input(kInputBytes) {}
  ~Inflater() {
    if (ready) ::inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::vector<Bytef> input;
  z_stream stream{};
  bool ready = false;
  bool in_member = false;
  std::optional<Error> error;  // found behind bytes that were still good
};

InputFile::InputFile(int descriptor, FileId id, std::string path)
    : descriptor_(descriptor), id_(id), path_(std::move(path)) {}

InputFile::~InputFile() { ::close(descriptor_); }

Result<std::unique_ptr<InputFile>> InputFile::open(const std::string& path) {
  // Non-blocking: opening a FIFO that nobody writes to would wait.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return errno_error("open", path, errno);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) {
    const int number = errno;
    ::close(descriptor);
    return errno_error("open", path, number);
  }
  if (!S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return base::invalid(
        "cannot read " + path + ": it is " +
        (S_ISDIR(info.st_mode)
             ? "a directory; expected a file or a pattern, such as " + path + "/*.json"
             : std::string("not a regular file")));
  }
  const FileId id{static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
  return std::unique_ptr<InputFile>(new InputFile(descriptor, id, path));
}

std::uint64_t InputFile::raw_size() const {
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0 || info.st_size < 0) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

bool InputFile::complete() const {
  if (!decided_) return raw_size() == 0;
  return inflater_ == nullptr || !inflater_->in_member;
}

Result<FileId> InputFile::identify(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return errno_error("find", path, errno);
  return FileId{static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

bool InputFile::has_magic() const {
  std::array<unsigned char, 2> start{};
  return ::pread(descriptor_, start.data(), 2, 0) == 2 &&
         std::equal(start.begin(), start.end(), kMagic);
}

Result<std::size_t> InputFile::read_raw(char* to, std::size_t size) {
  for (;;) {
    const ssize_t n = ::pread(descriptor_, to, size, static_cast<off_t>(raw_offset_));
    if (n >= 0) {
      raw_offset_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
    if (errno != EINTR) return errno_error("read", path_, errno);
  }
}

Result<std::size_t> InputFile::read(char* to, std::size_t size) {
  if (size == 0) return std::size_t{0};
  if (!decided_) {
    if (raw_size() == 0) return std::size_t{0};
    // One byte decides only when it is not the first of the magic number; a file of that byte alone
    // waits for its second.
    if (has_magic()) {
      inflater_ = std::make_unique<Inflater>();
    } else if (raw_size() == 1) {
      unsigned char first = 0;
      if (::pread(descriptor_, &first, 1, 0) == 1 && first == kMagic[0]) return std::size_t{0};
    }
    decided_ = true;
  }
  if (inflater_ != nullptr) return read_inflated(to, size);
  LEAT_TRY_ASSIGN(const std::size_t n, read_raw(to, size));
  offset_ += n;
  return n;
}

// True: a member begins at the input. False: nothing but padding there.
Result<bool> InputFile::begin_member() {
  z_stream& stream = inflater_->stream;
  while (stream.avail_in > 0 && *stream.next_in == 0 && inflater_->ready) {
    ++stream.next_in;
    --stream.avail_in;
  }
  if (stream.avail_in == 0) return false;
  if (*stream.next_in != kMagic[0]) {
    return Error(ErrorCode::kCorrupt, path_ + ": what follows the gzip data is not gzip data");
  }
  constexpr int kGzipOnly = 15 + 16;
  const int status =
      inflater_->ready ? ::inflateReset(&stream) : ::inflateInit2(&stream, kGzipOnly);
  if (status != Z_OK) return Error(ErrorCode::kInternal, "zlib does not start: out of memory");
  inflater_->ready = true;
  inflater_->in_member = true;
  return true;
}

Result<std::size_t> InputFile::read_inflated(char* to, std::size_t size) {
  Inflater& inflater = *inflater_;
  z_stream& stream = inflater.stream;
  if (inflater.error) return *inflater.error;
  const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30));
  for (;;) {
    if (stream.avail_in == 0) {
      auto* input = reinterpret_cast<char*>(inflater.input.data());
      LEAT_TRY_ASSIGN(const std::size_t n, read_raw(input, inflater.input.size()));
      if (n == 0) return std::size_t{0};
      stream.next_in = inflater.input.data();
      stream.avail_in = static_cast<uInt>(n);
    }
    if (!inflater.in_member) {
      LEAT_TRY_ASSIGN(const bool begun, begin_member());
      if (!begun) continue;
    }
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = room;
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = room - stream.avail_out;
    offset_ += made;
    if (status == Z_STREAM_END) {
      inflater.in_member = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      const std::string why = stream.msg == nullptr ? "damaged" : stream.msg;
      inflater.error = Error(ErrorCode::kCorrupt, path_ + ": the gzip data is corrupt: " + why);
      if (made == 0) return *inflater.error;
    }
    if (made > 0) return made;
  }
}

Result<void> InputFile::seek(std::uint64_t offset) {
  if (offset == offset_) return {};
  // Reading decides what the file is.
  std::vector<char> scratch(kInputBytes);
  if (!decided_) {
    const std::uint64_t most = std::min<std::uint64_t>(scratch.size(), offset);
    LEAT_TRY_ASSIGN(const std::size_t n, read(scratch.data(), static_cast<std::size_t>(most)));
    static_cast<void>(n);
  }
  const Error short_error(ErrorCode::kCorrupt, path_ + " is shorter than it was");
  if (!is_gzip()) {
    if (offset > raw_size()) return short_error;
    offset_ = raw_offset_ = offset;
    return {};
  }
  LEAT_ASSERT(offset >= offset_);
  while (offset_ < offset) {
    const std::uint64_t most = std::min<std::uint64_t>(scratch.size(), offset - offset_);
    LEAT_TRY_ASSIGN(const std::size_t n, read(scratch.data(), static_cast<std::size_t>(most)));
    if (n == 0) return short_error;
  }
  return {};
}

Fingerprint InputFile::fingerprint(std::uint64_t bytes) const {
  std::array<char, Fingerprint::kBytes> start{};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, start.size()));
  std::size_t have = 0;
  while (have < wanted) {
    const ssize_t n =
        ::pread(descriptor_, start.data() + have, wanted - have, static_cast<off_t>(have));
    if (n <= 0 && !(n < 0 && errno == EINTR)) break;
    if (n > 0) have += static_cast<std::size_t>(n);
  }
  const uLong crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(start.data()), static_cast<uInt>(have));
  return {static_cast<std::uint32_t>(have), static_cast<std::uint32_t>(crc)};
}

}  // namespace leat::file
