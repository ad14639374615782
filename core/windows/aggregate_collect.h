// Aggregates that keep many values. Private to this folder.
#pragma once

#include <memory>
#include <optional>

#include "core/windows/aggregate_state.h"

namespace leat::windows {

// The values in order of arrival.
std::unique_ptr<AggregateState> make_collect_list(std::size_t input, data::Type type);

// The n largest of `input`, descending, the earlier arrival first among equals; or, with `shown`,
// its value in those rows. Rows where either is null are passed over.
struct Shown {
  std::size_t input = 0;
  data::Type type;
};
std::unique_ptr<AggregateState> make_top_n(std::size_t input, data::Type type, std::int64_t limit,
                                           std::optional<Shown> shown);

// count(DISTINCT x), exact. -0.0 is 0.0 and all NaN are one value.
std::unique_ptr<AggregateState> make_distinct(std::size_t input, data::Type type);

// approx_count_distinct(x), by HyperLogLog (sketch_hll.h).
std::unique_ptr<AggregateState> make_approximate_distinct(std::size_t input, data::Type type);

// percentile(x, p) for every p of the same x: all values, as doubles.
std::unique_ptr<AggregateState> make_percentiles(std::size_t input, data::Kind kind);

// approx_percentile(x, p) for every p of the same x (sketch_quantile.h).
std::unique_ptr<AggregateState> make_approximate_percentiles(std::size_t input, data::Kind kind);

}  // namespace leat::windows
