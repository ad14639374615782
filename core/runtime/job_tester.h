// Runs the tests of a job file: in virtual time, in one thread, with no broker and no sink.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/job/graph.h"
#include "core/runtime/node_factory.h"

namespace leat::runtime {

struct TestOutcome {
  std::string name;
  bool passed = false;
  // What differs, for a person: a line for each row that is missing, unexpected or another one.
  std::vector<std::string> differences;
};

// `operators` builds the transforms; its sources and sinks are not asked for. Every test starts
// from nothing. An Error in the job itself is a failed test that names it.
TestOutcome run_job_test(const job::JobGraph& graph, const job::TestCase& test,
                         NodeFactory& operators);

// A row as JSON, {"id":"s1","n":2}, and whether it is what the test expects: every field of the
// schema equal (one that the test leaves out is expected to be null), doubles to 1e-9 relative.
std::string row_text(const data::Schema& schema, const std::vector<data::Value>& values);
bool row_matches(const data::Schema& schema, const std::vector<data::Value>& actual,
                 const std::vector<std::pair<std::string, data::Value>>& expected);

}  // namespace leat::runtime
