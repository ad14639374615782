// A window operator over rows (id string, n bigint, x double), for the harness.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "core/operators/configs.h"
#include "core/windows/window_operator.h"
#include "tests/harness/operator_harness.h"

namespace leat::windows {

using data::Value;
using harness::element;
using harness::end_input;
using harness::row;
using harness::Row;
using harness::Step;
using harness::watermark;

inline data::SchemaPtr window_input() {
  return data::make_schema({{"id", data::kString}, {"n", data::kBigint}, {"x", data::kDouble}});
}

struct NamedText {
  std::string name;
  std::string text;
};

// `key`: expressions, each also the name of the output field unless that is given.
inline WindowConfig window_config(WindowShape shape, const std::vector<NamedText>& key,
                                  const std::vector<NamedText>& aggregates) {
  WindowConfig config;
  config.shape = shape;
  const data::SchemaPtr schema = window_input();
  for (const auto& [name, text] : key) {
    expression::CompileError error;
    auto compiled = expression::Expression::compile(text, *schema, error);
    EXPECT_TRUE(compiled.has_value()) << error.message;
    config.key.push_back({name, std::move(*compiled)});
  }
  for (const auto& [name, text] : aggregates) {
    expression::CompileError error;
    auto compiled = compile_aggregate(name, text, *schema, error);
    EXPECT_TRUE(compiled.has_value()) << error.message;
    config.aggregates.push_back(std::move(*compiled));
  }
  return config;
}

// By id, the sum of n.
inline WindowConfig sum_by_id(WindowShape shape) {
  return window_config(shape, {{"id", "id"}}, {{"sum", "sum(n)"}});
}

inline WindowConfig sliding(DurationMs size_ms, DurationMs slide_ms, DurationMs offset_ms = 0,
                            DurationMs allowed_lateness_ms = 0) {
  WindowConfig config =
      sum_by_id(size_ms == slide_ms ? WindowShape::kTumbling : WindowShape::kSliding);
  config.size_ms = size_ms;
  config.slide_ms = slide_ms;
  config.offset_ms = offset_ms;
  config.allowed_lateness_ms = allowed_lateness_ms;
  return config;
}

inline WindowConfig tumbling(DurationMs size_ms, DurationMs offset_ms = 0,
                             DurationMs allowed_lateness_ms = 0) {
  return sliding(size_ms, size_ms, offset_ms, allowed_lateness_ms);
}

inline WindowConfig session(DurationMs gap_ms, DurationMs allowed_lateness_ms = 0) {
  WindowConfig config = sum_by_id(WindowShape::kSession);
  config.gap_ms = gap_ms;
  config.allowed_lateness_ms = allowed_lateness_ms;
  return config;
}

inline WindowConfig counted(std::int64_t size, std::int64_t slide) {
  WindowConfig config = sum_by_id(WindowShape::kCount);
  config.count_size = size;
  config.count_slide = slide;
  return config;
}

inline harness::OperatorSetup window_setup(const WindowConfig& config) {
  const data::SchemaPtr input = window_input();
  std::vector<data::SchemaPtr> outputs = {window_schema(config), operators::errors_schema(*input),
                                          input};
  return {[config, input, outputs] { return make_window_operator(config, input, outputs); },
          {input},
          outputs};
}

// A row of key `id` with n.
inline Step at(TimestampMs time, const Value& id, const Value& n) {
  return element({id, n, Value()}, time);
}

// Results of event-time windows: {id, start, end, sum} at end - 1.
inline Row fired(const Value& id, TimestampMs start, TimestampMs end, const Value& sum) {
  return row({id, start, end, sum}, end - 1);
}

}  // namespace leat::windows
