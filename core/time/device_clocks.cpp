#include "core/time/device_clocks.h"

#include <algorithm>

#include "core/base/assert.h"

namespace leat::time {

DeviceClocks::DeviceClocks(data::Field device, Options options)
    : options_(options), table_({std::move(device)}) {
  options_.max_devices = std::max<std::size_t>(options_.max_devices, 1);
}

void DeviceClocks::begin(const data::Column& devices, DurationMs listened_ms) {
  const data::Column* columns[] = {&devices};
  table_.intern(columns, devices.size(), ids_);
  if (devices_.size() < table_.capacity()) devices_.resize(table_.capacity());
  listened_ms_ = listened_ms;
}

void DeviceClocks::on_row(std::size_t row, TimestampMs event_time, TimestampMs arrival_ms,
                          bool moves) {
  const data::KeyId id = ids_[row];
  if (!devices_[id].known) {
    join(id);
  } else if (last_heard_ != id) {
    unlink(id);
    link_last(id);
  }
  Device& device = devices_[id];
  device.spoke_ms = listened_ms_;
  device.idle = false;
  if (first_not_idle_ == kNone) first_not_idle_ = id;
  device.lagging =
      options_.max_lag_ms && event_time < base::saturating_add(arrival_ms, -*options_.max_lag_ms);
  if (moves) {
    device.clock = std::max(device.clock, base::saturating_add(event_time, -options_.delay_ms));
  }
  if (device.live() && !device.queued) queue(id);
  settle();
}

// Ids are released only here: a device forgotten in the middle of a batch may speak again in it.
void DeviceClocks::end() {
  // The same device may have been forgotten more than once.
  std::sort(forgotten_.begin(), forgotten_.end());
  forgotten_.erase(std::unique(forgotten_.begin(), forgotten_.end()), forgotten_.end());
  for (const data::KeyId id : forgotten_) {
    if (!devices_[id].known) table_.release(id);
  }
  forgotten_.clear();
}

void DeviceClocks::join(data::KeyId id) {
  if (known_ >= options_.max_devices) forget_longest_silent();
  Device& device = devices_[id];
  device.clock = kMinTimestamp;
  device.known = true;
  device.queued = false;
  ++known_;
  link_last(id);
}

void DeviceClocks::forget_longest_silent() {
  const std::uint32_t id = longest_silent_;
  unlink(id);
  Device& device = devices_[id];
  device.known = false;
  ++device.generation;  // what the heap holds of it is void
  --known_;
  forgotten_.push_back(id);
}

void DeviceClocks::link_last(data::KeyId id) {
  devices_[id].earlier = last_heard_;
  devices_[id].later = kNone;
  if (last_heard_ != kNone) {
    devices_[last_heard_].later = id;
  } else {
    longest_silent_ = id;
  }
  last_heard_ = id;
}

void DeviceClocks::unlink(data::KeyId id) {
  const Device& device = devices_[id];
  if (first_not_idle_ == id) first_not_idle_ = device.later;
  (device.earlier == kNone ? longest_silent_ : devices_[device.earlier].later) = device.later;
  (device.later == kNone ? last_heard_ : devices_[device.later].earlier) = device.earlier;
}

void DeviceClocks::expire(DurationMs listened_ms) {
  listened_ms_ = listened_ms;
  if (!options_.idle_timeout_ms) return;
  while (first_not_idle_ != kNone) {
    Device& device = devices_[first_not_idle_];
    if (listened_ms - device.spoke_ms < *options_.idle_timeout_ms) break;
    device.idle = true;
    first_not_idle_ = device.later;
  }
  settle();
}

std::optional<DurationMs> DeviceClocks::next_expiry_ms() const {
  if (!options_.idle_timeout_ms || first_not_idle_ == kNone) return std::nullopt;
  return base::saturating_add(devices_[first_not_idle_].spoke_ms, *options_.idle_timeout_ms);
}

std::optional<TimestampMs> DeviceClocks::minimum() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at_least;
}

void DeviceClocks::queue(data::KeyId id) {
  // Entries of devices that have left go when they come to the top; a stuck top must not let them
  // pile up.
  if (heap_.size() > 2 * known_ + 64) compact();
  const auto later = [](const Entry& a, const Entry& b) { return a.at_least > b.at_least; };
  heap_.push_back({devices_[id].clock, id, devices_[id].generation});
  std::push_heap(heap_.begin(), heap_.end(), later);
  devices_[id].queued = true;
}

void DeviceClocks::compact() {
  const auto later = [](const Entry& a, const Entry& b) { return a.at_least > b.at_least; };
  std::erase_if(heap_, [&](const Entry& entry) {
    Device& device = devices_[entry.id];
    if (device.generation != entry.generation) return true;
    if (!device.live()) device.queued = false;
    return !device.live();
  });
  std::make_heap(heap_.begin(), heap_.end(), later);
}

// Makes the top of the heap a live device with its true clock.
void DeviceClocks::settle() {
  while (!heap_.empty()) {
    Entry& top = heap_.front();
    Device& device = devices_[top.id];
    const bool current = device.generation == top.generation;
    if (current && device.live()) {
      if (top.at_least == device.clock) return;
      top.at_least = device.clock;
    } else {
      if (current) device.queued = false;
      top = heap_.back();
      heap_.pop_back();
    }
    sift_down_top();
  }
}

void DeviceClocks::sift_down_top() {
  if (heap_.empty()) return;
  const Entry moved = heap_.front();
  std::size_t at = 0;
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].at_least < heap_[child].at_least) ++child;
    if (heap_[child].at_least >= moved.at_least) break;
    heap_[at] = heap_[child];
    at = child;
  }
  heap_[at] = moved;
}

void DeviceClocks::snapshot(base::ByteWriter& out) const {
  out.varint(known_);
  for (std::uint32_t id = longest_silent_; id != kNone; id = devices_[id].later) {
    const Device& device = devices_[id];
    out.text(table_.encoded(id));
    out.i64(device.clock);
    out.u8(static_cast<std::uint8_t>((device.lagging ? 1 : 0) | (device.idle ? 2 : 0)));
  }
}

Result<void> DeviceClocks::restore(base::ByteReader& in) {
  LEAT_ASSERT(known_ == 0);
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = in.text();
    const TimestampMs clock = in.i64();
    const std::uint8_t flags = in.u8();
    if (!in.ok()) break;
    const data::KeyId id = table_.intern_encoded(key);
    if (devices_.size() < table_.capacity()) devices_.resize(table_.capacity());
    const bool idle_after_others = (flags & 2) != 0 && first_not_idle_ != kNone;
    if (devices_[id].known || flags > 3 || idle_after_others) {
      return Error(ErrorCode::kCorrupt, "device clocks: a device twice or an impossible flag");
    }
    join(id);
    Device& device = devices_[id];
    device.clock = clock;
    device.lagging = (flags & 1) != 0;
    device.idle = (flags & 2) != 0;
    if (!device.idle && first_not_idle_ == kNone) first_not_idle_ = id;
    if (device.live()) queue(id);
  }
  end();
  settle();
  return in.finish("device clocks");
}

}  // namespace leat::time
