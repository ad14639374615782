// What the nodes between sources and sinks say, checked and typed; a struct for each operator.
// Every node has output 0, the main one, and output 1, `errors` (the row and `reason`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/data/schema.h"
#include "core/expression/expression.h"
#include "core/expression/key_selector.h"
#include "core/time/watermark_config.h"
#include "core/windows/window_config.h"

namespace leat::operators {

// The schema of `<node>.errors`: the row's fields and `reason: string` (`reason_` where the row has
// a field of that name, and so on).
data::SchemaPtr errors_schema(const data::Schema& row);

// What a bad row does to the job.
enum class OnError { kSkip, kFail };

struct FilterConfig {
  expression::Expression where;
};

// One output field of a map: an input field kept as it is, or an expression.
struct MapColumn {
  std::string name;
  expression::Expression expression;
};
struct MapConfig {
  std::vector<MapColumn> columns;  // the whole output row in order
};

struct FlatMapConfig {
  std::size_t field = 0;                // a list (unnest) or a string (split)
  std::optional<std::string> split_by;  // split, at that text; a null or empty list gives no row
  std::string as;  // name of the output field, which takes the place of `field`
};

// Output 2 and up: the routes in order, last `unmatched`. Nothing goes to output 0.
struct RouteConfig {
  struct Route {
    std::string name;
    expression::Expression when;
  };
  std::vector<Route> routes;
};

struct UnionConfig {};

struct ReduceConfig {
  std::vector<expression::KeyPart> key;
  std::vector<windows::AggregateSpec> aggregates;
};

struct DedupeConfig {
  std::vector<std::size_t> key;  // fields
  DurationMs keep_ms = 0;
  std::size_t max_keys = 100'000;
};

// What stands between a source's rows and the job: event times, the skew guard, watermarks.
// Output 0: rows. Output 1, `errors`: payload, topic, reason, received. Output 2, `rejected`: rows.
struct SourceStageConfig {
  data::SchemaPtr schema;
  std::optional<std::size_t> event_time_field;  // a timestamp; none: the time of arrival
  time::WatermarkConfig watermark;
  std::optional<expression::Expression> punctuated_when;
};

// The schema of a source's `errors`.
data::SchemaPtr source_errors_schema();

}  // namespace leat::operators
