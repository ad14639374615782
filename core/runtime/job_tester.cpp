#include "core/runtime/job_tester.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "core/base/text.h"
#include "core/job/execution_plan.h"
#include "core/job/test_order.h"
#include "core/runtime/job_execution.h"

namespace leat::runtime {
namespace {

using Row = std::vector<data::Value>;

// Gives the rows it is fed, then says that it is quiet.
class TestSource final : public ports::Source {
 public:
  Result<void> open(const ports::SourceContext& context) override {
    clock_ = context.clock;
    return {};
  }
  Result<ports::SourceStatus> poll(std::size_t /*max_rows*/, ports::SourceBatch& out) override {
    if (rows_.empty()) return ended_ ? ports::SourceStatus::kEnded : ports::SourceStatus::kQuiet;
    out.rows.append_values(rows_.front(), clock_->now_ms());
    rows_.pop_front();
    return ports::SourceStatus::kMore;
  }
  void feed(Row row) { rows_.push_back(std::move(row)); }
  void end() { ended_ = true; }

 private:
  const env::Clock* clock_ = nullptr;
  std::deque<Row> rows_;
  bool ended_ = false;
};

class CaptureSink final : public ports::Sink {
 public:
  // Null: rows are thrown away.
  explicit CaptureSink(std::vector<Row>* rows) : rows_(rows) {}
  Result<void> open(const ports::SinkContext& /*context*/) override { return {}; }
  Result<void> write(const data::Batch& rows) override {
    for (std::size_t i = 0; rows_ != nullptr && i < rows.rows(); ++i) {
      rows_->push_back(rows.row_values(i));
    }
    return {};
  }
  Result<void> flush() override { return {}; }
  Result<void> close() override { return {}; }

 private:
  std::vector<Row>* rows_;
};

class TestFactory final : public NodeFactory {
 public:
  TestFactory(NodeFactory& operators, std::map<std::string, std::vector<Row>>& captured)
      : operators_(operators), captured_(captured) {}

  Result<std::unique_ptr<ports::Source>> make_source(const job::NodeSpec& node,
                                                     std::int64_t /*subtask*/) override {
    auto source = std::make_unique<TestSource>();
    sources_[node.name] = source.get();
    return std::unique_ptr<ports::Source>(std::move(source));
  }
  Result<std::unique_ptr<operators::Operator>> make_operator(
      const job::NodeSpec& node, const std::vector<data::SchemaPtr>& inputs) override {
    return operators_.make_operator(node, inputs);
  }
  Result<std::unique_ptr<ports::Sink>> make_sink(const job::NodeSpec& node,
                                                 const data::SchemaPtr& /*input*/) override {
    const auto found = captured_.find(node.name);
    return std::unique_ptr<ports::Sink>(
        std::make_unique<CaptureSink>(found == captured_.end() ? nullptr : &found->second));
  }
  TestSource& source(const std::string& name) { return *sources_.at(name); }

 private:
  NodeFactory& operators_;
  std::map<std::string, std::vector<Row>>& captured_;
  std::map<std::string, TestSource*> sources_;
};

std::string capture_name(std::size_t expectation) {
  return "expectation " + std::to_string(expectation);  // no job file can have such a node
}

// The job with its sinks silenced and one more for each output that the test looks at.
job::JobGraph graph_under_test(const job::JobGraph& graph, const job::TestCase& test) {
  job::JobGraph copy = graph;
  for (job::NodeSpec& node : copy.nodes) node.parallelism = 1;
  for (std::size_t i = 0; i < test.expectations.size(); ++i) {
    job::NodeSpec sink;
    sink.name = capture_name(i);
    sink.role = job::Role::kSink;
    sink.type = "capture";
    sink.inputs.push_back(test.expectations[i].output);
    sink.config = job::SinkConfig{};
    copy.nodes.push_back(std::move(sink));
  }
  return copy;
}

class TestRun {
 public:
  TestRun(const job::JobGraph& graph, const job::TestCase& test, NodeFactory& operators)
      : graph_(graph_under_test(graph, test)),
        plan_(job::make_execution_plan(graph_)),
        operators_(operators) {
    for (std::size_t i = 0; i < test.expectations.size(); ++i) captured_[capture_name(i)];
  }

  Result<void> run(const job::TestCase& test, const std::vector<std::size_t>& order) {
    LEAT_TRY(start());
    for (const std::size_t step : order) LEAT_TRY(take(test.steps[step]));
    if (!test.end) return {};
    for (const job::NodeSpec& node : graph_.nodes) {
      if (node.role == job::Role::kSource) factory_->source(node.name).end();
    }
    return settle();
  }

  const std::vector<Row>& rows(std::size_t expectation) const {
    return captured_.at(capture_name(expectation));
  }

 private:
  Result<void> start() {
    factory_ = std::make_unique<TestFactory>(operators_, captured_);
    LEAT_TRY_ASSIGN(execution_,
                    JobExecution::build(graph_, plan_, *factory_, clock_, {&waker_}, {}));
    return execution_->open();
  }

  Result<void> restart() {
    base::ByteWriter state;
    execution_->snapshot(state);
    LEAT_TRY(start());
    base::ByteReader in(state.bytes());
    return execution_->restore(in);
  }

  Result<void> take(const job::TestStep& step) {
    switch (step.kind) {
      case job::TestStep::Kind::kRow: {
        if (const auto time_ms = job::row_time_ms(graph_, step)) LEAT_TRY(advance_to(*time_ms));
        factory_->source(graph_.nodes[step.source].name).feed(step.values);
        return settle();
      }
      case job::TestStep::Kind::kAdvanceClock:
        return advance_to(base::saturating_add(clock_.now_ms(), step.amount_ms));
      case job::TestStep::Kind::kAdvanceWatermark:
        LEAT_TRY(raise_watermark(step));
        return settle();
      case job::TestStep::Kind::kRestart:
        return restart();
    }
    return {};
  }

  // Timers that come due on the way run at their own times, in order. Never backwards.
  Result<void> advance_to(TimestampMs time_ms) {
    if (!started_clock_) {
      started_clock_ = true;
      clock_.set_wall(time_ms);
      return settle();
    }
    while (true) {
      std::optional<TimestampMs> next;
      for (const Task* task : execution_->slot(0)) {
        const auto wake = task->next_wake_ms();
        if (wake && (!next || *wake < *next)) next = wake;
      }
      if (!next || *next > time_ms) break;
      clock_.advance(std::max<DurationMs>(*next - clock_.now_ms(), 1));
      LEAT_TRY(settle());
    }
    if (time_ms > clock_.now_ms()) clock_.advance(time_ms - clock_.now_ms());
    return settle();
  }

  Result<void> raise_watermark(const job::TestStep& step) {
    for (Task* task : execution_->slot(0)) {
      for (const auto& source : task->sources()) {
        if (source->spec().name != graph_.nodes[step.source].name) continue;
        LEAT_TRY(source->raise_watermark(step.amount_ms, task->chain()));
      }
    }
    return {};
  }

  // Until nothing moves any more.
  Result<void> settle() {
    for (bool progress = true; progress;) {
      progress = false;
      for (Task* task : execution_->slot(0)) {
        LEAT_TRY_ASSIGN(const bool stepped, task->step());
        progress = progress || stepped;
      }
    }
    return {};
  }

  job::JobGraph graph_;
  job::ExecutionPlan plan_;
  NodeFactory& operators_;
  env::ManualClock clock_;
  env::NoWaker waker_;
  bool started_clock_ = false;
  std::map<std::string, std::vector<Row>> captured_;
  std::unique_ptr<TestFactory> factory_;
  std::unique_ptr<JobExecution> execution_;
};

bool value_matches(const data::Value& actual, const data::Value& expected) {
  const auto number = [](const data::Value& value) -> std::optional<double> {
    if (const auto* real = std::get_if<double>(&value.held)) return *real;
    if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
      return static_cast<double>(*integer);
    }
    return std::nullopt;
  };
  if (std::holds_alternative<double>(actual.held)) {
    const auto wanted = number(expected);
    const double got = std::get<double>(actual.held);
    if (!wanted) return false;
    if (got == *wanted || (std::isnan(got) && std::isnan(*wanted))) return true;
    return std::abs(got - *wanted) <= 1e-9 * std::max(std::abs(got), std::abs(*wanted));
  }
  if (const auto* list = std::get_if<data::Value::List>(&actual.held)) {
    const auto* wanted = std::get_if<data::Value::List>(&expected.held);
    return wanted != nullptr && list->size() == wanted->size() &&
           std::equal(list->begin(), list->end(), wanted->begin(), value_matches);
  }
  return actual == expected;
}

std::string expected_text(const data::Schema& schema,
                          const std::vector<std::pair<std::string, data::Value>>& expected) {
  Row values(schema.size());
  for (const auto& [name, value] : expected) {
    if (const auto index = schema.find(name)) values[*index] = value;
  }
  return row_text(schema, values);
}

void compare_in_order(const data::Schema& schema, const std::vector<Row>& actual,
                      const job::TestExpectation& expected, std::vector<std::string>& out) {
  const std::size_t rows = std::max(actual.size(), expected.rows.size());
  for (std::size_t i = 0; i < rows; ++i) {
    const bool has_actual = i < actual.size();
    const bool has_expected = i < expected.rows.size();
    if (has_actual && has_expected && row_matches(schema, actual[i], expected.rows[i])) continue;
    const std::string where = "row " + std::to_string(i + 1);
    if (has_expected) {
      out.push_back("- " + where + " expected " + expected_text(schema, expected.rows[i]));
    }
    if (has_actual) out.push_back("+ " + where + " actual   " + row_text(schema, actual[i]));
  }
}

void compare_as_set(const data::Schema& schema, const std::vector<Row>& actual,
                    const job::TestExpectation& expected, std::vector<std::string>& out) {
  std::vector<bool> taken(actual.size(), false);
  for (const auto& wanted : expected.rows) {
    std::size_t i = 0;
    while (i < actual.size() && (taken[i] || !row_matches(schema, actual[i], wanted))) ++i;
    if (i < actual.size()) {
      taken[i] = true;
    } else {
      out.push_back("- missing    " + expected_text(schema, wanted));
    }
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!taken[i]) out.push_back("+ unexpected " + row_text(schema, actual[i]));
  }
}

}  // namespace

std::string row_text(const data::Schema& schema, const Row& values) {
  std::string text = "{";
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (i > 0) text += ", ";
    text += schema.field(i).name + ": " + data::to_json(values[i], schema.field(i).type);
  }
  return text + "}";
}

bool row_matches(const data::Schema& schema, const Row& actual,
                 const std::vector<std::pair<std::string, data::Value>>& expected) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const auto named = std::find_if(expected.begin(), expected.end(), [&](const auto& field) {
      return field.first == schema.field(i).name;
    });
    const data::Value wanted = named == expected.end() ? data::Value() : named->second;
    if (!value_matches(actual[i], wanted)) return false;
  }
  return true;
}

TestOutcome run_job_test(const job::JobGraph& graph, const job::TestCase& test,
                         NodeFactory& operators) {
  TestOutcome outcome;
  outcome.name = test.name;
  TestRun run(graph, test, operators);
  const Result<void> result = run.run(test, job::step_order(graph, test));
  if (!result.ok()) outcome.differences.push_back("the job failed: " + result.error().to_string());
  for (std::size_t i = 0; i < test.expectations.size() && result.ok(); ++i) {
    const job::TestExpectation& expected = test.expectations[i];
    const job::NodeSpec& node = graph.nodes[expected.output.node];
    const job::OutputSpec& output = node.outputs[expected.output.output];
    std::vector<std::string> differences;
    if (expected.unordered) {
      compare_as_set(*output.schema, run.rows(i), expected, differences);
    } else {
      compare_in_order(*output.schema, run.rows(i), expected, differences);
    }
    if (differences.empty()) continue;
    outcome.differences.push_back(output.name.empty() ? node.name + ":"
                                                      : node.name + "." + output.name + ":");
    for (std::string& line : differences) outcome.differences.push_back("  " + std::move(line));
  }
  outcome.passed = outcome.differences.empty();
  return outcome;
}

}  // namespace leat::runtime
