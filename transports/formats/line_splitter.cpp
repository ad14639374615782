#include "transports/formats/line_splitter.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::formats {
namespace {

constexpr std::size_t kKeptOfTooLarge = 64 << 10;
constexpr std::size_t kNone = std::string_view::npos;

constexpr std::size_t kMaxLimit = 1 << 30;

}  // namespace

LineSplitter::LineSplitter(const LineSplitterConfig& config) : config_(config) {
  config_.max_line_bytes = std::min(config_.max_line_bytes, kMaxLimit);
}

void LineSplitter::feed(std::string_view chunk) {
  LEAT_ASSERT(rest_.empty());
  rest_ = chunk;
}

void LineSplitter::reset() {
  rest_ = {};
  carry_.clear();
  carry_handed_out_ = false;
  skipping_ = false;
  in_quotes_ = false;
  field_start_ = true;
  pending_bytes_ = 0;
}

bool LineSplitter::next(Line& line) {
  if (carry_handed_out_) {
    carry_.clear();
    carry_handed_out_ = false;
  }
  if (rest_.empty()) return false;
  const std::size_t end = find_end();
  if (end == kNone) {
    keep(rest_);
    rest_ = {};
    return false;
  }
  const std::string_view part = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  hand_out(part, true, line);
  return true;
}

bool LineSplitter::finish(Line& line) {
  if (carry_handed_out_) {
    carry_.clear();
    carry_handed_out_ = false;
  }
  LEAT_ASSERT(rest_.empty());
  if (pending_bytes_ == 0) return false;
  hand_out({}, false, line);
  return true;
}

// Where the current line ends in rest_.
std::size_t LineSplitter::find_end() {
  if (!config_.csv_quotes || skipping_) return rest_.find('\n');
  // One byte more than the limit for a CR. pending_bytes_ is within that while not skipping.
  const auto room = static_cast<std::size_t>(config_.max_line_bytes + 1 - pending_bytes_);
  const std::size_t end = find_record_end(rest_.substr(0, room + 1));
  if (end != kNone || rest_.size() <= room) return end;
  skipping_ = true;
  return rest_.find('\n', room);
}

// `part` is scanned once: the state goes on in the next chunk.
std::size_t LineSplitter::find_record_end(std::string_view part) {
  if (!in_quotes_) {
    const std::size_t end = part.find('\n');
    const std::string_view line = part.substr(0, end);
    if (line.find('"') == kNone) {
      if (!line.empty()) field_start_ = line.back() == config_.csv_delimiter;
      return end;
    }
  }
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (c == '"') {
      // A doubled quote closes and opens again: after a closing quote only a delimiter or a line
      // end may follow, so treating it as a field start is harmless.
      in_quotes_ = !in_quotes_ && field_start_;
      field_start_ = true;
    } else if (!in_quotes_) {
      if (c == '\n') return i;
      field_start_ = c == config_.csv_delimiter;
    }
  }
  return kNone;
}

void LineSplitter::keep(std::string_view part) {
  pending_bytes_ += part.size();
  if (!skipping_ && pending_bytes_ <= config_.max_line_bytes + 1) {
    carry_.append(part);
    return;
  }
  skipping_ = true;
  const std::size_t kept = std::min(config_.max_line_bytes, kKeptOfTooLarge);
  if (carry_.size() < kept) carry_.append(part.substr(0, kept - carry_.size()));
  carry_.resize(std::min(carry_.size(), kept));
}

void LineSplitter::hand_out(std::string_view part, bool has_end, Line& line) {
  line.bytes = pending_bytes_ + part.size() + (has_end ? 1 : 0);
  if (pending_bytes_ > 0) {
    keep(part);
    carry_handed_out_ = true;
    part = carry_;
  }
  if (has_end && !skipping_ && !part.empty() && part.back() == '\r') part.remove_suffix(1);
  line.too_large = skipping_ || part.size() > config_.max_line_bytes;
  if (line.too_large) part = part.substr(0, std::min(config_.max_line_bytes, kKeptOfTooLarge));
  line.text = part;
  skipping_ = false;
  in_quotes_ = false;
  field_start_ = true;
  pending_bytes_ = 0;
}

}  // namespace leat::formats
