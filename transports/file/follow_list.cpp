#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "transports/file/file_list.h"
#include "transports/file/glob.h"

namespace leat::file {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMode = 'f';
constexpr std::int64_t kNsPerMs = 1'000'000;

struct Followed {
  std::unique_ptr<LineCursor> cursor;
  // When it is given up: set while its name leads elsewhere.
  std::optional<std::int64_t> closing_at_ns;
  bool has_more = true;
  bool found = false;  // by the scan going on
};

class FollowList final : public FileList {
 public:
  explicit FollowList(const FileListConfig& config)
      : config_(config), buffer_(LineCursor::kBufferBytes) {}

  Result<void> open(std::int64_t now_ns) override;
  LineCursor* current(std::int64_t now_ns, std::vector<FileProblem>& problems) override;
  bool at_last_end() const override { return current_is_closing_; }
  void pause() override { ++current_; }
  void leave(bool damaged) override;
  bool ended() const override { return false; }
  std::optional<std::int64_t> next_check_ns() const override { return next_check_ns_; }
  std::string position() const override;
  Result<void> seek(std::string_view position, std::int64_t now_ns) override;

 private:
  void scan(std::int64_t now_ns);
  void scan_path(const std::string& path);
  void check(std::int64_t now_ns);
  void find_readable(std::int64_t now_ns);
  void check_file(Followed& followed, std::int64_t now_ns);
  void resume(const FileMark& mark, std::int64_t now_ns);
  Followed* find(const FileId& id);
  Result<std::unique_ptr<LineCursor>> open_cursor(const std::string& path);
  std::unique_ptr<LineCursor> find_renamed(const FileMark& mark);

  FileListConfig config_;
  std::vector<char> buffer_;
  std::vector<Followed> files_;
  std::vector<FileId> refused_;  // reported already
  std::vector<FileId> damaged_;  // not opened again
  std::vector<FileId> matched_;  // by the last scan
  bool too_many_reported_ = false;
  std::vector<FileProblem> problems_;
  std::size_t current_ = 0;  // into files_; past the end between rounds
  bool current_is_closing_ = false;
  std::int64_t next_check_ns_ = 0;
  std::int64_t next_scan_ns_ = 0;
};

bool contains(const std::vector<FileId>& ids, const FileId& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Result<void> FollowList::open(std::int64_t now_ns) {
  LEAT_TRY_ASSIGN(const auto paths, match_files(config_.pattern));
  if (paths.size() > kMaxFollowed) {
    return Error(ErrorCode::kLimit, config_.pattern + " matches " + std::to_string(paths.size()) +
                                        " files; at most " + std::to_string(kMaxFollowed) +
                                        " can be followed");
  }
  if (paths.size() == 1) {
    const auto file = InputFile::open(paths.front());
    if (!file.ok()) return file.error();
  }
  scan(now_ns);
  current_ = 0;
  next_check_ns_ = now_ns;
  return {};
}

Followed* FollowList::find(const FileId& id) {
  for (Followed& followed : files_) {
    if (followed.cursor != nullptr && followed.cursor->file().id() == id) return &followed;
  }
  return nullptr;
}

Result<std::unique_ptr<LineCursor>> FollowList::open_cursor(const std::string& path) {
  LEAT_TRY_ASSIGN(auto file, InputFile::open(path));
  return std::make_unique<LineCursor>(config_.cursor, std::move(file), path, buffer_);
}

void FollowList::scan_path(const std::string& path) {
  const auto id = InputFile::identify(path);
  if (!id.ok()) return;  // gone again
  matched_.push_back(*id);
  if (contains(damaged_, *id)) return;
  if (Followed* known = find(*id)) {
    known->found = true;
    known->cursor->renamed(path);
    return;
  }
  auto cursor = open_cursor(path);
  if (!cursor.ok()) {
    if (!contains(refused_, *id)) {
      refused_.push_back(*id);
      problems_.push_back({path, cursor.error().to_string()});
    }
    return;
  }
  std::erase(refused_, *id);
  Followed followed;
  followed.cursor = std::move(cursor).value();
  followed.found = true;
  files_.push_back(std::move(followed));
}

void FollowList::scan(std::int64_t now_ns) {
  next_scan_ns_ = now_ns + kRescanMs * kNsPerMs;
  auto paths = match_files(config_.pattern);
  // A directory that cannot be searched right now: what is open is read on.
  if (!paths.ok()) return;
  if (paths->size() > kMaxFollowed) {
    if (!too_many_reported_) {
      problems_.push_back({config_.pattern, "matches " + std::to_string(paths->size()) +
                                                " files; only the first " +
                                                std::to_string(kMaxFollowed) + " are followed"});
    }
    too_many_reported_ = true;
    paths->resize(kMaxFollowed);
  }
  matched_.clear();
  for (Followed& followed : files_) followed.found = false;
  for (const std::string& path : *paths) scan_path(path);
  // Inodes are reused: what is gone is forgotten.
  std::erase_if(damaged_, [&](const FileId& id) { return !contains(matched_, id); });
  std::erase_if(refused_, [&](const FileId& id) { return !contains(matched_, id); });
  for (Followed& followed : files_) {
    if (followed.found) {
      followed.closing_at_ns.reset();
    } else if (!followed.closing_at_ns) {
      followed.closing_at_ns = now_ns + kGraceMs * kNsPerMs;
    }
  }
}

void FollowList::check_file(Followed& followed, std::int64_t now_ns) {
  LineCursor& cursor = *followed.cursor;
  const std::uint64_t size = cursor.file().raw_size();
  if (size < cursor.file().raw_offset()) {
    // Truncated: what is left of a line is a line, then the file is read anew by the next scan.
    followed.closing_at_ns = now_ns;
    next_scan_ns_ = now_ns;
  }
  followed.has_more = size > cursor.file().raw_offset();
  if (followed.has_more && followed.closing_at_ns) {
    followed.closing_at_ns = now_ns + kGraceMs * kNsPerMs;
  }
}

void FollowList::check(std::int64_t now_ns) {
  std::erase_if(files_, [](const Followed& followed) { return followed.cursor == nullptr; });
  if (now_ns >= next_scan_ns_) scan(now_ns);
  for (Followed& followed : files_) check_file(followed, now_ns);
  const std::int64_t factor = files_.size() >= kManyFiles ? 10 : 1;
  next_check_ns_ = now_ns + factor * kFollowIntervalMs * kNsPerMs;
}

// Moves current_ on to a file that has something; to the end when none behind it has.
void FollowList::find_readable(std::int64_t now_ns) {
  for (; current_ < files_.size(); ++current_) {
    const Followed& followed = files_[current_];
    if (followed.cursor == nullptr) continue;
    current_is_closing_ =
        !followed.has_more && followed.closing_at_ns.value_or(now_ns + 1) <= now_ns;
    if (followed.has_more || current_is_closing_) return;
  }
}

LineCursor* FollowList::current(std::int64_t now_ns, std::vector<FileProblem>& problems) {
  find_readable(now_ns);
  if (current_ >= files_.size()) {
    if (now_ns >= next_check_ns_) check(now_ns);
    current_ = 0;  // also for those that paused
    find_readable(now_ns);
  }
  problems.insert(problems.end(), problems_.begin(), problems_.end());
  problems_.clear();
  return current_ < files_.size() ? files_[current_].cursor.get() : nullptr;
}

void FollowList::leave(bool damaged) {
  Followed& followed = files_[current_];
  if (damaged) damaged_.push_back(followed.cursor->file().id());
  if (damaged || current_is_closing_) followed.cursor = nullptr;
  followed.has_more = false;
  ++current_;
}

std::string FollowList::position() const {
  base::ByteWriter writer;
  writer.u8(kVersion);
  writer.u8(kMode);
  std::uint64_t count = 0;
  for (const Followed& followed : files_) count += followed.cursor != nullptr ? 1 : 0;
  writer.varint(count);
  for (const Followed& followed : files_) {
    if (followed.cursor != nullptr) followed.cursor->mark().write(writer);
  }
  return writer.take();
}

// The file of the mark under another name in its directory: rotated while nothing ran.
std::unique_ptr<LineCursor> FollowList::find_renamed(const FileMark& mark) {
  const auto paths = match_files(directory_of(mark.path) + "/*");
  if (!paths.ok()) return nullptr;
  for (const std::string& path : *paths) {
    const auto id = InputFile::identify(path);
    if (!id.ok() || id->inode != mark.inode) continue;
    auto cursor = open_cursor(path);
    if (cursor.ok() && (*cursor)->resume(mark).ok()) return std::move(cursor).value();
  }
  return nullptr;
}

void FollowList::resume(const FileMark& mark, std::int64_t now_ns) {
  for (Followed& followed : files_) {
    if (followed.cursor->file().id().inode != mark.inode || followed.cursor->lines() > 0) continue;
    if (followed.cursor->resume(mark).ok()) return;
    auto fresh = open_cursor(followed.cursor->path());  // half-way through gzip data, perhaps
    if (fresh.ok()) followed.cursor = std::move(fresh).value();
  }
  if (auto cursor = find_renamed(mark)) {
    Followed followed;
    followed.cursor = std::move(cursor);
    followed.closing_at_ns = now_ns + kGraceMs * kNsPerMs;
    // What was written before its successor is read before it.
    files_.insert(files_.begin(), std::move(followed));
    return;
  }
  problems_.push_back(
      {mark.path, "is gone or was replaced since the last run: what followed its byte " +
                      std::to_string(mark.offset) + " was not read"});
}

Result<void> FollowList::seek(std::string_view position, std::int64_t now_ns) {
  base::ByteReader reader(position);
  const bool ours = reader.u8() == kVersion && reader.u8() == kMode;
  const std::size_t count = reader.count();
  std::vector<FileMark> marks;
  for (std::size_t i = 0; i < count && reader.ok(); ++i) marks.push_back(FileMark::read(reader));
  if (!ours || !reader.ok() || !reader.at_end()) {
    return Error(ErrorCode::kCorrupt, config_.pattern + ": the position is not one of this source");
  }
  for (const FileMark& mark : marks) resume(mark, now_ns);
  return {};
}

}  // namespace

std::unique_ptr<FileList> make_follow_list(const FileListConfig& config) {
  return std::make_unique<FollowList>(config);
}

}  // namespace leat::file
