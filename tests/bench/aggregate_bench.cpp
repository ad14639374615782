// Aggregator::add() over 10,000 dense cells in batches of 512, beside a plain loop over an array of
// accumulators fed the same rows: what is lost to being compiled from text. Then what firing costs,
// and the reduce operator.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/base/assert.h"
#include "core/operators/reduce.h"
#include "core/windows/aggregator.h"

namespace leat {
namespace {

constexpr std::size_t kKeys = 10'000;
constexpr std::size_t kBatchRows = 512;
constexpr std::size_t kBatches = 400;

struct Rows {
  std::vector<data::Batch> batches;
  std::vector<std::vector<std::uint32_t>> ids;
};

// A fixed linear congruential generator (Knuth's MMIX constants): the same rows in every run.
Rows make_rows() {
  const auto schema = data::make_schema({{"x", data::kDouble},
                                         {"n", data::kBigint},
                                         {"s", data::kString},
                                         {"sparse", data::kDouble}});
  Rows rows;
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return state >> 33;
  };
  for (std::size_t b = 0; b < kBatches; ++b) {
    data::Batch batch(schema);
    std::vector<std::uint32_t> ids;
    for (std::size_t i = 0; i < kBatchRows; ++i) {
      ids.push_back(static_cast<std::uint32_t>(next() % kKeys));
      batch.columns[0].append_double(static_cast<double>(next() % 100'000) / 1000);
      batch.columns[1].append_int64(static_cast<std::int64_t>(next() % 100'000));
      batch.columns[2].append_text("sensor-" + std::to_string(next() % 50));
      if (next() % 10 == 0) {
        batch.columns[3].append_null();
      } else {
        batch.columns[3].append_double(static_cast<double>(next() % 1000));
      }
      batch.close_row(0);
    }
    rows.batches.push_back(std::move(batch));
    rows.ids.push_back(std::move(ids));
  }
  return rows;
}

const Rows& rows() {
  static const Rows kRows = make_rows();
  return kRows;
}

struct Accumulator {
  std::uint64_t count = 0;
  double sum = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
};

void raw_array(benchmark::State& bench) {
  const Rows& input = rows();
  std::vector<Accumulator> cells(kKeys);
  for (auto _ : bench) {
    for (std::size_t b = 0; b < kBatches; ++b) {
      const double* values = input.batches[b].columns[0].doubles().data();
      const std::uint32_t* ids = input.ids[b].data();
      for (std::size_t i = 0; i < kBatchRows; ++i) {
        Accumulator& cell = cells[ids[i]];
        ++cell.count;
        cell.sum += values[i];
        cell.min = std::min(cell.min, values[i]);
        cell.max = std::max(cell.max, values[i]);
      }
    }
    benchmark::DoNotOptimize(cells.data());
    benchmark::ClobberMemory();
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
}

std::vector<windows::AggregateSpec> specs_of(const std::vector<std::string>& texts) {
  std::vector<windows::AggregateSpec> specs;
  for (const std::string& text : texts) {
    expression::CompileError error;
    auto spec = windows::compile_aggregate(text, text, *rows().batches[0].schema, error);
    LEAT_ASSERT(spec.has_value());
    specs.push_back(std::move(*spec));
  }
  return specs;
}

void aggregator(benchmark::State& bench, const std::vector<std::string>& texts) {
  const Rows& input = rows();
  windows::Aggregator aggregates(specs_of(texts));
  const std::size_t size = aggregates.cell_size();
  std::vector<std::uint64_t> memory(kKeys * size / 8);
  auto* const table = reinterpret_cast<std::byte*>(memory.data());
  for (std::size_t i = 0; i < kKeys; ++i) aggregates.init(table + i * size);
  std::vector<std::byte*> cells(kBatchRows);
  expression::RowErrors errors;
  for (auto _ : bench) {
    for (std::size_t b = 0; b < kBatches; ++b) {
      const std::uint32_t* ids = input.ids[b].data();
      for (std::size_t i = 0; i < kBatchRows; ++i) cells[i] = table + ids[i] * size;
      errors.reset(kBatchRows);
      aggregates.prepare(input.batches[b], errors);
      aggregates.add(0, kBatchRows, cells, errors);
    }
    benchmark::ClobberMemory();
  }
  for (std::size_t i = 0; i < kKeys; ++i) aggregates.destroy(table + i * size);
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
  bench.counters["cell_bytes"] = static_cast<double>(size);
}

// What firing costs a key: a slice's cell into another, or the results into columns.
void fire(benchmark::State& bench, bool merge) {
  windows::Aggregator aggregates(specs_of({"count(*)", "sum(x)", "min(x)", "max(x)"}));
  const std::size_t size = aggregates.cell_size();
  std::vector<std::uint64_t> memory(2 * kKeys * size / 8);
  auto* const table = reinterpret_cast<std::byte*>(memory.data());
  for (std::size_t i = 0; i < 2 * kKeys; ++i) aggregates.init(table + i * size);
  std::vector<data::Column> out;
  for (const windows::AggregateSpec& spec : aggregates.specs()) out.emplace_back(spec.result_type);
  for (auto _ : bench) {
    for (data::Column& column : out) column.clear();
    for (std::size_t i = 0; i < kKeys; ++i) {
      if (merge) {
        aggregates.merge(table + i * size, table + (kKeys + i) * size);
      } else {
        aggregates.append_results(table + i * size, out);
      }
    }
    benchmark::ClobberMemory();
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kKeys));
}

class NoOutput final : public operators::Output {
 public:
  void emit(std::size_t, data::Batch&& batch) override { rows_ += batch.rows(); }

 private:
  std::size_t rows_ = 0;
};

// The whole operator, the strings of its 10,000 keys interned and a row out for every row in.
void reduce(benchmark::State& bench) {
  const Rows& input = rows();
  auto fields = input.batches[0].schema->fields();
  fields.push_back({"key", data::kString});
  const auto schema = data::make_schema(fields);
  std::vector<data::Batch> batches;
  for (std::size_t b = 0; b < kBatches; ++b) {
    data::Batch batch = input.batches[b];
    batch.schema = schema;
    batch.columns.emplace_back(data::kString);
    for (const std::uint32_t id : input.ids[b]) {
      batch.columns.back().append_text("device-" + std::to_string(id));
    }
    batches.push_back(std::move(batch));
  }
  expression::CompileError error;
  auto key = expression::Expression::compile("key", *schema, error);
  LEAT_ASSERT(key.has_value());
  operators::ReduceConfig config{{{"key", *key}},
                                 specs_of({"count(*)", "sum(x)", "min(x)", "max(x)"})};
  std::vector<data::Field> out_fields{{"key", data::kString}};
  for (const auto& spec : config.aggregates) out_fields.push_back({spec.name, spec.result_type});
  operators::Reduce node(config, schema,
                         {data::make_schema(out_fields), operators::errors_schema(*schema)},
                         operators::OnError::kSkip);
  NoOutput out;
  for (auto _ : bench) {
    for (const data::Batch& batch : batches) {
      data::Batch copy = batch;
      const auto result = node.process(0, std::move(copy), out);
      LEAT_ASSERT(result.ok());
    }
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
}

BENCHMARK(raw_array);
BENCHMARK_CAPTURE(aggregator, count_sum_min_max_double, {"count(*)", "sum(x)", "min(x)", "max(x)"});
BENCHMARK_CAPTURE(aggregator, count_sum_min_max_bigint, {"count(*)", "sum(n)", "min(n)", "max(n)"});
BENCHMARK_CAPTURE(aggregator, with_nulls,
                  {"count(*)", "sum(sparse)", "min(sparse)", "max(sparse)"});
BENCHMARK_CAPTURE(aggregator, count_avg_max, {"count(*)", "avg(x)", "max(x)"});
BENCHMARK_CAPTURE(aggregator, sum_and_average_bigint, {"sum(n)", "avg(n)"});
BENCHMARK_CAPTURE(aggregator, stddev, {"stddev_samp(x)"});
BENCHMARK_CAPTURE(aggregator, first_last, {"first(x)", "last(x)"});
BENCHMARK_CAPTURE(aggregator, last_text, {"last(s)"});
BENCHMARK_CAPTURE(aggregator, max_by, {"max_by(s, x)"});
BENCHMARK_CAPTURE(aggregator, count_distinct_text, {"count(DISTINCT s)"});
BENCHMARK_CAPTURE(aggregator, approx_count_distinct_text, {"approx_count_distinct(s)"});
BENCHMARK_CAPTURE(aggregator, approx_percentile, {"approx_percentile(x, 0.99)"});
BENCHMARK_CAPTURE(aggregator, top_5, {"top_n(x, 5)"});
BENCHMARK_CAPTURE(fire, merge, true);
BENCHMARK_CAPTURE(fire, results, false);
BENCHMARK(reduce);

}  // namespace
}  // namespace leat

BENCHMARK_MAIN();
