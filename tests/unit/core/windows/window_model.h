// What window operators have to do, written down from the definitions without a thought for speed:
// every window keeps its rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/windows/window_config.h"
#include "tests/harness/operator_harness.h"

namespace leat::windows {

// A row (id string, n bigint, x double); n counts the rows of a run.
struct ModelRow {
  data::Value id;
  std::int64_t n = 0;
  TimestampMs time = 0;
};

class WindowModel {
 public:
  explicit WindowModel(const WindowConfig& config) : config_(config) {}
  virtual ~WindowModel() = default;

  void play(const std::vector<harness::Step>& steps) {
    for (const harness::Step& step : steps) {
      if (step.kind == harness::Step::Kind::kWatermark) {
        if (step.amount <= watermark_) continue;
        advance(step.amount);
        watermark_ = step.amount;
      } else if (step.kind == harness::Step::Kind::kEnd) {
        advance(kMaxTimestamp);
        watermark_ = kMaxTimestamp;
        end();
      } else {
        take({step.row.values[0], std::get<std::int64_t>(step.row.values[1].held),
              step.row.event_time});
      }
    }
  }

  std::vector<harness::Row> results;
  std::vector<ModelRow> late;
  std::uint64_t filtered = 0;

 protected:
  virtual void take(const ModelRow& row) = 0;
  virtual void advance(TimestampMs watermark) = 0;
  virtual void end() {}

  bool reached(TimestampMs end) const { return end - 1 <= watermark_; }
  bool over(TimestampMs end, TimestampMs watermark) const {
    return base::saturating_add(end - 1, config_.allowed_lateness_ms) <= watermark;
  }

  // sum(n), count(*), first(n), last(n), collect_list(n).
  static void append_aggregates(const std::vector<ModelRow>& rows, harness::Row& out) {
    std::int64_t sum = 0;
    data::Value::List list;
    for (const ModelRow& row : rows) {
      sum += row.n;
      list.push_back(row.n);
    }
    out.values.push_back(sum);
    out.values.push_back(static_cast<std::int64_t>(rows.size()));
    out.values.push_back(rows.front().n);
    out.values.push_back(rows.back().n);
    out.values.push_back(list);
  }

  // Null, then bytes.
  static bool key_less(const data::Value& a, const data::Value& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && !b.is_null();
    return std::get<std::string>(a.held) < std::get<std::string>(b.held);
  }

  WindowConfig config_;
  TimestampMs watermark_ = kMinTimestamp;
};

// Tumbling, sliding and session windows: windows with a start and an end.
class TimeWindowModel : public WindowModel {
 public:
  using WindowModel::WindowModel;

 protected:
  struct Window {
    data::Value id;
    TimestampMs start = 0;
    TimestampMs end = 0;
    std::vector<ModelRow> rows;
  };

  void fire(const Window& window) {
    harness::Row out = harness::row({window.id, window.start, window.end}, window.end - 1);
    append_aggregates(window.rows, out);
    results.push_back(out);
  }

  void advance(TimestampMs watermark) override {
    std::stable_sort(windows_.begin(), windows_.end(), [](const Window& a, const Window& b) {
      return a.end != b.end ? a.end < b.end : key_less(a.id, b.id);
    });
    for (const Window& window : windows_) {
      if (!reached(window.end) && window.end - 1 <= watermark) fire(window);
    }
    std::erase_if(windows_, [&](const Window& w) { return over(w.end, watermark); });
  }

  std::vector<Window> windows_;
};

class SlidingModel final : public TimeWindowModel {
 public:
  using TimeWindowModel::TimeWindowModel;

 protected:
  void take(const ModelRow& row) override {
    bool belongs = false;
    bool in_time = false;
    // Every start that could hold it, by trying.
    TimestampMs start = config_.offset_ms;
    while (start > row.time) start -= config_.slide_ms;
    while (start + config_.slide_ms <= row.time) start += config_.slide_ms;
    while (start + config_.size_ms > row.time) start -= config_.slide_ms;
    for (start += config_.slide_ms; start <= row.time; start += config_.slide_ms) {
      const TimestampMs end = start + config_.size_ms;
      if (end <= row.time) continue;
      belongs = true;
      if (over(end, watermark_)) continue;
      in_time = true;
      auto window = std::find_if(windows_.begin(), windows_.end(), [&](const Window& w) {
        return w.start == start && w.id == row.id;
      });
      if (window == windows_.end()) {
        windows_.push_back({row.id, start, end, {}});
        window = std::prev(windows_.end());
      }
      window->rows.push_back(row);
      if (reached(end)) fire(*window);
    }
    if (!belongs) ++filtered;
    if (belongs && !in_time) late.push_back(row);
  }
};

class SessionModel final : public TimeWindowModel {
 public:
  using TimeWindowModel::TimeWindowModel;

 protected:
  void take(const ModelRow& row) override {
    Window merged{row.id, row.time, row.time + config_.gap_ms, {row}};
    const auto touches = [&](const Window& w) {
      return w.id == row.id && w.start <= row.time + config_.gap_ms && row.time <= w.end;
    };
    for (const Window& window : windows_) {
      if (!touches(window)) continue;
      merged.start = std::min(merged.start, window.start);
      merged.end = std::max(merged.end, window.end);
      merged.rows.insert(merged.rows.end(), window.rows.begin(), window.rows.end());
    }
    if (over(merged.end, watermark_)) {
      late.push_back(row);
      return;
    }
    std::erase_if(windows_, touches);
    // In the order of arrival, which n counts.
    std::sort(merged.rows.begin(), merged.rows.end(),
              [](const ModelRow& a, const ModelRow& b) { return a.n < b.n; });
    windows_.push_back(merged);
    if (reached(merged.end)) fire(merged);
  }
};

class CountModel final : public WindowModel {
 public:
  using WindowModel::WindowModel;

 protected:
  struct KeyLess {
    bool operator()(const data::Value& a, const data::Value& b) const { return key_less(a, b); }
  };

  void take(const ModelRow& row) override {
    newest_ = std::max(newest_, row.time);
    std::vector<ModelRow>& rows = rows_[row.id];
    rows.push_back(row);
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::int64_t next = (count + config_.count_slide - 1) / config_.count_slide;
    if (count <= next * config_.count_slide - config_.count_size) ++filtered;
    if (count % config_.count_slide == 0) fire(row.id, next, row.time);
  }
  void advance(TimestampMs watermark) override {
    if (watermark != kMaxTimestamp) announced_ = watermark;
  }
  void end() override {
    const TimestampMs at = std::max(newest_, base::saturating_add(announced_, 1));
    for (const auto& [id, rows] : rows_) {
      const auto count = static_cast<std::int64_t>(rows.size());
      if (count % config_.count_slide != 0) fire(id, count / config_.count_slide + 1, at);
    }
  }
  // Window k: rows k * slide - size to k * slide, as far as there are any.
  void fire(const data::Value& id, std::int64_t window, TimestampMs event_time) {
    const std::vector<ModelRow>& rows = rows_[id];
    std::vector<ModelRow> in;
    for (std::int64_t i = window * config_.count_slide - config_.count_size;
         i < window * config_.count_slide; ++i) {
      if (i >= 0 && i < static_cast<std::int64_t>(rows.size())) {
        in.push_back(rows[static_cast<std::size_t>(i)]);
      }
    }
    if (in.empty()) return;
    harness::Row out = harness::row({id}, event_time);
    append_aggregates(in, out);
    results.push_back(out);
  }

  std::map<data::Value, std::vector<ModelRow>, KeyLess> rows_;
  TimestampMs newest_ = kMinTimestamp;
  TimestampMs announced_ = kMinTimestamp;
};

}  // namespace leat::windows
