// What the operator tests share.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string_view>
#include <vector>

#include "core/expression/expression.h"
#include "core/operators/configs.h"
#include "tests/harness/operator_harness.h"

namespace leat::operators {

inline expression::Expression compiled(std::string_view text, const data::SchemaPtr& schema) {
  expression::CompileError error;
  auto expression = expression::Expression::compile(text, *schema, error);
  if (!expression) ADD_FAILURE() << text << ": " << error.message;
  return std::move(expression).value();
}

inline std::vector<TimestampMs> seen(const std::vector<harness::Row>& rows) {
  std::vector<TimestampMs> watermarks;
  for (const harness::Row& row : rows) watermarks.push_back(row.seen);
  return watermarks;
}

}  // namespace leat::operators
