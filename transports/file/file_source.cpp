#include "transports/file/file_source.h"

#include <algorithm>
#include <utility>

#include "transports/formats/csv_decoder.h"

namespace leat::file {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::make(const FileSourceConfig& config) {
  const bool csv = config.decoder.format == "csv";
  FileListConfig list;
  list.pattern = config.path;
  list.cursor.splitter.max_line_bytes = static_cast<std::size_t>(config.decoder.max_message_bytes);
  list.cursor.splitter.csv_quotes = csv;
  list.cursor.splitter.csv_delimiter = config.decoder.csv_delimiter;
  list.cursor.header = csv && config.csv_header;

  std::unique_ptr<formats::Decoder> decoder;
  SetHeader set_header;
  if (list.cursor.header) {
    LEAT_TRY_ASSIGN(auto made, formats::make_csv_decoder(config.decoder));
    set_header = [csv_decoder = made.get()](std::string_view header) {
      return csv_decoder->set_header(header);
    };
    decoder = std::move(made);
  } else {
    LEAT_TRY_ASSIGN(decoder, formats::make_decoder(config.decoder));
  }
  auto files = config.follow ? make_follow_list(list) : make_once_list(list);
  return std::unique_ptr<FileSource>(
      new FileSource(config, std::move(decoder), std::move(set_header), std::move(files)));
}

FileSource::FileSource(const FileSourceConfig& config, std::unique_ptr<formats::Decoder> decoder,
                       SetHeader set_header, std::unique_ptr<FileList> files)
    : config_(config),
      decoder_(std::move(decoder)),
      set_header_(std::move(set_header)),
      files_(std::move(files)) {}

Result<void> FileSource::open(const ports::SourceContext& context) {
  LEAT_ASSERT(context.clock != nullptr);
  context_ = context;
  return files_->open(context.clock->monotonic_ns());
}

Result<ports::SourceStatus> FileSource::poll(std::size_t max_rows, ports::SourceBatch& out) {
  if (!out.rows.schema) out.rows = data::Batch(config_.decoder.schema);
  now_ms_ = context_.clock->now_ms();
  const std::int64_t now_ns = context_.clock->monotonic_ns();
  paused_ = false;
  while (out.rows.rows() + out.bad.size() < max_rows && !paused_) {
    LineCursor* cursor = files_->current(now_ns, problems_);
    for (FileProblem& problem : problems_) report(problem.path, std::move(problem.detail), out);
    problems_.clear();
    if (cursor == nullptr) return nothing_now(out);
    if (!read_from(*cursor, max_rows, out)) end_file(*cursor, out);
  }
  return ports::SourceStatus::kMore;
}

Result<ports::SourceStatus> FileSource::nothing_now(const ports::SourceBatch& out) const {
  // The end is told by itself, after everything that was read.
  if (!out.rows.empty() || !out.bad.empty()) return ports::SourceStatus::kMore;
  return files_->ended() ? ports::SourceStatus::kEnded : ports::SourceStatus::kQuiet;
}

bool FileSource::read_from(LineCursor& cursor, std::size_t max_rows, ports::SourceBatch& out) {
  LineCursor::Line line;
  bool header_checked = !set_header_;
  while (out.rows.rows() + out.bad.size() < max_rows) {
    const auto next = cursor.next(line, budget_bytes_);
    if (!next.ok()) {
      end_file(cursor, out, next.error().to_string());
      return true;
    }
    if (*next == LineCursor::Next::kEnd) return false;
    if (*next == LineCursor::Next::kPause) {
      files_->pause();
      budget_bytes_ = kTurnBytes;
      paused_ = true;
      return true;
    }
    if (!header_checked && !use_header(cursor, out)) return true;
    header_checked = true;
    decode(cursor, line, out);
  }
  return true;
}

// False: the file's header is of no use, and the file is left.
bool FileSource::use_header(LineCursor& cursor, ports::SourceBatch& out) {
  if (!set_header_ || (has_header_ && header_in_use_ == cursor.header())) return true;
  const auto set = set_header_(cursor.header());
  has_header_ = set.ok();
  header_in_use_ = cursor.header();
  if (set.ok()) return true;
  report(cursor.path(), "the file is left: " + set.error().to_string(), out);
  files_->leave(true);
  return false;
}

void FileSource::decode(LineCursor& cursor, const LineCursor::Line& line, ports::SourceBatch& out) {
  // The other formats know what a blank line means to them.
  if (config_.decoder.format == "json" && is_blank(line.text)) return;
  const std::size_t bad_before = out.bad.size();
  if (line.too_large) {
    ports::BadRecord record;
    record.payload = line.text;
    record.topic = cursor.path();
    record.reason = ports::BadReason::kTooLarge;
    record.detail = std::to_string(line.bytes) + " bytes; ingest.max_message is " +
                    std::to_string(config_.decoder.max_message_bytes);
    record.received_ms = now_ms_;
    record.before_row = out.rows.rows();
    out.bad.push_back(std::move(record));
  } else {
    decoder_->decode(line.text, {cursor.path(), now_ms_, {}}, out);
  }
  for (std::size_t i = bad_before; i < out.bad.size(); ++i) {
    const std::string where = (set_header_ ? "record " : "line ") + std::to_string(cursor.lines());
    out.bad[i].detail = where + ": " + out.bad[i].detail;
  }
}

// The current file has no more now, or is damaged.
void FileSource::end_file(LineCursor& cursor, ports::SourceBatch& out, std::string damage) {
  const bool last = !damage.empty() || files_->at_last_end();
  LineCursor::Line line;
  if (last && cursor.finish(line)) {
    if (!use_header(cursor, out)) return;
    decode(cursor, line, out);
  }
  if (last && damage.empty() && !cursor.file().complete()) {
    damage = "the gzip data ends too early";
  }
  if (!damage.empty()) report(cursor.path(), damage, out);
  files_->leave(!damage.empty());
}

void FileSource::report(const std::string& path, std::string detail,
                        ports::SourceBatch& out) const {
  ports::BadRecord record;
  record.topic = path;
  record.detail = std::move(detail);
  record.received_ms = now_ms_;
  record.before_row = out.rows.rows();
  out.bad.push_back(std::move(record));
}

std::optional<TimestampMs> FileSource::wake_at_ms() const {
  const auto next_ns = files_->next_check_ns();
  if (!next_ns) return std::nullopt;
  const std::int64_t wait_ns = std::max<std::int64_t>(*next_ns - context_.clock->monotonic_ns(), 0);
  return context_.clock->now_ms() + (wait_ns + kNsPerMs - 1) / kNsPerMs;
}

std::string FileSource::position() const { return files_->position(); }

Result<void> FileSource::seek(std::string_view position) {
  return files_->seek(position, context_.clock->monotonic_ns());
}

}  // namespace leat::file
