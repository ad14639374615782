#include "core/operators/flat_map.h"

#include <gtest/gtest.h>

#include "tests/unit/core/operators/support.h"

namespace leat::operators {
namespace {

using data::Value;
using harness::row;
using List = data::Value::List;
using Rows = std::vector<harness::Row>;

const data::Type kList = data::Type::list_of(data::Kind::kBigint);

harness::OperatorSetup unnest() {
  const auto in = data::make_schema({{"id", data::kString}, {"v", kList}, {"n", data::kBigint}});
  const auto out =
      data::make_schema({{"id", data::kString}, {"e", data::kBigint}, {"n", data::kBigint}});
  const std::vector<data::SchemaPtr> outputs{out, errors_schema(*in)};
  return {[=] {
            return std::make_unique<FlatMap>(FlatMapConfig{1, std::nullopt, "e"}, outputs);
          },
          {in},
          outputs};
}

harness::OperatorSetup split(std::string by) {
  const auto schema = data::make_schema({{"s", data::kString}, {"id", data::kString}});
  const auto out = data::make_schema({{"part", data::kString}, {"id", data::kString}});
  const std::vector<data::SchemaPtr> outputs{out, errors_schema(*schema)};
  return {[=] {
            return std::make_unique<FlatMap>(FlatMapConfig{0, by, "part"}, outputs);
          },
          {schema},
          outputs};
}

std::vector<std::string> parts(const Value& text, const std::string& by) {
  harness::OperatorHarness h(split(by));
  h.element({text, "x"}, 10);
  std::vector<std::string> out;
  for (const harness::Row& one : h.rows()) out.push_back(std::get<std::string>(one.values[0].held));
  EXPECT_EQ(h.ledger().used, out.empty() ? 0u : 1u);
  EXPECT_EQ(h.ledger().filtered, out.empty() ? 1u : 0u);
  return out;
}

TEST(FlatMap, OneRowForEachElement) {
  harness::OperatorHarness h(unnest(), 7);
  h.element({"a", List{1, Value(), 3}, 7}, 10);
  h.element({"b", List{}, 8}, 20);
  h.element({"c", Value(), 9}, 30);
  h.element({Value(), List{4}, Value()}, 40);
  EXPECT_EQ(h.rows(), (Rows{row({"a", 1, 7}, 10), row({"a", Value(), 7}, 10), row({"a", 3, 7}, 10),
                            row({Value(), 4, Value()}, 40)}));
  EXPECT_EQ(h.ledger().in, 4u);
  EXPECT_EQ(h.ledger().used, 2u);
  EXPECT_EQ(h.ledger().filtered, 2u);
  EXPECT_EQ(h.ledger().out, 4u);
}

TEST(FlatMap, TheRowsOfOneRowSeeTheSameWatermark) {
  for (const std::size_t batch_size : {1u, 7u}) {
    harness::OperatorHarness h(unnest(), batch_size);
    h.watermark(1);
    h.element({"a", List{1, 2}, 7}, 10);
    h.watermark(5);
    h.element({"b", List{}, 8}, 20);
    h.watermark(15);
    h.element({"c", List{3, 4}, 9}, 30);
    h.watermark(25);
    EXPECT_EQ(seen(h.rows()), (std::vector<TimestampMs>{1, 1, 15, 15})) << batch_size;
    EXPECT_EQ(h.output_watermark(0), 25);
    EXPECT_EQ(h.output_watermark(1), 25);
  }
}

// Expected: the documentation of Flink SQL's SPLIT(string, delimiter).
TEST(FlatMap, SplitsAsFlinkDoes) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(parts("a,b,c", ","), (Parts{"a", "b", "c"}));
  EXPECT_EQ(parts("abc", ","), (Parts{"abc"}));
  EXPECT_EQ(parts("", ","), (Parts{""}));
  EXPECT_EQ(parts(",a,,b,", ","), (Parts{"", "a", "", "b", ""}));
  EXPECT_EQ(parts("a--b-c", "--"), (Parts{"a", "b-c"}));
  EXPECT_EQ(parts("aaa", "aa"), (Parts{"", "a"}));
  EXPECT_EQ(parts("abc", ""), (Parts{"abc"}));
  EXPECT_EQ(parts(Value(), ","), (Parts{}));
}

TEST(FlatMap, PlayedEveryWay) {
  std::vector<harness::Step> steps;
  Rows expected;
  for (int i = 0; i < 300; ++i) {
    List list;
    for (int k = 0; k < i % 4; ++k) {
      list.push_back(k);
      expected.push_back(row({"s" + std::to_string(i), k, i}, i));
    }
    steps.push_back(harness::element({"s" + std::to_string(i), list, i}, i));
  }
  EXPECT_EQ(harness::play_every_way(unnest(), steps, 3).rows[0], expected);
}

TEST(FlatMap, LongListsLeaveInPieces) {
  class Sizes final : public Output {
   public:
    void emit(std::size_t, data::Batch&& batch) override {
      batch.check();
      rows += batch.rows();
      largest = std::max(largest, batch.rows());
      if (!batch.empty()) bytes = std::max(bytes, batch.columns[0].offsets().back());
      EXPECT_GE(batch.watermark_before, watermark);
      watermark = batch.last_watermark();
    }
    std::size_t rows = 0;
    std::size_t largest = 0;
    std::uint32_t bytes = 0;
    TimestampMs watermark = kMinTimestamp;
  } sizes;
  const harness::OperatorSetup setup = unnest();
  const auto flat_map = setup.make();
  data::Batch batch(setup.inputs[0]);
  // A text of 100 kB beside 1,000 elements: 100 MB when repeated. And 10,000 elements beside
  // nothing.
  batch.append_values({std::string(100'000, 'x'), List(1'000, Value(1)), 1}, 10);
  batch.advance_watermark(9);
  batch.append_values({"", List(10'000, Value(2)), 1}, 20);
  batch.advance_watermark(19);
  ASSERT_TRUE(flat_map->process(0, std::move(batch), sizes).ok());
  EXPECT_EQ(sizes.rows, 11'000u);
  EXPECT_LE(sizes.largest, 4'096u);
  EXPECT_LE(sizes.bytes, 8u << 20);
  EXPECT_EQ(sizes.watermark, 19);
}

}  // namespace
}  // namespace leat::operators
