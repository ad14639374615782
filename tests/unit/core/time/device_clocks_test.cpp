#include "core/time/device_clocks.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "core/env/clock.h"

namespace leat::time {
namespace {

// Feeds one reading at a time.
class Clocks {
 public:
  explicit Clocks(DeviceClocks::Options options) : clocks_({"id", data::kString}, options) {}

  std::optional<TimestampMs> read(const data::Value& device, TimestampMs event_time,
                                  TimestampMs arrival_ms = 0, DurationMs listened_ms = 0,
                                  bool moves = true) {
    data::Column column(data::kString);
    column.append_value(device);
    clocks_.begin(column, listened_ms);
    clocks_.on_row(0, event_time, arrival_ms, moves);
    clocks_.end();
    return clocks_.minimum();
  }
  DeviceClocks& operator*() { return clocks_; }
  DeviceClocks* operator->() { return &clocks_; }

 private:
  DeviceClocks clocks_;
};

TEST(DeviceClocks, TheMinimumOfTheLargestTimes) {
  Clocks clocks({.delay_ms = 1});
  EXPECT_EQ(clocks->minimum(), std::nullopt);
  EXPECT_EQ(clocks.read("a", 100), 99);
  EXPECT_EQ(clocks.read("b", 50), 49);  // b joins behind
  EXPECT_EQ(clocks.read("a", 200), 49);
  EXPECT_EQ(clocks.read("b", 40), 49);  // out of order: b stays
  EXPECT_EQ(clocks.read("b", 300), 199);
  EXPECT_EQ(clocks.read(data::Value(), 10), 9);  // null is a device like any other
  EXPECT_EQ(clocks->known(), 3u);
}

TEST(DeviceClocks, ALaggardLeavesAndComesBack) {
  Clocks clocks({.delay_ms = 1, .max_lag_ms = 1'000});
  clocks.read("a", 10'000, 10'000);
  EXPECT_EQ(clocks.read("b", 9'000, 10'000), 8'999);   // exactly max_lag old: still in
  EXPECT_EQ(clocks.read("b", 9'001, 10'002), 9'999);   // older: out
  EXPECT_EQ(clocks.read("b", 9'500, 10'400), 9'499);   // fresh again
  EXPECT_EQ(clocks.read("b", 1, 10'500), 9'999);       // out by a single old reading
  EXPECT_EQ(clocks.read("b", 10'400, 10'500), 9'999);  // back, ahead of a
}

TEST(DeviceClocks, WithOnlyLaggardsThereIsNoMinimum) {
  Clocks clocks({.delay_ms = 1, .max_lag_ms = 1'000});
  EXPECT_EQ(clocks.read("a", 0, 10'000), std::nullopt);
  EXPECT_EQ(clocks.read("b", 9'999, 10'000), 9'998);
}

TEST(DeviceClocks, ASilentDeviceLeavesAfterTheTimeout) {
  Clocks clocks({.delay_ms = 1, .idle_timeout_ms = 500});
  clocks.read("dead", 100, 0, 0);
  clocks.read("a", 1'000, 0, 100);
  EXPECT_EQ(clocks->next_expiry_ms(), 500);
  clocks->expire(499);
  EXPECT_EQ(clocks->minimum(), 99);
  clocks->expire(500);
  EXPECT_EQ(clocks->minimum(), 999);
  EXPECT_EQ(clocks->next_expiry_ms(), 600);
  EXPECT_EQ(clocks.read("dead", 1'100, 0, 550), 999);  // back
  EXPECT_EQ(clocks.read("a", 1'200, 0, 560), 1'099);
  clocks->expire(10'000);
  EXPECT_EQ(clocks->minimum(), std::nullopt);
  EXPECT_EQ(clocks->next_expiry_ms(), std::nullopt);
  EXPECT_EQ(clocks->known(), 2u);
}

TEST(DeviceClocks, TheOnesSilentForLongestAreForgotten) {
  Clocks clocks({.delay_ms = 1, .max_devices = 2});
  clocks.read("a", 100);
  clocks.read("b", 200);
  clocks.read("a", 110);
  EXPECT_EQ(clocks.read("c", 300), 109);  // b goes, silent for longer than a
  EXPECT_EQ(clocks->known(), 2u);
  EXPECT_EQ(clocks.read("b", 50), 49);    // a goes; b is new: its old clock (199) is forgotten
  EXPECT_EQ(clocks.read("d", 400), 49);   // c goes
  EXPECT_EQ(clocks.read("e", 500), 399);  // b goes, which held the minimum
}

TEST(DeviceClocks, ADeviceForgottenInABatchMaySpeakAgainInIt) {
  DeviceClocks clocks({"id", data::kString}, {.delay_ms = 1, .max_devices = 1});
  data::Column devices(data::kString);
  for (const char* id : {"a", "b", "a", "b", "a"}) devices.append_text(id);
  clocks.begin(devices, 0);
  for (std::size_t row = 0; row < 5; ++row) {
    clocks.on_row(row, 100 - static_cast<TimestampMs>(row), 0, true);
    EXPECT_EQ(clocks.minimum(), 99 - static_cast<TimestampMs>(row));
  }
  clocks.end();
  EXPECT_EQ(clocks.known(), 1u);
}

TEST(DeviceClocks, AReadingThatDoesNotMoveTheClockIsASignOfLife) {
  Clocks clocks({.idle_timeout_ms = 500});
  EXPECT_EQ(clocks.read("a", 100, 0, 0, false), kMinTimestamp);  // no clock yet: holds everything
  EXPECT_EQ(clocks.read("a", 200, 0, 0, true), 200);
  clocks.read("a", 300, 0, 400, false);
  clocks->expire(500);
  EXPECT_EQ(clocks->minimum(), 200);
}

TEST(DeviceClocks, NewDevicesForEverDoNotGrowTheHeap) {
  Clocks clocks({.delay_ms = 1, .max_devices = 10});
  for (int i = 0; i < 20'000; ++i) clocks.read("d" + std::to_string(i), 1'000'000 + i);
  EXPECT_EQ(clocks->known(), 10u);
  EXPECT_EQ(clocks->minimum(), 1'000'000 + 19'990 - 1);
}

// The same against a plain model: a map, and the minimum found by looking at every device.
class Model {
 public:
  explicit Model(DeviceClocks::Options options) : options_(options) {}
  void read(const std::string& id, TimestampMs time, TimestampMs arrival, DurationMs listened) {
    if (devices_.count(id) == 0 && devices_.size() >= options_.max_devices) {
      devices_.erase(std::min_element(
          devices_.begin(), devices_.end(),
          [](const auto& a, const auto& b) { return a.second.order < b.second.order; }));
    }
    Device& device = devices_[id];
    device.clock = std::max(device.clock, time - options_.delay_ms);
    device.lagging = time < arrival - *options_.max_lag_ms;
    device.idle = false;
    device.spoke = listened;
    device.order = ++order_;
  }
  void expire(DurationMs listened) {
    for (auto& [id, device] : devices_) {
      if (listened - device.spoke >= *options_.idle_timeout_ms) device.idle = true;
    }
  }
  std::optional<TimestampMs> minimum() const {
    std::optional<TimestampMs> lowest;
    for (const auto& [id, device] : devices_) {
      if (device.idle || device.lagging) continue;
      lowest = lowest ? std::min(*lowest, device.clock) : device.clock;
    }
    return lowest;
  }

 private:
  struct Device {
    TimestampMs clock = kMinTimestamp;
    bool lagging = false;
    bool idle = false;
    DurationMs spoke = 0;
    int order = 0;
  };
  DeviceClocks::Options options_;
  std::map<std::string, Device> devices_;
  int order_ = 0;
};

TEST(DeviceClocks, AgreesWithAPlainModel) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    env::SeededRandom random(seed);
    const DeviceClocks::Options options{
        .delay_ms = 3, .max_lag_ms = 40, .idle_timeout_ms = 30, .max_devices = 8};
    Clocks clocks(options);
    Model model(options);
    DurationMs listened = 0;
    TimestampMs arrival = 1'000;
    for (int step = 0; step < 3'000; ++step) {
      arrival += static_cast<TimestampMs>(random.next() % 4);
      listened += static_cast<DurationMs>(random.next() % 3);
      if (random.next() % 5 == 0) {
        clocks->expire(listened);
        model.expire(listened);
      } else {
        const std::string id = "d" + std::to_string(random.next() % 12);
        const TimestampMs time = arrival - static_cast<TimestampMs>(random.next() % 50);
        clocks.read(id, time, arrival, listened);
        model.read(id, time, arrival, listened);
      }
      ASSERT_EQ(clocks->minimum(), model.minimum()) << "seed " << seed << " step " << step;
    }
  }
}

TEST(DeviceClocks, ARestoredOneGoesOnAsIfNothingHadHappened) {
  const DeviceClocks::Options options{.delay_ms = 1, .max_lag_ms = 1'000, .max_devices = 3};
  Clocks clocks(options);
  clocks.read("a", 100, 100);
  clocks.read("lagging", 200, 9'000);
  clocks.read("b", 300, 300);
  base::ByteWriter out;
  clocks->snapshot(out);
  Clocks restored(options);
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(restored->restore(in).ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(restored->minimum(), 99);
  base::ByteWriter again;
  restored->snapshot(again);
  EXPECT_EQ(again.bytes(), out.bytes());
  for (Clocks* one : {&clocks, &restored}) {
    EXPECT_EQ(one->read("c", 400, 400), 299);  // a, silent for longest, is forgotten
    EXPECT_EQ(one->read("lagging", 500, 500), 299);
  }
}

TEST(DeviceClocks, WhoHasLeftStaysOutAfterARestore) {
  const DeviceClocks::Options options{.delay_ms = 1, .idle_timeout_ms = 500};
  Clocks clocks(options);
  clocks.read("dead", 100, 0, 0);
  clocks.read("a", 1'000, 0, 400);
  clocks->expire(600);
  base::ByteWriter out;
  clocks->snapshot(out);
  Clocks restored(options);
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(restored->restore(in).ok());
  EXPECT_EQ(restored->minimum(), 999);
  restored->expire(499);  // silence starts anew
  EXPECT_EQ(restored->minimum(), 999);
  EXPECT_EQ(restored.read("dead", 200, 0, 499), 199);
}

TEST(DeviceClocks, BrokenStateIsRefused) {
  const DeviceClocks::Options options{.delay_ms = 1};
  Clocks clocks(options);
  clocks.read("a", 100);
  clocks.read("b", 200);
  base::ByteWriter out;
  clocks->snapshot(out);
  const std::string whole = out.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Clocks restored(options);
    const std::string cut = whole.substr(0, size);
    base::ByteReader in(cut);
    EXPECT_FALSE(restored->restore(in).ok()) << size;
  }
  std::string twice = whole;
  twice[0] = 4;
  twice += whole.substr(1);
  Clocks restored(options);
  base::ByteReader in(twice);
  EXPECT_EQ(restored->restore(in).error().code(), ErrorCode::kCorrupt);
  std::string flag = whole;
  flag.back() = 4;
  Clocks flagged(options);
  base::ByteReader flags(flag);
  EXPECT_EQ(flagged->restore(flags).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leat::time
