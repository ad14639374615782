#include "core/runtime/bad_record_log.h"

#include "core/base/text.h"

namespace leat::runtime {
namespace {

constexpr std::size_t kShownBytes = 120;

// Payloads are anything: quoted, and cut at a place that leaves whole characters.
std::string shown(const std::string& payload) {
  std::string text = payload.substr(0, kShownBytes);
  const std::size_t invalid = base::first_invalid_utf8(text);
  const bool cut = payload.size() > kShownBytes || invalid != std::string::npos;
  if (invalid != std::string::npos) text.resize(invalid);
  std::string quoted;
  base::append_json_string(quoted, text);
  if (cut) quoted += "... (" + std::to_string(payload.size()) + " bytes)";
  return quoted;
}

}  // namespace

void BadRecordLog::note(const std::vector<ports::BadRecord>& records, std::int64_t monotonic_ms) {
  if (!log_) return;
  for (const ports::BadRecord& record : records) {
    Reason& reason = reasons_[static_cast<std::size_t>(record.reason)];
    if (reason.said && monotonic_ms - reason.said_at_ms < kQuietMs) {
      ++reason.left_out;
      continue;
    }
    std::string text = source_ + ": set aside as " + std::string(to_string(record.reason));
    if (!record.topic.empty()) text += " (" + record.topic + ")";
    if (!record.detail.empty()) text += ": " + record.detail;
    text += ": " + shown(record.payload);
    if (reason.left_out > 0)
      text += "; " + std::to_string(reason.left_out) + " more since the last";
    log_(env::LogLevel::kWarning, text);
    reason = {true, monotonic_ms, 0};
  }
}

}  // namespace leat::runtime
