// Windows against the loops one would write by hand, fed the same rows in the same process. Ends
// with a table of ratios (higher is better; 1 is the speed of the other side).
//
// Every batch has 512 rows; the watermark follows each row, 5 s behind the newest one.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <time.h>
#include <tsl/robin_map.h>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/windows/window_operator.h"

namespace leat::windows {
namespace {

constexpr std::size_t kBatchRows = 512;

enum class KeyForm { kText, kCoded, kInteger };

struct Traffic {
  KeyForm form = KeyForm::kText;
  std::size_t keys = 10'000;
  std::size_t rows_per_ms = 100;
  std::size_t seconds = 150;  // of event time
  std::size_t rows() const { return seconds * 1000 * rows_per_ms; }
};

data::SchemaPtr input_schema(KeyForm form) {
  return data::make_schema(
      {{"id", form == KeyForm::kInteger ? data::kBigint : data::kString}, {"x", data::kDouble}});
}

// The batches of a run, some at a time: pseudo-random keys, times in disorder by up to 4 s. Keys
// and values repeat after a while, times do not.
class Feed {
 public:
  explicit Feed(const Traffic& traffic) : traffic_(traffic) {
    std::vector<std::string> names;
    for (std::size_t key = 0; key < traffic.keys; ++key) {
      char text[32];
      std::snprintf(text, sizeof text, "sensor-%06zu", key);
      names.emplace_back(text);
    }
    const data::SchemaPtr schema = input_schema(traffic.form);
    for (std::size_t b = 0; b < kPatterns; ++b) {
      data::Batch& batch = patterns_.emplace_back(schema);
      for (std::size_t i = 0; i < kBatchRows; ++i) append(batch, random() % traffic.keys, names);
    }
  }

  // The next block; false at the end of the run.
  bool next(std::vector<data::Batch>& block) {
    block.clear();
    while (block.size() < kBlock && row_ < traffic_.rows()) {
      block.push_back(patterns_[batch_++ % kPatterns]);
      stamp(block.back());
    }
    return !block.empty();
  }

 private:
  static constexpr std::size_t kPatterns = 256;
  static constexpr std::size_t kBlock = 32;

  void append(data::Batch& batch, std::size_t key, const std::vector<std::string>& names) {
    data::Column& id = batch.columns[0];
    switch (traffic_.form) {
      case KeyForm::kText:
        id.append_text(names[key]);
        break;
      case KeyForm::kCoded:
        id.append_text(names[key], 1, static_cast<std::uint32_t>(key));
        break;
      case KeyForm::kInteger:
        id.append_int64(static_cast<std::int64_t>(key));
        break;
    }
    batch.columns[1].append_double(static_cast<double>(random() % 10'000) / 100);
  }

  void stamp(data::Batch& batch) {
    batch.watermark_before = watermark_;
    batch.event_times.resize(kBatchRows);
    batch.watermarks.resize(kBatchRows);
    for (std::size_t i = 0; i < kBatchRows; ++i, ++row_) {
      const std::uint64_t bits = random();
      const auto now = static_cast<TimestampMs>(row_ / traffic_.rows_per_ms);
      batch.event_times[i] = now - delay_ms(bits);
      watermark_ = std::max(watermark_, batch.event_times[i] - 5001);
      batch.watermarks[i] = watermark_;
    }
  }

  static TimestampMs delay_ms(std::uint64_t bits) {
    if (bits % 64 == 0) return static_cast<TimestampMs>(bits / 64 % 4000);
    if (bits % 8 == 0) return static_cast<TimestampMs>(bits / 64 % 500);
    return 0;
  }

  std::uint64_t random() {  // xorshift64, Marsaglia 2003
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

  Traffic traffic_;
  std::uint64_t state_ = 88172645463325252;
  std::vector<data::Batch> patterns_;
  std::size_t batch_ = 0;
  std::size_t row_ = 0;
  TimestampMs watermark_ = kMinTimestamp;
};

// Of this thread alone, so that others on the machine do not count.
double thread_time_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Runs `consume(batch)` over the feed; only that is timed.
template <class Consume>
void run_timed(benchmark::State& state, Feed& feed, Consume&& consume) {
  double spent_s = 0;
  std::size_t rows = 0;
  std::vector<data::Batch> block;
  while (feed.next(block)) {
    const double start_s = thread_time_s();
    for (data::Batch& batch : block) {
      rows += batch.rows();
      consume(batch);
    }
    spent_s += thread_time_s() - start_s;
  }
  state.SetIterationTime(spent_s);
  state.SetItemsProcessed(state.items_processed() + static_cast<std::int64_t>(rows));
}

class Discard final : public operators::Output {
 public:
  void emit(std::size_t output, data::Batch&& batch) override { rows[output] += batch.rows(); }
  std::size_t rows[3] = {0, 0, 0};
};

WindowConfig make_config(KeyForm form, DurationMs size_ms, DurationMs slide_ms) {
  WindowConfig config;
  config.shape = size_ms == slide_ms ? WindowShape::kTumbling : WindowShape::kSliding;
  config.size_ms = size_ms;
  config.slide_ms = slide_ms;
  const data::SchemaPtr schema = input_schema(form);
  expression::CompileError error;
  auto key = expression::Expression::compile("id", *schema, error);
  LEAT_ASSERT(key.has_value());
  config.key.push_back({"id", std::move(*key)});
  for (const auto* text : {"count(*)", "sum(x)", "min(x)", "max(x)"}) {
    auto aggregate = compile_aggregate(text, text, *schema, error);
    LEAT_ASSERT(aggregate.has_value());
    config.aggregates.push_back(std::move(*aggregate));
  }
  return config;
}

void run_windows(benchmark::State& state, const Traffic& traffic, DurationMs size_ms,
                 DurationMs slide_ms) {
  const WindowConfig config = make_config(traffic.form, size_ms, slide_ms);
  const data::SchemaPtr input = input_schema(traffic.form);
  std::vector<data::Field> errors = input->fields();
  errors.push_back({"reason", data::kString});
  for (auto _ : state) {
    Feed feed(traffic);
    const auto windows = make_window_operator(
        config, input, {window_schema(config), data::make_schema(errors), input});
    Discard out;
    run_timed(state, feed, [&](data::Batch& batch) {
      const auto done = windows->process(0, std::move(batch), out);
      LEAT_ASSERT(done.ok());
    });
    LEAT_ASSERT(out.rows[1] == 0 && out.rows[2] == 0);
    state.counters["results"] = static_cast<double>(out.rows[0]);
  }
}

struct Acc {
  std::int64_t count = 0;
  double sum = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  void add(double x) {
    ++count;
    sum += x;
    min = std::min(min, x);
    max = std::max(max, x);
  }
};

// One map, no windows: less work than any window operator has.
void run_robin_map(benchmark::State& state, const Traffic& traffic) {
  for (auto _ : state) {
    Feed feed(traffic);
    tsl::robin_map<std::string_view, Acc> map;
    std::deque<std::string> names;
    run_timed(state, feed, [&](data::Batch& batch) {
      const data::Column& id = batch.columns[0];
      const auto x = batch.columns[1].doubles();
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        const std::string_view name = id.text(row);
        auto found = map.find(name);
        if (found == map.end()) found = map.emplace(names.emplace_back(name), Acc{}).first;
        found.value().add(x[row]);
      }
    });
    benchmark::DoNotOptimize(map.size());
  }
}

void run_array(benchmark::State& state, const Traffic& traffic) {
  for (auto _ : state) {
    Feed feed(traffic);
    std::vector<Acc> accs(traffic.keys);
    run_timed(state, feed, [&](data::Batch& batch) {
      const auto x = batch.columns[1].doubles();
      if (traffic.form == KeyForm::kCoded) {
        const auto codes = batch.columns[0].codes();
        for (std::size_t row = 0; row < batch.rows(); ++row) accs[codes[row]].add(x[row]);
      } else {
        const auto ids = batch.columns[0].int64s();
        for (std::size_t row = 0; row < batch.rows(); ++row) {
          accs[static_cast<std::size_t>(ids[row])].add(x[row]);
        }
      }
    });
    benchmark::DoNotOptimize(accs.data());
  }
}

// The same by hand with all that tumbling windows are: which window a row is in, whether it is
// late, and the results, once the watermark is there. Two windows open at a time will do for these
// rows.
struct ArrayWindows {
  static constexpr TimestampMs kSize = 60'000;
  explicit ArrayWindows(std::size_t n) : open{std::vector<Acc>(n), std::vector<Acc>(n)} {}

  template <class KeyOf>
  void take(const data::Batch& batch, KeyOf key_of) {
    const auto x = batch.columns[1].doubles();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const TimestampMs time = batch.event_times[row];
      if (time < due - kSize + 1 || batch.watermark_seen_by(row) >= due) {
        ++late;
      } else {
        open[time <= due ? current : 1 - current][key_of(row)].add(x[row]);
      }
      if (batch.watermark_after(row) >= due) fire();
    }
  }
  void fire() {
    for (std::size_t key = 0; key < open[current].size(); ++key) {
      Acc& acc = open[current][key];
      if (acc.count == 0) continue;
      keys.push_back(key);
      results.push_back(acc);
      acc = Acc{};
    }
    benchmark::DoNotOptimize(results.data());
    keys.clear();
    results.clear();
    due += kSize;
    current = 1 - current;
  }

  std::vector<Acc> open[2];
  std::size_t current = 0;
  TimestampMs due = kSize - 1;  // the current window's end - 1
  std::size_t late = 0;
  std::vector<std::size_t> keys;
  std::vector<Acc> results;
};

void run_array_windows(benchmark::State& state, const Traffic& traffic) {
  for (auto _ : state) {
    Feed feed(traffic);
    ArrayWindows windows(traffic.keys);
    run_timed(state, feed, [&](data::Batch& batch) {
      if (traffic.form == KeyForm::kCoded) {
        windows.take(batch, [codes = batch.columns[0].codes()](std::size_t row) {
          return static_cast<std::size_t>(codes[row]);
        });
      } else {
        windows.take(batch, [ids = batch.columns[0].int64s()](std::size_t row) {
          return static_cast<std::size_t>(ids[row]);
        });
      }
    });
    benchmark::DoNotOptimize(windows.late);
  }
}

// 100 rows per key and second.
Traffic dense_traffic(std::size_t keys, std::size_t seconds) {
  Traffic traffic;
  traffic.keys = keys;
  traffic.rows_per_ms = keys / 10;
  traffic.seconds = seconds;
  return traffic;
}

struct Ratio {
  const char* what;
  const char* ours;
  const char* other;
  double goal;
};

constexpr Ratio kRatios[] = {
    {"tumbling, 10,000 string keys, against robin_map", "tumbling/text", "robin_map/text", 0.5},
    {"tumbling, string keys with codes, against an array", "tumbling/coded", "array/coded", 0.4},
    {"tumbling, bigint keys, against an array", "tumbling/bigint", "array/bigint", 0.4},
    {"tumbling, codes, against an array with windows", "tumbling/coded", "array_windows/coded", 0},
    {"tumbling, bigint, against an array with windows", "tumbling/bigint", "array_windows/bigint",
     0},
    {"sliding 60s/1s against tumbling 60s, 1,000 keys", "sliding60/1000", "tumbling60/1000", 0.9},
    {"sliding 600s/1s against tumbling 60s, 1,000 keys", "sliding600/1000", "tumbling60/1000", 0},
    {"sliding 60s/1s against tumbling 60s, 10,000 keys", "sliding60/10000", "tumbling60/10000",
     0.75},
};

// Remembers the median rate of each benchmark beside what the console shows.
class Rates final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<benchmark::BenchmarkReporter::Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      const auto rate = run.counters.find("items_per_second");
      if (rate == run.counters.end() || run.run_type != Run::RT_Iteration) continue;
      rates_[run.run_name.function_name].push_back(rate->second);
    }
  }
  void print_ratios() {
    std::printf("\n%-52s %8s %6s\n", "ratio of medians", "measured", "goal");
    for (const Ratio& ratio : kRatios) {
      if (rates_[ratio.ours].empty() || rates_[ratio.other].empty()) continue;
      std::printf("%-52s %8.2f", ratio.what, median(ratio.ours) / median(ratio.other));
      if (ratio.goal > 0) std::printf(" %6.2f", ratio.goal);
      std::printf("\n");
    }
  }

 private:
  double median(const char* name) {
    std::vector<double>& rates = rates_[name];
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
  }
  std::map<std::string, std::vector<double>> rates_;
};

void register_all() {
  const auto add = [](const std::string& name, auto function) {
    benchmark::RegisterBenchmark(name.c_str(), function)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  for (const auto& [suffix, form] :
       {std::pair{"text", KeyForm::kText}, std::pair{"coded", KeyForm::kCoded},
        std::pair{"bigint", KeyForm::kInteger}}) {
    Traffic traffic;
    traffic.form = form;
    add("tumbling/" + std::string(suffix),
        [traffic](benchmark::State& state) { run_windows(state, traffic, 60'000, 60'000); });
    if (form == KeyForm::kText) {
      add("robin_map/text", [traffic](benchmark::State& state) { run_robin_map(state, traffic); });
    } else {
      add("array/" + std::string(suffix),
          [traffic](benchmark::State& state) { run_array(state, traffic); });
      add("array_windows/" + std::string(suffix),
          [traffic](benchmark::State& state) { run_array_windows(state, traffic); });
    }
  }
  for (const std::size_t keys : {1'000u, 10'000u}) {
    const std::string suffix = "/" + std::to_string(keys);
    const Traffic traffic = dense_traffic(keys, 150);
    add("tumbling60" + suffix,
        [traffic](benchmark::State& state) { run_windows(state, traffic, 60'000, 60'000); });
    add("sliding60" + suffix,
        [traffic](benchmark::State& state) { run_windows(state, traffic, 60'000, 1'000); });
  }
  // Long enough for the stacks of a ten minute window to turn.
  const Traffic traffic = dense_traffic(1'000, 800);
  add("sliding600/1000",
      [traffic](benchmark::State& state) { run_windows(state, traffic, 600'000, 1'000); });
}

}  // namespace
}  // namespace leat::windows

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  leat::windows::register_all();
  leat::windows::Rates reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return 0;
}
