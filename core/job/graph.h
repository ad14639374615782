// A job file that has passed validation: named nodes, typed, in topological order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/time.h"
#include "core/data/batch.h"
#include "core/data/schema.h"
#include "core/job/options.h"
#include "core/operators/configs.h"
#include "core/windows/window_config.h"

namespace leat::job {

enum class Role { kSource, kTransform, kSink };

// A field as a source's format reads it.
struct SourceField {
  std::string name;
  data::Type type;
  std::vector<std::string> path;  // {"data", "temperature"}; by default the name alone
  bool optional = false;          // absent is null; otherwise an absent field is an error
  std::string unit = "ms";        // of a timestamp: s, ms, us, ns, iso8601
};

struct SourceConfig {
  Options options;                  // the type's own keys, and `ingest`
  std::string format;               // json, csv, text, ...; empty for the generator
  std::vector<SourceField> fields;  // position by position the schema
  operators::SourceStageConfig stage;
  struct Dedupe {
    std::vector<std::size_t> key;
    DurationMs keep_ms = 0;
    std::int64_t max_keys = 0;
  };
  std::optional<Dedupe> dedupe;
};

struct SinkConfig {
  Options options;                  // the type's own keys
  std::string format;               // json, csv
  std::vector<std::size_t> fields;  // of the input schema, in the order to write
  bool exactly_once = true;         // what the job file asks for
};

// Validated, and not built: the type's name is in NodeSpec::type.
struct UnbuiltConfig {};

using NodeConfig =
    std::variant<UnbuiltConfig, SourceConfig, SinkConfig, operators::FilterConfig,
                 operators::MapConfig, operators::FlatMapConfig, operators::RouteConfig,
                 operators::UnionConfig, operators::ReduceConfig, windows::WindowConfig>;

struct InputRef {
  std::size_t node = 0;    // index into JobGraph::nodes, smaller than the reader's own
  std::size_t output = 0;  // index into that node's outputs
};

struct OutputSpec {
  std::string name;  // "" for output 0, then "errors", "late", ...
  data::SchemaPtr schema;
};

struct NodeSpec {
  std::string name;
  Role role = Role::kTransform;
  std::string type;
  std::vector<InputRef> inputs;
  std::vector<OutputSpec> outputs;
  std::int64_t parallelism = 1;
  operators::OnError on_error = operators::OnError::kSkip;
  NodeConfig config;
  std::size_t line = 0;  // of its name in the file, 1-based
  std::size_t column = 0;
};

// Something the contract has and this build has not: `run` refuses it by name.
struct Unbuilt {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string what;  // "sink type \"kafka\" of cloud"
};

// One test of the `tests` section.
struct TestStep {
  enum class Kind { kRow, kAdvanceClock, kAdvanceWatermark, kRestart };
  Kind kind = Kind::kRow;
  std::size_t source = 0;            // kRow: node index
  std::vector<data::Value> values;   // kRow: by the source's schema
  std::optional<TimestampMs> at_ms;  // kRow: sets the clock
  std::int64_t amount_ms = 0;        // kAdvanceClock: duration; kAdvanceWatermark: timestamp
  std::size_t line = 0;
};
struct TestExpectation {
  InputRef output;
  bool unordered = false;
  std::vector<std::vector<std::pair<std::string, data::Value>>> rows;  // by field name, as written
  std::size_t line = 0;
};
struct TestCase {
  std::string name;
  // As written, source after source; the runner orders rows by the rule of the contract.
  std::vector<TestStep> steps;
  std::vector<TestExpectation> expectations;
  bool end = false;
  std::size_t line = 0;
};

struct JobGraph {
  std::string name;
  Options settings;
  std::vector<NodeSpec> nodes;
  std::vector<Unbuilt> unbuilt;
  std::vector<TestCase> tests;
};

}  // namespace leat::job
