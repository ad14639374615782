#include "agent/cli/job_input.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace leat::cli {
namespace {

// More than any job file; a device or a log named by mistake ends here.
constexpr std::size_t kLargestBytes = std::size_t{16} << 20;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

}  // namespace

Result<std::string> read_text(const std::string& path) {
  std::unique_ptr<std::FILE, CloseFile> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return io_error(path + ": cannot be opened: " + std::strerror(errno));
  std::string text;
  char buffer[65536];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, size);
    if (text.size() > kLargestBytes) {
      return Error(ErrorCode::kLimit, path + ": is larger than 16 MiB; is it a job file?");
    }
  }
  if (std::ferror(file.get()) != 0) {
    return io_error(path + ": cannot be read: " + std::strerror(errno));
  }
  return text;
}

std::optional<job::JobGraph> read_job(const std::string& path) {
  const Result<std::string> text = read_text(path);
  if (!text.ok()) {
    std::fprintf(stderr, "leat: %s\n", text.error().to_string().c_str());
    return std::nullopt;
  }
  job::LoadResult loaded = job::load_job(*text, [](std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
  for (const job::Diagnostic& diagnostic : loaded.diagnostics) {
    std::fprintf(stderr, "%s\n", job::to_string(diagnostic, path).c_str());
  }
  return std::move(loaded.graph);
}

}  // namespace leat::cli
