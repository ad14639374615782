// A stream of bytes cut into lines, for the sources that read one (files, sockets).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace leat::formats {

struct LineSplitterConfig {
  std::size_t max_line_bytes = 1 << 20;  // without the line end; taken as at most 1 GiB
  // A CSV record may hold line ends between quotes; such a record is one "line". A quote opens only
  // at the start of a field, as in the CSV decoder.
  bool csv_quotes = false;
  char csv_delimiter = ',';
};

// Lines end with LF or CRLF; the text handed out has neither. Empty lines are lines. Nothing is
// interpreted: NUL bytes, lone CRs and invalid UTF-8 pass.
//
//   splitter.feed(chunk);
//   while (splitter.next(line)) ...      // may be interrupted and resumed later
//   ...
//   if (splitter.finish(line)) ...       // at the end of the stream: a last line without its end
//
// A line that lies within a chunk is a view of it; only a line across chunks is copied. Memory is
// bounded by max_line_bytes: the rest of a longer line is skipped, up to the next LF (even between
// quotes, so that one stray quote cannot swallow a stream), and the line is reported once, as too
// large, when that LF or the end is seen. One thread; no allocation a line.
class LineSplitter {
 public:
  struct Line {
    std::string_view text;  // valid until the next call; too large: the first 64 KiB of it
    bool too_large = false;
    std::uint64_t bytes = 0;  // what it took of the stream, line end included: for positions
  };

  explicit LineSplitter(const LineSplitterConfig& config);

  // `chunk` must stay where it is until next() has returned false; feeding before that is an
  // assertion.
  void feed(std::string_view chunk);
  // False when the chunk holds no further complete line.
  bool next(Line& line);
  // The bytes after the last line end, if any; then the splitter is as new. Call it after next()
  // has returned false.
  bool finish(Line& line);
  // Forgets what is buffered, chunk included.
  void reset();

  // Of the unfinished line, in the stream (a position is before them).
  std::uint64_t pending_bytes() const { return pending_bytes_; }

 private:
  std::size_t find_end();
  std::size_t find_record_end(std::string_view part);
  void keep(std::string_view part);
  void hand_out(std::string_view part, bool has_end, Line& line);

  LineSplitterConfig config_;
  std::string_view rest_;  // of the chunk, not handed out yet
  std::string carry_;      // the beginning of the current line, from earlier chunks
  bool carry_handed_out_ = false;
  bool skipping_ = false;  // the current line is too large
  bool in_quotes_ = false;
  bool field_start_ = true;
  std::uint64_t pending_bytes_ = 0;
};

}  // namespace leat::formats
