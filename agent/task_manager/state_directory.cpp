#include "agent/task_manager/state_directory.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/random.h>
#include <unistd.h>

namespace leat::task_manager {
namespace {

constexpr std::size_t kOwnerLength = 16;

bool is_owner(const std::string& text) {
  return text.size() == kOwnerLength &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<std::string> random_owner() {
  std::array<std::uint8_t, kOwnerLength / 2> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return io_error(std::string("no random bytes: ") + std::strerror(errno));
  }
  std::string owner;
  for (const std::uint8_t byte : bytes) {
    owner += "0123456789abcdef"[byte >> 4];
    owner += "0123456789abcdef"[byte & 15];
  }
  return owner;
}

// The file appears whole or not at all, also when two runs make it at the same time: the first
// wins.
Result<void> publish(const std::string& path, const std::string& text) {
  const std::string draft = path + "." + std::to_string(::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return io_error(draft + ": cannot be written: " + std::strerror(errno));
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  const bool linked = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int link_error = errno;
  ::unlink(draft.c_str());
  if (!linked) {
    return io_error(path + ": cannot be written: " + std::strerror(written ? link_error : error));
  }
  return {};
}

}  // namespace

Result<std::string> owner_of_state(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return io_error(directory + ": cannot be made: " + error.message());
  const std::string path = directory + "/owner";
  if (!std::filesystem::exists(path, error)) {
    LEAT_TRY_ASSIGN(const std::string owner, random_owner());
    LEAT_TRY(publish(path, owner + "\n"));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!is_owner(text)) {
    return Error(ErrorCode::kCorrupt, path +
                                          ": is not the owner of a state directory; move it "
                                          "away to begin with a new one");
  }
  return text;
}

}  // namespace leat::task_manager
