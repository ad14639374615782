#include <utility>

#include "core/base/bytes.h"
#include "transports/file/file_list.h"
#include "transports/file/glob.h"

namespace leat::file {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMode = 'o';

class OnceList final : public FileList {
 public:
  explicit OnceList(const FileListConfig& config)
      : config_(config), buffer_(LineCursor::kBufferBytes) {}

  Result<void> open(std::int64_t /*now_ns*/) override {
    LEAT_TRY_ASSIGN(paths_, match_files(config_.pattern));
    if (paths_.empty()) return no_match(config_.pattern);
    // The only file there is: that it cannot be read is a mistake in the job. One of many is not.
    if (paths_.size() == 1) LEAT_TRY(open_file(paths_.front()));
    return {};
  }

  LineCursor* current(std::int64_t /*now_ns*/, std::vector<FileProblem>& problems) override {
    while (cursor_ == nullptr && next_ < paths_.size()) {
      const auto opened = open_file(paths_[next_]);
      if (!opened.ok()) {
        problems.push_back({paths_[next_], opened.error().to_string()});
        leave(true);
      }
    }
    return cursor_.get();
  }

  bool at_last_end() const override { return true; }

  void pause() override {}

  void leave(bool /*damaged*/) override {
    cursor_ = nullptr;
    last_done_ = paths_[next_++];
  }

  bool ended() const override { return next_ >= paths_.size(); }
  std::optional<std::int64_t> next_check_ns() const override { return std::nullopt; }

  std::string position() const override {
    base::ByteWriter writer;
    writer.u8(kVersion);
    writer.u8(kMode);
    writer.text(last_done_);
    writer.boolean(cursor_ != nullptr);
    if (cursor_ != nullptr) cursor_->mark().write(writer);
    return writer.take();
  }

  Result<void> seek(std::string_view position, std::int64_t /*now_ns*/) override {
    base::ByteReader reader(position);
    const bool ours = reader.u8() == kVersion && reader.u8() == kMode;
    std::string last_done(reader.text());
    const bool inside = reader.boolean();
    FileMark mark;
    if (inside) mark = FileMark::read(reader);
    if (!ours || !reader.ok() || !reader.at_end()) {
      return Error(ErrorCode::kCorrupt,
                   config_.pattern + ": the position is not one of this source");
    }
    cursor_ = nullptr;
    next_ = 0;
    last_done_ = std::move(last_done);
    const std::string& after = inside ? mark.path : last_done_;
    while (next_ < paths_.size() &&
           (inside ? paths_[next_] < after : !after.empty() && paths_[next_] <= after)) {
      ++next_;
    }
    if (!inside) return {};
    if (ended() || paths_[next_] != mark.path) {
      return Error(ErrorCode::kNotFound, "the file that was being read is gone: " + mark.path);
    }
    LEAT_TRY(open_file(mark.path));
    const auto resumed = cursor_->resume(mark);
    if (resumed.ok()) return {};
    return Error(ErrorCode::kCorrupt, "cannot go on where the last run stopped", resumed.error());
  }

 private:
  Result<void> open_file(const std::string& path) {
    LEAT_TRY_ASSIGN(auto file, InputFile::open(path));
    cursor_ = std::make_unique<LineCursor>(config_.cursor, std::move(file), path, buffer_);
    return {};
  }

  FileListConfig config_;
  std::vector<char> buffer_;
  std::vector<std::string> paths_;
  std::size_t next_ = 0;  // the current one, or the next to open
  std::unique_ptr<LineCursor> cursor_;
  std::string last_done_;
};

}  // namespace

std::unique_ptr<FileList> make_once_list(const FileListConfig& config) {
  return std::make_unique<OnceList>(config);
}

}  // namespace leat::file
