// Rows from files: read once, or followed as they grow.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ports/source.h"
#include "transports/file/file_list.h"
#include "transports/formats/decoder.h"

namespace leat::file {

struct FileSourceConfig {
  std::string path;                // a file or a glob(7) pattern
  bool follow = false;             // read: once | follow
  bool csv_header = true;          // the first line of each file names its columns
  formats::DecoderConfig decoder;  // format json, csv or text; the delimiter of csv is here
};

// A message is a line (CSV: a record, which may hold line ends between quotes). Gzip content is
// recognised by its first bytes, whatever the name. Blank lines of json files are nothing (csv: see
// CsvDecoder). The topic of a bad record is the file's name; its detail begins with the line's
// number (of a CSV file: the record's).
//
// once (make_once_list): the files that match when the job starts, in the order of their names; the
// last line needs no end. Nothing that matches is an error of open(), and so is a single file that
// cannot be opened; one of several that cannot, and what is damaged, is a bad record, and the next
// file follows. follow (make_follow_list): a line counts when its end is there; files may appear
// later. Nobody wakes it: it looks every 200 ms, by wake_at_ms().
//
// The position names file, line and byte: a seek goes on at exactly the next line. Files read from
// are recognised by inode and first bytes; kCorrupt or kNotFound (once), or a bad record that says
// what is missing (follow), when they are not there any more.
class FileSource final : public ports::Source {
 public:
  // As make_decoder.
  static Result<std::unique_ptr<FileSource>> make(const FileSourceConfig& config);

  Result<void> open(const ports::SourceContext& context) override;
  Result<ports::SourceStatus> poll(std::size_t max_rows, ports::SourceBatch& out) override;
  std::optional<TimestampMs> wake_at_ms() const override;
  std::string position() const override;
  Result<void> seek(std::string_view position) override;

 private:
  // What is read at most before another file has its turn, and in one poll, rows or not: lines too
  // large and blank ones are no rows. Many small polls of one file use it up as well.
  static constexpr std::int64_t kTurnBytes = 4 << 20;
  using SetHeader = std::function<Result<void>(std::string_view)>;
  FileSource(const FileSourceConfig& config, std::unique_ptr<formats::Decoder> decoder,
             SetHeader set_header, std::unique_ptr<FileList> files);

  Result<ports::SourceStatus> nothing_now(const ports::SourceBatch& out) const;
  // Reads on in the cursor's file; false when it is at its end for now.
  bool read_from(LineCursor& cursor, std::size_t max_rows, ports::SourceBatch& out);
  void decode(LineCursor& cursor, const LineCursor::Line& line, ports::SourceBatch& out);
  bool use_header(LineCursor& cursor, ports::SourceBatch& out);
  void end_file(LineCursor& cursor, ports::SourceBatch& out, std::string damage = {});
  void report(const std::string& path, std::string detail, ports::SourceBatch& out) const;

  FileSourceConfig config_;
  std::unique_ptr<formats::Decoder> decoder_;
  SetHeader set_header_;  // empty: no header lines
  std::unique_ptr<FileList> files_;
  ports::SourceContext context_;
  TimestampMs now_ms_ = 0;
  std::int64_t budget_bytes_ = kTurnBytes;  // what is left of the current turn
  bool paused_ = false;
  std::string header_in_use_;
  bool has_header_ = false;
  std::vector<FileProblem> problems_;
};

}  // namespace leat::file
