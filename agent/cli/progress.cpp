#include "agent/cli/progress.h"

#include <algorithm>

#include "core/base/text.h"

namespace leat::cli {
namespace {

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string span_text(DurationMs duration_ms) {
  const std::int64_t seconds = duration_ms / 1000;
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " d";
}

}  // namespace

std::string Progress::line(const std::vector<runtime::NodeStatus>& status, TimestampMs now_ms,
                           std::int64_t monotonic_ms) {
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  TimestampMs watermark = kMaxTimestamp;
  for (const runtime::NodeStatus& node : status) {
    if (node.spec->role == job::Role::kSource) {
      rows_in += node.source.received.get();
      watermark = std::min(watermark, node.watermark);
    }
    if (node.spec->role == job::Role::kSink) rows_out += node.sink.emitted.get();
  }
  const std::int64_t since_ms = at_ms_ < 0 ? 0 : std::max<std::int64_t>(monotonic_ms - at_ms_, 1);
  const auto rate = [&](std::uint64_t now, std::uint64_t before) {
    return since_ms == 0 ? 0 : (now - before) * 1000 / static_cast<std::uint64_t>(since_ms);
  };
  std::string text = "in " + grouped(rows_in) + " (" + grouped(rate(rows_in, rows_in_)) +
                     "/s)  out " + grouped(rows_out) + " (" + grouped(rate(rows_out, rows_out_)) +
                     "/s)";
  if (watermark == kMinTimestamp) {
    text += "  watermark none yet";
  } else if (watermark < base::kMaxEventTime) {
    text += "  watermark " + base::format_iso8601(watermark) + "  lag " +
            span_text(std::max<DurationMs>(now_ms - watermark, 0));
  }
  rows_in_ = rows_in;
  rows_out_ = rows_out;
  at_ms_ = monotonic_ms;
  return text;
}

}  // namespace leat::cli
