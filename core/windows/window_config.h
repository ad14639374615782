// What a `window` node of a job file says, checked and typed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/data/schema.h"
#include "core/expression/expression.h"
#include "core/expression/key_selector.h"

namespace leat::windows {

enum class WindowShape { kTumbling, kSliding, kSession, kCount, kGlobal };

enum class AggregateFunction {
  kCountAll,       // count(*)
  kCount,          // count(x): rows where x is not null
  kCountDistinct,  // count(DISTINCT x)
  kApproxCountDistinct,
  kSum,
  kMin,
  kMax,
  kAvg,
  kStddevPop,
  kStddevSamp,
  kVarPop,
  kVarSamp,
  kFirst,  // first(x): of the first row in order of arrival that is not null
  kLast,
  kMinBy,  // min_by(x, y): x of the row with the smallest y
  kMaxBy,
  kPercentile,  // percentile(x, p), PERCENTILE_CONT
  kApproxPercentile,
  kTopN,  // top_n(x, n[, y])
  kCollectList,
};

// One aggregate of `aggregate:` or of a `reduce`. Nulls are skipped by every function but count(*);
// without a value the result is null (counts: 0, collect_list and top_n: an empty list).
struct AggregateSpec {
  std::string name;  // the output field
  AggregateFunction function = AggregateFunction::kCountAll;
  std::vector<expression::Expression> arguments;  // columns only; the constants are taken out below
  double fraction = 0;                            // of percentile and approx_percentile, 0 to 1
  std::int64_t limit = 0;                         // of top_n, at least 1
  data::Type result_type;
};

// From the text of an aggregate to its checked form. `error` says where and what is wrong.
std::optional<AggregateSpec> compile_aggregate(std::string name, std::string_view text,
                                               const data::Schema& schema,
                                               expression::CompileError& error);

struct WindowConfig {
  WindowShape shape = WindowShape::kTumbling;
  // tumbling, sliding; size_ms > 0, slide_ms > 0 (a slide larger than the size leaves gaps)
  DurationMs size_ms = 0;
  DurationMs slide_ms = 0;       // tumbling: equal to size_ms
  DurationMs offset_ms = 0;      // any sign; only its remainder by the slide matters
  DurationMs gap_ms = 0;         // session
  std::int64_t count_size = 0;   // count
  std::int64_t count_slide = 0;  // count; equal to count_size when not given
  DurationMs allowed_lateness_ms = 0;
  std::vector<expression::KeyPart> key;  // empty: one window over all
  std::vector<AggregateSpec> aggregates;
};

// Output 0: the key fields, window_start and window_end (timestamps; absent for count and global
// windows), the aggregates. Output 1, `errors`: the row and `reason`. Output 2, `late`: the row.
data::SchemaPtr window_schema(const WindowConfig& config);

}  // namespace leat::windows
