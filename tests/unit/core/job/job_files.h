// Small job files around the one thing that a test is about.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/load.h"

namespace leat::job::testing {

inline Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

inline LoadResult load(std::string_view text, std::map<std::string, std::string> values = {}) {
  return load_job(text, environment_of(std::move(values)));
}

// "LINE:COLUMN: message" of each, warnings included.
inline std::vector<std::string> messages(const LoadResult& result) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    lines.push_back(to_string(diagnostic, "").substr(1));
  }
  return lines;
}

// The body begins in line 3 and holds the source `s`.
inline std::string with_source(std::string_view body) {
  return "name: j\nsources:\n" + std::string(body) +
         "sinks:\n  out: { type: stdout, inputs: [s] }\n";
}

inline constexpr std::string_view kSource =
    "name: j\n"
    "sources:\n"
    "  s:\n"
    "    type: mqtt\n"
    "    broker: mqtt://h\n"
    "    topics: [a]\n"
    "    fields: { id: string, n: bigint, t: double, b: boolean, ts: timestamp, l: list<double> }\n"
    "    event_time: { field: ts }\n";

// The body begins in line 10 and holds the transform `x`.
inline std::string with_transform(std::string_view body) {
  return std::string(kSource) + "transforms:\n" + std::string(body) +
         "sinks:\n  out: { type: stdout, inputs: [x] }\n";
}

// The body begins in line 10 and holds the sinks.
inline std::string with_sink(std::string_view body) {
  return std::string(kSource) + "sinks:\n" + std::string(body);
}

// The body begins in line 12 and holds the tests; the job is s -> stdout.
inline std::string with_tests(std::string_view body) {
  return std::string(kSource) + "sinks:\n  out: { type: stdout, inputs: [s] }\ntests:\n" +
         std::string(body);
}

// The body begins in line 3.
inline std::string with_settings(std::string_view body) {
  return "name: j\nsettings:\n" + std::string(body) +
         "sources:\n  s: { type: generator, count: 1 }\n"
         "sinks:\n  out: { type: stdout, inputs: [s] }\n";
}

}  // namespace leat::job::testing
