// What the engine asks of a source: rows when it has some, a word when it has none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/env/clock.h"
#include "core/env/executor.h"

namespace leat::ports {

// Why something that arrived is not a row. Counted by reason; the name goes to `<source>.errors`.
enum class BadReason : std::uint8_t {
  kMalformed,  // not JSON, CSV, ... at all, or a key twice
  kInvalidUtf8,
  kWrongType,  // a field holds what its type does not take
  kMissingField,
  kNonFinite,     // NaN or an infinity
  kBadTimestamp,  // no event time, or one outside the years 0000 to 9999
  kTooLarge,      // over ingest.max_message
  kTooDeep,
  kTopicMismatch,  // the topic does not bind the declared fields
};
inline constexpr std::size_t kBadReasons = 9;
// "malformed", "invalid_utf8", ...
std::string_view to_string(BadReason reason);

// A message, or one reading of it, that was set aside.
struct BadRecord {
  std::string payload;  // cut to 64 KiB
  std::string topic;    // or the file's name
  BadReason reason = BadReason::kMalformed;
  std::string detail;  // for the log: which field, what was found
  TimestampMs received_ms = 0;
  std::size_t before_row = 0;  // how many rows of the SourceBatch came before it
};

// Filled by Source::poll. `rows` has the source's schema; its event_times hold each row's time of
// arrival, its watermarks are unused. The engine computes event times and watermarks from it.
struct SourceBatch {
  data::Batch rows;
  std::vector<BadRecord> bad;
  std::uint64_t topic_differences = 0;  // a {name} of the topic that the payload gave otherwise
  std::uint64_t shed = 0;
};

enum class SourceStatus {
  kMore,   // there may be more right now: poll again
  kQuiet,  // nothing now; the waker will be called when there is
  kEnded,  // a bounded source is through; never polled again
};

struct SourceContext {
  env::Waker* waker = nullptr;  // wakes the task that polls
  const env::Clock* clock = nullptr;
};

// Used by the task's thread only, except what an implementation does behind it. A bad record is
// data, not an error: an error from poll() fails the task.
class Source {
 public:
  virtual ~Source() = default;

  // Before the first poll. Connecting may go on in the background: a peer that is away is no error.
  virtual Result<void> open(const SourceContext& context) = 0;

  // Appends at most `max_rows` rows (a message that holds more is not split: it may exceed them) to
  // an empty `out`. Never blocks.
  virtual Result<SourceStatus> poll(std::size_t max_rows, SourceBatch& out) = 0;

  // The job has taken everything polled so far: what came with an acknowledgement may be
  // acknowledged now.
  virtual void acknowledge() {}

  // Whether silence means that there is nothing: false while disconnected. Idleness counts only
  // while it is true.
  virtual bool connected() const { return true; }

  // When the source wants to be polled again though nobody wakes it: a time of the context's
  // now_ms(), to be asked for anew after each poll that was quiet. Nothing: only the waker counts.
  // An earlier poll does no harm.
  virtual std::optional<TimestampMs> wake_at_ms() const { return std::nullopt; }

  // Where the next poll reads, for a checkpoint; empty when it cannot be read again.
  virtual std::string position() const { return {}; }
  // After open() and before the first poll. kCorrupt when the position is not one of this source.
  virtual Result<void> seek(std::string_view /*position*/) { return {}; }

  // No poll follows. Waits for nothing.
  virtual void close() {}
};

}  // namespace leat::ports
