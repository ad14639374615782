#include "core/operators/row_errors.h"

#include "core/base/text.h"

namespace leat::operators {

std::string row_to_json(const data::Batch& batch, std::size_t row) {
  std::string out = "{";
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    if (i > 0) out += ',';
    base::append_json_string(out, batch.schema->field(i).name);
    out += ':';
    out += data::to_json(batch.columns[i].value(row), batch.columns[i].type());
  }
  out += '}';
  return out;
}

std::vector<std::uint32_t> rows_with_errors(const data::Batch& batch,
                                            const expression::RowErrors& errors) {
  std::vector<std::uint32_t> rows;
  if (!errors.any()) return rows;
  for (std::uint32_t row = 0; row < batch.rows(); ++row) {
    if (errors.at(row) != expression::EvalError::kNone) rows.push_back(row);
  }
  return rows;
}

std::vector<std::uint32_t> rows_without(std::size_t rows, std::span<const std::uint32_t> excluded) {
  std::vector<std::uint32_t> kept;
  kept.reserve(rows - excluded.size());
  std::size_t next = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (next < excluded.size() && excluded[next] == row) {
      ++next;
    } else {
      kept.push_back(row);
    }
  }
  return kept;
}

Result<data::Batch> error_rows(const data::Batch& batch, std::span<const std::uint32_t> bad,
                               const expression::RowErrors& errors, const data::SchemaPtr& schema,
                               OnError on_error) {
  if (on_error == OnError::kFail && !bad.empty()) {
    return base::invalid("bad row (" + std::string(to_string(errors.at(bad.front()))) +
                         "): " + row_to_json(batch, bad.front()));
  }
  data::Batch out = batch.select(bad);
  data::Column reasons(data::kString);
  for (const std::uint32_t row : bad) reasons.append_text(to_string(errors.at(row)));
  out.columns.push_back(std::move(reasons));
  out.schema = schema;
  return out;
}

}  // namespace leat::operators
