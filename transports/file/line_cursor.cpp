#include "transports/file/line_cursor.h"

#include <algorithm>
#include <utility>

namespace leat::file {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

void FileMark::write(base::ByteWriter& writer) const {
  writer.text(path);
  writer.u64(inode);
  writer.u64(offset);
  writer.u64(lines);
  writer.text(header);
  writer.u32(fingerprint.bytes);
  writer.u32(fingerprint.crc);
}

FileMark FileMark::read(base::ByteReader& reader) {
  FileMark mark;
  mark.path = reader.text();
  mark.inode = reader.u64();
  mark.offset = reader.u64();
  mark.lines = reader.u64();
  mark.header = reader.text();
  mark.fingerprint.bytes = reader.u32();
  mark.fingerprint.crc = reader.u32();
  return mark;
}

LineCursor::LineCursor(const LineCursorConfig& config, std::unique_ptr<InputFile> file,
                       std::string path, std::span<char> buffer)
    : config_(config),
      file_(std::move(file)),
      path_(std::move(path)),
      buffer_(buffer),
      splitter_(config.splitter) {}

Result<void> LineCursor::resume(const FileMark& mark) {
  if (file_->fingerprint(mark.fingerprint.bytes) != mark.fingerprint) {
    return Error(ErrorCode::kCorrupt, path_ + " is not the file that was read before");
  }
  if (mark.offset > 0) LEAT_TRY(file_->seek(mark.offset));
  offset_ = mark.offset;
  lines_ = mark.lines;
  header_ = mark.header;
  return {};
}

FileMark LineCursor::mark() const {
  FileMark mark;
  mark.path = path_;
  mark.inode = file_->id().inode;
  mark.offset = offset_;
  mark.lines = lines_;
  mark.header = header_;
  // A file that is appended to keeps its first bytes; no further than what was handed out, so that
  // a file at its very beginning is recognised by its inode alone.
  mark.fingerprint = file_->fingerprint(std::min(offset_, file_->raw_offset()));
  return mark;
}

bool LineCursor::take(Line& line) {
  offset_ += line.bytes;
  ++lines_;
  if (lines_ > 1) return true;
  if (line.text.starts_with(kByteOrderMark)) line.text.remove_prefix(kByteOrderMark.size());
  if (!config_.header) return true;
  bad_header_ = line.too_large || line.text.size() > kMaxHeaderBytes;
  header_ = bad_header_ ? std::string() : std::string(line.text);
  return false;
}

Result<LineCursor::Next> LineCursor::next(Line& line, std::int64_t& budget_bytes) {
  for (;;) {
    while (splitter_.next(line)) {
      if (take(line)) return Next::kLine;
      if (bad_header_) {
        splitter_.reset();
        return Error(ErrorCode::kCorrupt,
                     path_ + ": the line of column names is longer than 64 KiB");
      }
    }
    if (budget_bytes <= 0) return Next::kPause;
    LEAT_TRY_ASSIGN(const std::size_t n, file_->read(buffer_.data(), buffer_.size()));
    if (n == 0) return Next::kEnd;
    budget_bytes -= static_cast<std::int64_t>(n);
    splitter_.feed(std::string_view(buffer_.data(), n));
  }
}

bool LineCursor::finish(Line& line) { return splitter_.finish(line) && take(line); }

}  // namespace leat::file
