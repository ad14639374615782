// Where a file is read: its lines, counted, with what a checkpoint must know.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "transports/file/input_file.h"
#include "transports/formats/line_splitter.h"

namespace leat::file {

struct LineCursorConfig {
  formats::LineSplitterConfig splitter;
  bool header = false;  // the first line names the columns
};

// What a position says of one file.
struct FileMark {
  std::string path;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  // of the content: the first byte not handed out
  std::uint64_t lines = 0;   // handed out before it
  std::string header;
  Fingerprint fingerprint;

  void write(base::ByteWriter& writer) const;
  static FileMark read(base::ByteReader& reader);
};

// Hands out the lines of one file, one after the other; of a file that grows, more later. A UTF-8
// byte order mark at the start is dropped. One thread. All cursors of a source share one buffer: a
// cursor must be at kEnd before another one is read.
class LineCursor {
 public:
  using Line = formats::LineSplitter::Line;
  enum class Next {
    kLine,
    kPause,  // `budget_bytes` is used up
    kEnd,    // no complete line now
  };
  static constexpr std::size_t kBufferBytes = 256 * 1024;
  static constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

  LineCursor(const LineCursorConfig& config, std::unique_ptr<InputFile> file, std::string path,
             std::span<char> buffer);

  // Goes on behind what `mark` says was handed out. kCorrupt when the file is not that one or ends
  // before; the cursor is then as it was.
  Result<void> resume(const FileMark& mark);
  FileMark mark() const;

  // The next line that is not the header. Takes what it reads from budget_bytes. An error
  // (kCorrupt: damaged gzip data or a header too large; kIo) ends the file; finish() may still give
  // the line before.
  Result<Next> next(Line& line, std::int64_t& budget_bytes);
  // At the end of the file: a last line without its end.
  bool finish(Line& line);

  // The column names; empty before the first line was read.
  const std::string& header() const { return header_; }
  std::uint64_t lines() const { return lines_; }  // the number of the last line, 1-based
  InputFile& file() { return *file_; }
  const InputFile& file() const { return *file_; }
  const std::string& path() const { return path_; }
  void renamed(std::string path) { path_ = std::move(path); }

 private:
  // Whether it is to be handed out.
  bool take(Line& line);

  LineCursorConfig config_;
  std::unique_ptr<InputFile> file_;
  std::string path_;
  std::span<char> buffer_;
  formats::LineSplitter splitter_;
  std::uint64_t offset_ = 0;
  std::uint64_t lines_ = 0;
  std::string header_;
  bool bad_header_ = false;
};

}  // namespace leat::file
