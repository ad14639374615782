#include "core/job/test_order.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace leat::job {

std::optional<TimestampMs> row_time_ms(const JobGraph& graph, const TestStep& step) {
  if (step.at_ms) return step.at_ms;
  const auto* source = std::get_if<SourceConfig>(&graph.nodes[step.source].config);
  if (source == nullptr || !source->stage.event_time_field) return std::nullopt;
  const std::size_t field = *source->stage.event_time_field;
  if (field >= step.values.size()) return std::nullopt;
  const auto* time = std::get_if<std::int64_t>(&step.values[field].held);
  if (time == nullptr) return std::nullopt;
  return *time;
}

std::vector<std::size_t> step_order(const JobGraph& graph, const TestCase& test) {
  std::vector<TimestampMs> reached(test.steps.size(), kMinTimestamp);
  std::map<std::size_t, TimestampMs> clocks;  // by source
  for (std::size_t i = 0; i < test.steps.size(); ++i) {
    const TestStep& step = test.steps[i];
    TimestampMs& clock = clocks.try_emplace(step.source, kMinTimestamp).first->second;
    if (step.kind == TestStep::Kind::kRow) {
      clock = std::max(clock, row_time_ms(graph, step).value_or(kMinTimestamp));
    }
    reached[i] = clock;
  }
  std::vector<std::size_t> sequence(test.steps.size());
  std::iota(sequence.begin(), sequence.end(), std::size_t{0});
  std::stable_sort(sequence.begin(), sequence.end(),
                   [&](std::size_t a, std::size_t b) { return reached[a] < reached[b]; });
  return sequence;
}

}  // namespace leat::job
