// Rows that an expression could not take: to the node's `errors` output, or an end to the job.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/expression/expression.h"
#include "core/operators/configs.h"

namespace leat::operators {

// A row as a JSON object, for messages and payloads.
std::string row_to_json(const data::Batch& batch, std::size_t row);

// The rows of `batch` that have an error, ascending.
std::vector<std::uint32_t> rows_with_errors(const data::Batch& batch,
                                            const expression::RowErrors& errors);
// All rows but those in `excluded` (ascending), ascending.
std::vector<std::uint32_t> rows_without(std::size_t rows, std::span<const std::uint32_t> excluded);

// Rows `bad` (ascending) with the reason behind them, for an output of errors_schema(); watermarks
// as Batch::select. With OnError::kFail and at least one row: an Error that names the reason and
// the row.
Result<data::Batch> error_rows(const data::Batch& batch, std::span<const std::uint32_t> bad,
                               const expression::RowErrors& errors, const data::SchemaPtr& schema,
                               OnError on_error);

}  // namespace leat::operators
