#include "core/operators/map.h"

#include <gtest/gtest.h>

#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using Rows = std::vector<harness::Row>;

data::SchemaPtr input() {
  return data::make_schema({{"id", data::kString}, {"n", data::kBigint}, {"m", data::kBigint}});
}

harness::OperatorSetup setup(const std::vector<std::pair<std::string, std::string>>& columns,
                             OnError on_error = OnError::kSkip) {
  MapConfig config;
  std::vector<data::Field> fields;
  for (const auto& [name, text] : columns) {
    config.columns.push_back({name, compiled(text, input())});
    fields.push_back({name, config.columns.back().expression.type()});
  }
  const std::vector<data::SchemaPtr> outputs{data::make_schema(fields), errors_schema(*input())};
  return {[=] { return std::make_unique<Map>(config, outputs, on_error); }, {input()}, outputs};
}

TEST(Map, ComputesKeepsAndDropsFields) {
  harness::OperatorHarness h(setup({{"sum", "n + m"}, {"id", "id"}}));
  h.element({"a", 1, 2}, 10);
  h.element({Value(), Value(), 2}, 20);
  EXPECT_EQ(h.rows(), (Rows{row({3, "a"}, 10), row({Value(), Value()}, 20)}));
  EXPECT_EQ(h.ledger().used, 2u);
  EXPECT_EQ(h.ledger().out, 2u);
}

TEST(Map, EveryExpressionSeesTheRowAsItCame) {
  // Fields change places, one is used three times, and the expressions still read the old ones.
  harness::OperatorHarness h(
      setup({{"n", "m"}, {"m", "n"}, {"again", "n"}, {"sum", "n * 10 + m"}, {"last", "n"}}), 7);
  h.element({"a", 1, 2}, 10);
  h.element({"a", 3, 4}, 20);
  EXPECT_EQ(h.rows(), (Rows{row({2, 1, 1, 12, 1}, 10), row({4, 3, 3, 34, 3}, 20)}));
}

TEST(Map, AFailedRowIsSetAsideAsItCameWithTheFirstReason) {
  const auto columns = std::vector<std::pair<std::string, std::string>>{
      {"id", "id"}, {"q", "n / m"}, {"p", "n * 9223372036854775807"}};
  std::vector<harness::Step> steps;
  for (int i = 0; i < 50; ++i) steps.push_back(harness::element({"a", i % 3, i % 4}, i));
  const harness::Outcome outcome = harness::play_every_way(setup(columns), steps, 5);
  // n in {0, 1} fits; n = 2 overflows; m = 0 divides by zero, which is judged first.
  Rows good;
  Rows bad;
  for (int i = 0; i < 50; ++i) {
    const int n = i % 3;
    const int m = i % 4;
    if (m == 0) {
      bad.push_back(row({"a", n, m, "division_by_zero"}, i));
    } else if (n == 2) {
      bad.push_back(row({"a", n, m, "overflow"}, i));
    } else {
      good.push_back(row({"a", n / m, n * std::int64_t{9223372036854775807}}, i));
    }
  }
  EXPECT_EQ(outcome.rows[0], good);
  EXPECT_EQ(outcome.rows[1], bad);
  EXPECT_EQ(outcome.ledger.errors, bad.size());
  EXPECT_EQ(outcome.ledger.used, good.size());
}

TEST(Map, OnErrorFail) {
  harness::OperatorHarness h(setup({{"q", "n / m"}}, OnError::kFail), 7);
  h.element({"a", 1, 1}, 10);
  h.element({"a", 7, 0}, 20);
  const auto error = h.take_error();
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find(R"("n":7)"), std::string::npos) << error->message();
}

TEST(Map, WatermarksGoThroughRowByRow) {
  harness::OperatorHarness h(setup({{"n", "n"}}), 7);
  h.element({"a", 1, 1}, 10);
  h.watermark(5);
  h.element({"a", 2, 1}, 20);
  h.watermark(15);
  EXPECT_EQ(seen(h.rows()), (std::vector<TimestampMs>{kMinTimestamp, 5}));
  EXPECT_EQ(h.output_watermark(0), 15);
  EXPECT_EQ(h.output_watermark(1), 15);
  h.watermark(99);
  EXPECT_EQ(h.output_watermark(0), 99);
}

TEST(Map, DictionaryCodesOfKeptFieldsStay) {
  class Codes final : public Output {
   public:
    void emit(std::size_t output, data::Batch&& batch) override {
      if (output == 0) count += batch.columns[0].codes().size();
    }
    std::size_t count = 0;
  } codes;
  const auto map = setup({{"id", "id"}, {"n", "n + 1"}}).make();
  data::Batch batch(input());
  batch.columns[0].append_text("a", 3, 7);
  batch.columns[1].append_int64(1);
  batch.columns[2].append_int64(1);
  batch.close_row(0);
  ASSERT_TRUE(map->process(0, std::move(batch), codes).ok());
  EXPECT_EQ(codes.count, 1u);
}

}  // namespace
}  // namespace leat::operators
