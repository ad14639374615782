// The order in which the steps of a test are played.
#pragma once

#include <cstddef>
#include <vector>

#include "core/job/graph.h"

namespace leat::job {

// Indexes into test.steps. Steps of one source keep their order. Sources are merged by the time
// each row brings the clock to (its `at`, else its event time, never back within the source), then
// by the file; a step that is no row goes directly behind the row above it. Pure.
std::vector<std::size_t> step_order(const JobGraph& graph, const TestCase& test);

// The time that a row sets the clock to, when it sets one: `at`, else its event time.
std::optional<TimestampMs> row_time_ms(const JobGraph& graph, const TestStep& step);

}  // namespace leat::job
