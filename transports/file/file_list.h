// Which file is read next: a fixed list of them, or files that grow, come and go.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "transports/file/line_cursor.h"

namespace leat::file {

// Something about a file that is no line of it: it cannot be opened, is damaged, is gone.
struct FileProblem {
  std::string path;
  std::string detail;
};

// One thread. Times are monotonic, in nanoseconds.
class FileList {
 public:
  virtual ~FileList() = default;

  // Finds the files. An error: the path is of no use.
  virtual Result<void> open(std::int64_t now_ns) = 0;
  // The file to read from; the same one until leave() is called. Null: none has anything now.
  virtual LineCursor* current(std::int64_t now_ns, std::vector<FileProblem>& problems) = 0;
  // Whether the end of the current file is the end for good: its last line may then be taken.
  virtual bool at_last_end() const = 0;
  // The current file is at kPause: let others have their turn.
  virtual void pause() = 0;
  // The current file has no more for now; or, `damaged`, for good.
  virtual void leave(bool damaged) = 0;
  // Nothing will come any more.
  virtual bool ended() const = 0;
  // When current() may find something new.
  virtual std::optional<std::int64_t> next_check_ns() const = 0;

  virtual std::string position() const = 0;
  // What became of files since then is reported by the next current().
  virtual Result<void> seek(std::string_view position, std::int64_t now_ns) = 0;
};

struct FileListConfig {
  std::string pattern;
  LineCursorConfig cursor;
};

// Every file that matches when it is opened, in the order of the names, once, to its end. After a
// seek, files whose names come before the one being read are taken as read.
std::unique_ptr<FileList> make_once_list(const FileListConfig& config);

// What is appended, and files that appear. Looks every kFollowIntervalMs whether files have grown
// (ten times as rarely from kManyFiles on), every kRescanMs for new ones. A file renamed, removed
// or replaced is read to its end, and on for kGraceMs after it was last seen to grow, since its
// writer may hold it open; one that has become shorter than what was read of it is read anew.
// Renamed within the pattern, it is not read again. A damaged file is not opened again as long as
// it is that inode. Of more than kMaxFollowed files those that come first by name are followed.
std::unique_ptr<FileList> make_follow_list(const FileListConfig& config);
inline constexpr std::int64_t kFollowIntervalMs = 200;
inline constexpr std::int64_t kRescanMs = 1000;
inline constexpr std::int64_t kGraceMs = 5000;
inline constexpr std::size_t kManyFiles = 64;
inline constexpr std::size_t kMaxFollowed = 512;

}  // namespace leat::file
