// An Aggregator with a handful of cells, fed with values.
#pragma once

#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "core/windows/aggregator.h"

namespace leat::windows {

using data::Value;
using TestRow = std::vector<Value>;

inline data::SchemaPtr test_schema() {
  return data::make_schema({{"x", data::kDouble},
                            {"n", data::kBigint},
                            {"s", data::kString},
                            {"b", data::kBoolean},
                            {"t", data::kTimestamp},
                            {"l", data::Type::list_of(data::Kind::kString)},
                            {"m", data::kBigint}});
}

// x, n, s; the other fields are null.
inline TestRow xns(Value x, Value n = Value(), Value s = Value()) {
  return {std::move(x), std::move(n), std::move(s), Value(), Value(), Value(), Value()};
}

inline std::vector<AggregateSpec> compile_all(const std::vector<std::string>& texts) {
  std::vector<AggregateSpec> specs;
  for (const std::string& text : texts) {
    expression::CompileError error;
    auto spec = compile_aggregate(text, text, *test_schema(), error);
    EXPECT_TRUE(spec.has_value()) << text << ": " << error.message;
    if (spec) specs.push_back(std::move(*spec));
  }
  return specs;
}

class Cells {
 public:
  explicit Cells(const std::vector<std::string>& texts, std::size_t cells = 1)
      : aggregator_(compile_all(texts)), count_(cells) {
    memory_.resize(cells * aggregator_.cell_size() / 8);
    for (std::size_t i = 0; i < cells; ++i) aggregator_.init(at(i));
  }
  ~Cells() {
    for (std::size_t i = 0; i < count_; ++i) aggregator_.destroy(at(i));
  }
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  std::byte* at(std::size_t cell) {
    return reinterpret_cast<std::byte*>(memory_.data()) + cell * aggregator_.cell_size();
  }
  Aggregator& aggregator() { return aggregator_; }

  // Row i to cell ids[i] (cell 0 when there are no ids), as one batch. The rows that were refused.
  std::vector<std::size_t> add(const std::vector<TestRow>& rows,
                               const std::vector<std::size_t>& ids = {}) {
    data::Batch batch(test_schema());
    for (const TestRow& row : rows) batch.append_values(row, 0);
    expression::RowErrors errors;
    errors.reset(rows.size());
    aggregator_.prepare(batch, errors);
    std::vector<std::byte*> cells;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      cells.push_back(errors.at(i) != expression::EvalError::kNone ? nullptr
                                                                   : at(ids.empty() ? 0 : ids[i]));
    }
    aggregator_.add(0, rows.size(), cells, errors);
    std::vector<std::size_t> refused;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(cells[i] == nullptr, errors.at(i) != expression::EvalError::kNone);
      if (cells[i] == nullptr) refused.push_back(i);
    }
    return refused;
  }

  TestRow results(std::size_t cell = 0) {
    std::vector<data::Column> out;
    for (const AggregateSpec& spec : aggregator_.specs()) out.emplace_back(spec.result_type);
    if (aggregator_.append_results(at(cell), out) != expression::EvalError::kNone) return {};
    TestRow values;
    for (const data::Column& column : out) {
      EXPECT_EQ(column.size(), 1U);
      values.push_back(column.value(0));
    }
    return values;
  }
  // Of a single aggregate.
  Value result(std::size_t cell = 0) {
    TestRow values = results(cell);
    EXPECT_EQ(values.size(), 1U);
    return values.empty() ? Value() : values.front();
  }

  void merge(std::size_t into, std::size_t from) { aggregator_.merge(at(into), at(from)); }

  std::string save(std::size_t cell = 0) {
    base::ByteWriter out;
    aggregator_.save(at(cell), out);
    return out.take();
  }
  bool load(std::string_view bytes, std::size_t cell = 0) {
    aggregator_.destroy(at(cell));
    aggregator_.init(at(cell));
    base::ByteReader in(bytes);
    aggregator_.load(at(cell), in);
    return in.ok();
  }

 private:
  Aggregator aggregator_;
  std::size_t count_;
  std::vector<std::uint64_t> memory_;
};

// The result of one aggregate over one column's values (`x`, `n` or `s` as `text` names them).
inline Value aggregate(const std::string& text, const std::vector<TestRow>& rows) {
  Cells cells({text});
  EXPECT_TRUE(cells.add(rows).empty());
  return cells.result();
}

}  // namespace leat::windows
