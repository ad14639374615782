#include "transports/file/glob.h"

#include <algorithm>
#include <cerrno>
#include <glob.h>
#include <sys/stat.h>

#include "transports/file/line_writer.h"

namespace leat::file {
namespace {

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The part of the pattern's directory before the first wildcard.
std::string searched_directory(const std::string& pattern) {
  const std::size_t wildcard = pattern.find_first_of("*?[");
  if (wildcard == std::string::npos) return directory_of(pattern);
  return directory_of(pattern.substr(0, wildcard) + "x");
}

}  // namespace

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::vector<std::string>> match_files(const std::string& pattern) {
  struct stat info {};
  if (::stat(pattern.c_str(), &info) == 0) {
    // A name that was written out is kept even if it is a directory, so that opening it says so.
    return std::vector<std::string>{pattern};
  }
  std::vector<std::string> files;
  glob_t found{};
  const int status = ::glob(pattern.c_str(), GLOB_NOSORT | GLOB_ERR, nullptr, &found);
  const int number = errno;
  if (status == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      if (!is_directory(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
    }
  }
  ::globfree(&found);
  if (status == GLOB_ABORTED && number != ENOENT && number != ENOTDIR) {
    return errno_error("search the files", pattern, number);
  }
  if (status == GLOB_NOSPACE) return errno_error("search the files", pattern, ENOMEM);
  std::sort(files.begin(), files.end());
  return files;
}

Error no_match(const std::string& pattern) {
  const std::string directory = searched_directory(pattern);
  const std::string where =
      is_directory(directory) ? "there is none in directory " : "there is no directory ";
  return Error(ErrorCode::kNotFound, "no file matches " + pattern + ": " + where + directory);
}

}  // namespace leat::file
