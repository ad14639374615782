#include "core/job/test_order.h"

#include <gtest/gtest.h>

#include "tests/unit/core/job/job_files.h"

namespace leat::job::testing {
namespace {

// Two sources, `a` with an event time and `b` without; the steps are named by the field id.
std::vector<std::string> played(std::string_view input) {
  const LoadResult result = load(
      "name: j\nsources:\n"
      "  a: { type: socket, connect: 'h:1', fields: { id: string, ts: timestamp }, "
      "event_time: { field: ts } }\n"
      "  b: { type: socket, connect: 'h:2', fields: { id: string, ts: timestamp } }\n"
      "sinks:\n  o: { type: stdout, inputs: [a, b] }\n"
      "tests:\n  - name: t\n    expect: { a: [] }\n    input:\n" +
      std::string(input));
  EXPECT_TRUE(result.graph.has_value()) << (messages(result).empty() ? "" : messages(result)[0]);
  if (!result.graph) return {};
  const TestCase& test = result.graph->tests[0];
  std::vector<std::string> names;
  for (const std::size_t index : step_order(*result.graph, test)) {
    const TestStep& step = test.steps[index];
    const bool row = step.kind == TestStep::Kind::kRow;
    names.push_back(row ? std::get<std::string>(step.values[0].held)
                        : "+" + std::to_string(step.amount_ms));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(StepOrder, RowsOfOneSourceStayAsWritten) {
  EXPECT_EQ(played("      a: [{ id: x, ts: 5 }, { id: y, ts: 3 }, { id: z, ts: 4 }]\n"),
            (Names{"x", "y", "z"}));
}

TEST(StepOrder, SourcesAreMergedByTime) {
  EXPECT_EQ(played("      a: [{ id: a1, ts: 1 }, { id: a5, ts: 5 }]\n"
                   "      b: [{ id: b0, at: 0 }, { id: b5, at: 5 }, { id: b3, at: 3 }, { id: b9, "
                   "at: 9 }]\n"),
            (Names{"b0", "a1", "a5", "b5", "b3", "b9"}));
}

TEST(StepOrder, AtWinsOverTheEventTime) {
  EXPECT_EQ(played("      a: [{ id: late, ts: 1, at: 10 }]\n      b: [{ id: b, at: 5 }]\n"),
            (Names{"b", "late"}));
}

TEST(StepOrder, OtherStepsFollowTheRowAboveThem) {
  EXPECT_EQ(played("      a: [{ advance_clock: 1s }, { id: a1, ts: 1 }, { advance_clock: 2s }, "
                   "{ id: a9, ts: 9 }]\n"
                   "      b: [{ id: b5, at: 5 }, { advance_watermark: 7 }]\n"),
            (Names{"+1000", "a1", "+2000", "b5", "+7", "a9"}));
}

TEST(StepOrder, RowsWithoutATimeComeFirst) {
  EXPECT_EQ(played("      a: [{ id: a1, ts: 1 }]\n      b: [{ id: b }]\n"), (Names{"b", "a1"}));
}

}  // namespace
}  // namespace leat::job::testing
