// One event-time clock for each device of a source; what holds for the source is their minimum.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/data/key_table.h"

namespace leat::time {

// A device's clock is the largest of its event times, less a delay. A device counts in the minimum
// (it is live) unless
//   - its last reading was older than max_lag on arrival: it comes back with a fresh one;
//   - it has been silent for idle_timeout of listening time: it comes back with any reading;
//   - more than max_devices are known and it has been silent for longest: it is forgotten, and a
//   new
//     device when it speaks again.
// A new device joins with its first reading: that row is judged late or not as any other, by the
// watermark before it, and from then on the device holds the minimum where it is until it has
// caught up. With no live device there is no minimum: the watermark stands.
//
// A row costs O(1), and O(log devices) when it moves the device that holds the minimum: the heap
// keeps lower bounds of the clocks and corrects only its top. One thread.
class DeviceClocks {
 public:
  struct Options {
    DurationMs delay_ms = 0;  // clock = event time - delay
    std::optional<DurationMs> max_lag_ms = std::nullopt;
    std::optional<DurationMs> idle_timeout_ms = std::nullopt;
    std::size_t max_devices = 10'000;
  };

  DeviceClocks(data::Field device, Options options);

  // The devices of the rows that follow; `listened_ms` as IdleTimer has it.
  void begin(const data::Column& devices, DurationMs listened_ms);
  // The next reading. `moves`: whether the device's clock follows it (a punctuated strategy's does
  // not always). Rows of begin()'s column, each once, in order.
  void on_row(std::size_t row, TimestampMs event_time, TimestampMs arrival_ms, bool moves);
  void end();

  // Devices silent for idle_timeout leave.
  void expire(DurationMs listened_ms);
  // The listening time at which expire() has something to do, if nothing is read before.
  std::optional<DurationMs> next_expiry_ms() const;

  // Of the live devices; nullopt without any. May be lower than before: the caller keeps the
  // maximum.
  std::optional<TimestampMs> minimum() const;
  std::size_t known() const { return known_; }

  // Clocks, order of silence, and who has left. Silence starts anew on restore. kCorrupt when the
  // bytes are not ours.
  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Device {
    TimestampMs clock = kMinTimestamp;
    DurationMs spoke_ms = 0;        // listening time
    std::uint32_t earlier = kNone;  // neighbours in the order of silence
    std::uint32_t later = kNone;
    std::uint32_t generation = 0;
    bool known = false;
    bool lagging = false;
    bool idle = false;
    bool queued = false;  // has an entry of this generation in the heap
    bool live() const { return known && !lagging && !idle; }
  };
  struct Entry {
    TimestampMs at_least;  // a lower bound of the device's clock
    std::uint32_t id;
    std::uint32_t generation;
  };

  void join(data::KeyId id);
  void forget_longest_silent();
  void link_last(data::KeyId id);
  void unlink(data::KeyId id);
  void queue(data::KeyId id);
  void settle();
  void sift_down_top();
  void compact();

  Options options_;
  data::KeyTable table_;
  std::vector<Device> devices_;  // by KeyId
  std::vector<Entry> heap_;
  std::uint32_t longest_silent_ = kNone;
  std::uint32_t last_heard_ = kNone;
  std::uint32_t first_not_idle_ = kNone;  // idle devices are the front of the order of silence
  std::size_t known_ = 0;
  std::vector<data::KeyId> ids_;  // of the rows since begin()
  std::vector<data::KeyId> forgotten_;
  DurationMs listened_ms_ = 0;
};

}  // namespace leat::time
