// Every shape against its definition, over random rows and watermarks, for every batch size and
// with a restore at every position.
#include <gtest/gtest.h>
#include <memory>
#include <random>

#include "tests/unit/core/windows/window_fixture.h"
#include "tests/unit/core/windows/window_model.h"

namespace leat::windows {
namespace {

using harness::Outcome;

WindowConfig with_model_aggregates(WindowConfig config) {
  WindowConfig aggregates = window_config(config.shape, {},
                                          {{"sum", "sum(n)"},
                                           {"count", "count(*)"},
                                           {"first", "first(n)"},
                                           {"last", "last(n)"},
                                           {"list", "collect_list(n)"}});
  config.aggregates = std::move(aggregates.aggregates);
  return config;
}

struct Traffic {
  int rows = 60;
  int keys = 3;
  DurationMs step = 5;       // how far time moves on at most from row to row
  DurationMs disorder = 20;  // how far back a row may be
  DurationMs bound = 10;     // of the watermark behind the newest row
  bool ends = true;
};

std::vector<Step> random_steps(const Traffic& run, std::mt19937& random) {
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  std::vector<Step> steps;
  TimestampMs now = below(100) - 50;
  TimestampMs newest = now;
  for (int i = 0; i < run.rows; ++i) {
    now += below(run.step + 1);
    if (below(40) == 0) now += 10 * run.step;
    const TimestampMs time = now - below(run.disorder + 1);
    newest = std::max(newest, time);
    const std::int64_t key = below(run.keys + 1);
    steps.push_back(at(time, key == 0 ? Value() : Value("k" + std::to_string(key)), i));
    if (below(4) != 0) steps.push_back(watermark(newest - run.bound - 1));
    if (below(50) == 0) steps.push_back(watermark(newest + below(30)));
  }
  if (run.ends) steps.push_back(end_input());
  return steps;
}

std::unique_ptr<WindowModel> model_of(const WindowConfig& config) {
  switch (config.shape) {
    case WindowShape::kSession:
      return std::make_unique<SessionModel>(config);
    case WindowShape::kCount:
      return std::make_unique<CountModel>(config);
    default:
      return std::make_unique<SlidingModel>(config);
  }
}

void check_outcome(const Outcome& outcome, const WindowModel& model) {
  ASSERT_EQ(harness::difference(outcome.rows[0], model.results), "");
  std::vector<Row> late;
  for (const ModelRow& one : model.late) late.push_back(row({one.id, one.n, Value()}, one.time));
  ASSERT_EQ(harness::difference(outcome.rows[2], late), "");
  EXPECT_EQ(outcome.ledger.late, model.late.size());
  EXPECT_EQ(outcome.ledger.filtered, model.filtered);
  EXPECT_TRUE(outcome.ledger.closed());
}

void check(const WindowConfig& plain, const Traffic& run, unsigned seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const WindowConfig config = with_model_aggregates(plain);
  std::mt19937 random(seed);
  const std::vector<Step> steps = random_steps(run, random);
  const auto model = model_of(config);
  model->play(steps);
  const harness::OperatorSetup setup = window_setup(config);
  for (const std::size_t batch_size : {1u, 7u, 512u, 4096u}) {
    check_outcome(harness::play(setup, steps, batch_size), *model);
    if (testing::Test::HasFatalFailure()) return;
  }
  for (std::size_t position = 0; position < steps.size(); ++position) {
    check_outcome(harness::play(setup, steps, 7, position), *model);
    if (testing::Test::HasFatalFailure()) return;
  }
}

void check_many(const WindowConfig& config, const Traffic& run, unsigned seeds = 4) {
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    check(config, run, seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(WindowPropertyTest, Tumbling) {
  check_many(tumbling(10), Traffic{});
  check_many(tumbling(7, 3, 15), Traffic{});
  check_many(tumbling(1, -1), Traffic{});
}

TEST(WindowPropertyTest, Sliding) {
  check_many(sliding(10, 5), Traffic{});
  check_many(sliding(12, 3, -5), Traffic{});
  check_many(sliding(10, 4, 1), Traffic{});
  check_many(sliding(7, 5, 2), Traffic{});
  check_many(sliding(60, 1), Traffic{});
}

TEST(WindowPropertyTest, SlidingWithAnAllowance) {
  check_many(sliding(10, 5, 0, 8), Traffic{});
  check_many(sliding(10, 4, 1, 25), Traffic{});
  check_many(sliding(20, 3, 0, 1000), Traffic{});
}

TEST(WindowPropertyTest, SlidingWithGaps) {
  check_many(sliding(3, 10, 2), Traffic{});
  check_many(sliding(3, 10, 2, 15), Traffic{});
}

// A watermark that runs ahead of many rows: most of them come to slices already combined.
TEST(WindowPropertyTest, SlidingInGreatDisorder) {
  Traffic run;
  run.disorder = 40;
  run.bound = 0;
  check_many(sliding(30, 2), run);
  check_many(sliding(30, 7, 0, 10), run);
}

TEST(WindowPropertyTest, Session) {
  check_many(session(5), Traffic{});
  check_many(session(15), Traffic{});
  check_many(session(5, 12), Traffic{});
  check_many(session(12, 40), Traffic{});
}

TEST(WindowPropertyTest, Count) {
  for (const auto& [size, slide] : std::vector<std::pair<int, int>>{
           {3, 3}, {1, 1}, {4, 2}, {5, 2}, {7, 1}, {2, 5}, {1, 4}, {10, 3}, {12, 4}}) {
    check_many(counted(size, slide), Traffic{}, 2);
  }
}

TEST(WindowPropertyTest, LongerRuns) {
  Traffic run;
  run.rows = 400;
  run.keys = 40;
  check(sliding(40, 10, 0, 10), run, 1);
  check(session(20, 20), run, 2);
  check(tumbling(30), run, 3);
  check(counted(9, 4), run, 4);
}

// The last bits of doubles too are the same whenever the operator was restored.
TEST(WindowPropertyTest, DoublesGoOnBitForBit) {
  WindowConfig config = window_config(WindowShape::kSliding, {{"id", "id"}},
                                      {{"s", "sum(x)"}, {"a", "avg(x)"}, {"v", "var_pop(x)"}});
  config.size_ms = 30;
  config.slide_ms = 4;
  std::mt19937 random(7);
  std::vector<Step> steps;
  for (int i = 0; i < 300; ++i) {
    const double x = static_cast<double>(random()) / 3.0e7 * (i % 5 == 0 ? 1e9 : 1e-3);
    const TimestampMs time = i - static_cast<TimestampMs>(random() % 20);
    steps.push_back(element({std::to_string(random() % 3), Value(), x}, time));
    steps.push_back(watermark(i - 12));
  }
  const harness::OperatorSetup setup = window_setup(config);
  const Outcome whole = harness::play(setup, steps, 1);
  EXPECT_GT(whole.rows[0].size(), 200u);
  for (std::size_t position = 0; position < steps.size(); position += 7) {
    ASSERT_EQ(harness::difference(harness::play(setup, steps, 7, position).rows[0], whole.rows[0]),
              "");
  }
}

}  // namespace
}  // namespace leat::windows
