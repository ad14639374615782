// What a task owes its sinks: a flush after what a clock made fire, an end that does not hang on a
// peer that is away, no end before the rows are handed over, a ledger that closes when a write
// fails.
#include <gtest/gtest.h>
#include <memory>

#include "core/job/load.h"
#include "core/runtime/job_execution.h"
#include "core/windows/window_operator.h"

namespace leat::runtime {
namespace {

constexpr const char* kJob = R"(
name: duties
sources:
  in: { type: generator, watermark: { strategy: ascending, interval: 200ms } }
transforms:
  w: { type: window, inputs: [in], key_by: [id], window: { type: tumbling, size: 1s }, aggregate: { n: count(*) } }
sinks:
  windows: { type: stdout, inputs: [w] }
  rows: { type: stdout, inputs: [in] }
)";

// Two rows, a second apart; then silence, or the end.
class TwoRows final : public ports::Source {
 public:
  explicit TwoRows(bool ends) : ends_(ends) {}
  Result<void> open(const ports::SourceContext& /*context*/) override { return {}; }
  Result<ports::SourceStatus> poll(std::size_t /*max_rows*/, ports::SourceBatch& out) override {
    if (given_) return ends_ ? ports::SourceStatus::kEnded : ports::SourceStatus::kQuiet;
    given_ = true;
    for (const std::int64_t ts : {0, 1000}) out.rows.append_values({"s", ts, 1.0}, ts);
    return ports::SourceStatus::kMore;
  }

 private:
  bool ends_;
  bool given_ = false;
};

struct SinkFacts {
  bool ready = true;
  bool fails = false;
  std::size_t buffered = 0;
  std::size_t flushed = 0;
  std::size_t in_flight = 0;
};

class WatchedSink final : public ports::Sink {
 public:
  explicit WatchedSink(SinkFacts& facts) : facts_(facts) {}
  Result<void> open(const ports::SinkContext& /*context*/) override { return {}; }
  bool ready() const override { return facts_.ready; }
  Result<void> write(const data::Batch& rows) override {
    if (facts_.fails) return base::io_error("no");
    facts_.buffered += rows.rows();
    return {};
  }
  Result<void> flush() override {
    facts_.flushed += std::exchange(facts_.buffered, 0);
    return {};
  }
  std::size_t in_flight() const override { return facts_.in_flight; }
  Result<void> close() override { return {}; }

 private:
  SinkFacts& facts_;
};

class Duties : public ::testing::Test, public NodeFactory {
 protected:
  Duties()
      : graph_(*job::load_job(kJob, [](auto) { return std::optional<std::string>(); }).graph),
        plan_(job::make_execution_plan(graph_)) {}

  // The one task of the job.
  Task& start() {
    auto built = JobExecution::build(graph_, plan_, *this, clock_, {&waker_}, {});
    EXPECT_TRUE(built.ok());
    execution_ = std::move(*built);
    EXPECT_TRUE(execution_->open().ok());
    EXPECT_EQ(execution_->slot(0).size(), 1U);
    return *execution_->slot(0).front();
  }

  static void run_until_still(Task& task) {
    for (int i = 0; i < 100; ++i) {
      const auto stepped = task.step();
      ASSERT_TRUE(stepped.ok()) << stepped.error().to_string();
      if (!*stepped) return;
    }
    FAIL() << "it never rests";
  }

  Result<std::unique_ptr<ports::Source>> make_source(const job::NodeSpec& /*node*/,
                                                     std::int64_t /*subtask*/) override {
    return std::unique_ptr<ports::Source>(std::make_unique<TwoRows>(ends_));
  }
  Result<std::unique_ptr<operators::Operator>> make_operator(
      const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) override {
    std::vector<data::SchemaPtr> outputs;
    for (const auto& output : node.outputs) outputs.push_back(output.schema);
    return windows::make_window_operator(std::get<windows::WindowConfig>(node.config), inputs[0],
                                         std::move(outputs));
  }
  Result<std::unique_ptr<ports::Sink>> make_sink(const job::NodeSpec& node,
                                                 const data::SchemaPtr& /*input*/) override {
    return std::unique_ptr<ports::Sink>(
        std::make_unique<WatchedSink>(node.name == "windows" ? windows_ : rows_));
  }

  job::JobGraph graph_;
  job::ExecutionPlan plan_;
  env::ManualClock clock_;
  env::NoWaker waker_;
  bool ends_ = false;
  SinkFacts windows_;
  SinkFacts rows_;
  std::unique_ptr<JobExecution> execution_;
};

TEST_F(Duties, WhatAClockMadeFireIsFlushedAtOnce) {
  Task& task = start();
  run_until_still(task);
  EXPECT_EQ(rows_.flushed, 2U);
  EXPECT_EQ(windows_.flushed, 0U);  // no tick yet
  clock_.advance(200);
  run_until_still(task);
  EXPECT_EQ(windows_.flushed, 1U);
}

TEST_F(Duties, AJobThatIsStoppedEndsThoughASinkIsNotReady) {
  rows_.ready = false;
  rows_.in_flight = 7;
  Task& task = start();
  run_until_still(task);
  EXPECT_FALSE(task.finished());
  execution_->request_stop();
  run_until_still(task);
  EXPECT_TRUE(task.finished());
}

TEST_F(Duties, ABoundedJobIsNotFinishedWhileRowsAreInFlight) {
  ends_ = true;
  rows_.in_flight = 2;
  Task& task = start();
  run_until_still(task);
  EXPECT_FALSE(task.finished());
  rows_.in_flight = 0;
  run_until_still(task);
  EXPECT_TRUE(task.finished());
}

TEST_F(Duties, TheLedgerClosesWhenAWriteFails) {
  rows_.fails = true;
  Task& task = start();
  const auto stepped = task.step();
  ASSERT_FALSE(stepped.ok());
  EXPECT_EQ(stepped.error().to_string(), "sink \"rows\": no");
  for (const NodeStatus& status : execution_->status()) {
    if (status.spec->name != "rows") continue;
    EXPECT_EQ(status.sink.emitted.get(), 2U);
    EXPECT_EQ(status.sink.dropped.get(), 2U);
  }
}

}  // namespace
}  // namespace leat::runtime
