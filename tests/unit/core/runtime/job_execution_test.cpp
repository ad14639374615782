// Whole jobs in one thread: tasks are stepped in an order that a seed decides, over rings so small
// that they are full all the time. What comes out may not depend on any of it.
#include "core/runtime/job_execution.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "core/job/load.h"
#include "core/operators/filter.h"
#include "core/operators/map.h"
#include "core/operators/reduce.h"
#include "core/operators/union.h"
#include "core/windows/window_operator.h"

namespace leat::runtime {
namespace {

using Row = std::vector<data::Value>;

// Rows (id, ts, temperature) that depend on the row number alone.
class ListSource final : public ports::Source {
 public:
  ListSource(std::size_t rows, std::uint64_t seed) : rows_(rows), random_(seed) {}
  Result<void> open(const ports::SourceContext& /*context*/) override { return {}; }
  Result<ports::SourceStatus> poll(std::size_t max_rows, ports::SourceBatch& out) override {
    if (next_ == rows_) return ports::SourceStatus::kEnded;
    for (std::size_t i = 0; i < max_rows && next_ < rows_; ++i, ++next_) {
      const std::uint64_t draw = random_.next();
      out.rows.append_values(
          {"s" + std::to_string(draw % 7), static_cast<std::int64_t>(next_ * 100 + draw / 8 % 300),
           static_cast<double>(draw / 4096 % 1000) / 7},
          0);
    }
    return ports::SourceStatus::kMore;
  }

 private:
  std::size_t rows_;
  std::size_t next_ = 0;
  env::SeededRandom random_;
};

// Says now and then that it is full.
class SlowSink final : public ports::Sink {
 public:
  explicit SlowSink(std::vector<Row>& rows) : rows_(rows) {}
  Result<void> open(const ports::SinkContext& /*context*/) override { return {}; }
  bool ready() const override { return random_.next() % 4 != 0; }
  Result<void> write(const data::Batch& batch) override {
    batch.check();
    for (std::size_t i = 0; i < batch.rows(); ++i) rows_.push_back(batch.row_values(i));
    return {};
  }
  Result<void> flush() override { return {}; }
  Result<void> close() override { return {}; }

 private:
  std::vector<Row>& rows_;
  mutable env::SeededRandom random_{7};
};

class TestFactory final : public NodeFactory {
 public:
  Result<std::unique_ptr<ports::Source>> make_source(const job::NodeSpec& node,
                                                     std::int64_t /*subtask*/) override {
    const auto count = std::get<job::SourceConfig>(node.config).options.integer("count");
    return std::unique_ptr<ports::Source>(
        std::make_unique<ListSource>(static_cast<std::size_t>(count), node.name.size()));
  }
  Result<std::unique_ptr<operators::Operator>> make_operator(
      const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) override {
    std::vector<data::SchemaPtr> outputs;
    for (const auto& output : node.outputs) outputs.push_back(output.schema);
    std::unique_ptr<operators::Operator> op;
    if (const auto* filter = std::get_if<operators::FilterConfig>(&node.config)) {
      op = std::make_unique<operators::Filter>(*filter, outputs, node.on_error);
    } else if (const auto* map = std::get_if<operators::MapConfig>(&node.config)) {
      op = std::make_unique<operators::Map>(*map, outputs, node.on_error);
    } else if (const auto* reduce = std::get_if<operators::ReduceConfig>(&node.config)) {
      op = std::make_unique<operators::Reduce>(*reduce, inputs[0], outputs, node.on_error);
    } else if (const auto* window = std::get_if<windows::WindowConfig>(&node.config)) {
      op = windows::make_window_operator(*window, inputs[0], outputs);
    } else {
      op = std::make_unique<operators::Union>(operators::UnionConfig{}, outputs);
    }
    return op;
  }
  Result<std::unique_ptr<ports::Sink>> make_sink(const job::NodeSpec& node,
                                                 const data::SchemaPtr& /*input*/) override {
    return std::unique_ptr<ports::Sink>(std::make_unique<SlowSink>(rows[node.name]));
  }
  std::map<std::string, std::vector<Row>> rows;
};

job::JobGraph load(const std::string& yaml) {
  const job::LoadResult loaded =
      job::load_job(yaml, [](std::string_view) { return std::optional<std::string>(); });
  for (const auto& diagnostic : loaded.diagnostics) {
    ADD_FAILURE() << job::to_string(diagnostic, "job.yaml");
  }
  return loaded.graph.value();
}

struct Schedule {
  std::uint64_t seed = 1;
  std::size_t batch_rows = 64;
  std::size_t ring_elements = 1;
};

// Runs to the end; fails when nothing moves any more.
std::map<std::string, std::vector<Row>> play(const std::string& yaml, const Schedule& schedule) {
  const job::JobGraph graph = load(yaml);
  const job::ExecutionPlan plan = job::make_execution_plan(graph);
  TestFactory factory;
  env::ManualClock clock;
  env::NoWaker waker;
  const std::vector<env::Waker*> wakers(plan.slots, &waker);
  JobExecution::Options options;
  options.task.batch_rows = schedule.batch_rows;
  options.ring_elements = schedule.ring_elements;
  auto execution = JobExecution::build(graph, plan, factory, clock, wakers, options);
  EXPECT_TRUE(execution.ok()) << execution.error().to_string();
  EXPECT_TRUE((*execution)->open().ok());
  std::vector<Task*> tasks;
  for (std::size_t slot = 0; slot < plan.slots; ++slot) {
    for (Task* task : (*execution)->slot(slot)) tasks.push_back(task);
  }
  env::SeededRandom random(schedule.seed);
  std::size_t still = 0;
  std::size_t finished = 0;
  while (finished < tasks.size() && still < 10'000) {
    Task& task = *tasks[random.next() % tasks.size()];
    const auto stepped = task.step();
    EXPECT_TRUE(stepped.ok()) << stepped.error().to_string();
    still = *stepped ? 0 : still + 1;
    finished = 0;
    for (const Task* each : tasks) finished += each->finished() ? 1 : 0;
  }
  EXPECT_EQ(finished, tasks.size()) << "the job stands still";
  for (const NodeStatus& status : (*execution)->status()) {
    const auto& node = status.node;
    EXPECT_EQ(node.in.get(), node.used.get() + node.filtered.get() + node.late.get() +
                                 node.errors.get() + node.in_flight.get())
        << status.spec->name;
  }
  return factory.rows;
}

// The rows of each key (the first field) in their order.
std::map<std::string, std::vector<Row>> by_key(const std::vector<Row>& rows) {
  std::map<std::string, std::vector<Row>> keyed;
  for (const Row& row : rows) keyed[std::get<std::string>(row[0].held)].push_back(row);
  return keyed;
}

int seeds() {
  const char* text = std::getenv("LEAT_TEST_SEEDS");
  return text == nullptr ? 20 : std::atoi(text);
}

constexpr const char* kStateless = R"(
name: stateless
settings: { parallelism: ${P} }
sources:
  in: { type: generator, count: 2000, watermark: { strategy: bounded_out_of_orderness, bound: 300ms } }
transforms:
  warm: { type: filter, inputs: [in], where: temperature > 20 }
  shown: { type: map, inputs: [warm], set: { twice: temperature * 2 } }
  rolling: { type: reduce, inputs: [shown], key_by: [id], aggregate: { n: count(*), total: sum(twice) } }
sinks:
  out: { type: stdout, inputs: [rolling] }
  all: { type: stdout, inputs: [shown] }
)";

constexpr const char* kWindows = R"(
name: windows
settings: { parallelism: ${P} }
sources:
  in: { type: generator, count: 3000, watermark: { strategy: bounded_out_of_orderness, bound: 400ms } }
  other: { type: generator, count: 1500, watermark: { strategy: bounded_out_of_orderness, bound: 400ms } }
transforms:
  cool: { type: filter, inputs: [other], where: temperature < 100 }
  both: { type: union, inputs: [in, cool] }
  slow: { type: window, inputs: [both], key_by: [id], window: { type: tumbling, size: 5s }, aggregate: { n: count(*), low: min(temperature) } }
  over_all: { type: window, inputs: [slow], window: { type: tumbling, size: 20s }, aggregate: { n: sum(n), low: min(low) } }
sinks:
  out: { type: stdout, inputs: [slow] }
  all: { type: stdout, inputs: [over_all] }
)";

std::string with_parallelism(std::string yaml, int parallelism) {
  yaml.replace(yaml.find("${P}"), 4, std::to_string(parallelism));
  return yaml;
}

TEST(JobExecution, StatelessNodesKeepTheOrderWhateverTheParallelismAndSchedule) {
  const auto expected = play(with_parallelism(kStateless, 1), {});
  ASSERT_GT(expected.at("all").size(), 1000U);
  for (int seed = 1; seed <= seeds(); ++seed) {
    const auto rows = play(with_parallelism(kStateless, 3),
                           {static_cast<std::uint64_t>(seed), 1 + seed % 50U, 1 + seed % 3U});
    EXPECT_EQ(rows.at("all"), expected.at("all")) << "seed " << seed;
    EXPECT_EQ(by_key(rows.at("out")), by_key(expected.at("out"))) << "seed " << seed;
  }
}

TEST(JobExecution, WindowsAreTheSameWhateverTheParallelismAndSchedule) {
  const auto expected = play(with_parallelism(kWindows, 1), {});
  ASSERT_GT(expected.at("out").size(), 100U);
  for (int seed = 1; seed <= seeds(); ++seed) {
    const auto rows = play(with_parallelism(kWindows, 1 + seed % 4),
                           {static_cast<std::uint64_t>(seed), 1 + seed * 7 % 60U, 1 + seed % 3U});
    EXPECT_EQ(by_key(rows.at("out")), by_key(expected.at("out"))) << "seed " << seed;
    EXPECT_EQ(rows.at("all"), expected.at("all")) << "seed " << seed;
  }
}

TEST(JobExecution, OneSlotIsTheSameByteForByteWhateverTheBatchSize) {
  const auto expected = play(with_parallelism(kWindows, 1), {1, 512, 64});
  for (const std::size_t batch_rows : {1U, 7U, 512U, 4096U}) {
    EXPECT_EQ(play(with_parallelism(kWindows, 1), {9, batch_rows, 64}), expected) << batch_rows;
  }
}

TEST(JobExecution, AStoppedJobEndsWithoutFiringWhatIsOpen) {
  const job::JobGraph graph = load(with_parallelism(kWindows, 3));
  const job::ExecutionPlan plan = job::make_execution_plan(graph);
  TestFactory factory;
  env::ManualClock clock;
  env::NoWaker waker;
  auto execution = JobExecution::build(graph, plan, factory, clock,
                                       std::vector<env::Waker*>(plan.slots, &waker), {});
  ASSERT_TRUE(execution.ok());
  ASSERT_TRUE((*execution)->open().ok());
  (*execution)->request_stop();
  bool finished = false;
  for (int round = 0; round < 1000 && !finished; ++round) {
    finished = true;
    for (std::size_t slot = 0; slot < plan.slots; ++slot) {
      for (Task* task : (*execution)->slot(slot)) {
        ASSERT_TRUE(task->step().ok());
        finished = finished && task->finished();
      }
    }
  }
  EXPECT_TRUE(finished);
  EXPECT_TRUE(factory.rows["out"].empty());
}

}  // namespace
}  // namespace leat::runtime
