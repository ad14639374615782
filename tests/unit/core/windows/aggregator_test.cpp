#include "core/windows/aggregator.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "tests/unit/core/windows/aggregate_fixture.h"

namespace leat::windows {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double real(const Value& value) { return std::get<double>(value.held); }
Value list(std::vector<Value> values) { return Value(Value::List(std::move(values))); }

TEST(Aggregator, TheUsualCellIsSmall) {
  EXPECT_EQ(Cells({"count(*)", "sum(x)", "min(x)", "max(x)"}).aggregator().cell_size(), 32U);
  EXPECT_EQ(Cells({"count(*)", "avg(x)", "sum(x)"}).aggregator().cell_size(), 24U);
  EXPECT_TRUE(Cells({"count(*)", "sum(x)", "last(x)", "stddev_pop(n)"}).aggregator().trivial());
  EXPECT_FALSE(Cells({"count(*)", "max(s)"}).aggregator().trivial());
}

TEST(Aggregator, NothingSeen) {
  Cells cells({"count(*)",
               "count(x)",
               "count(DISTINCT x)",
               "approx_count_distinct(s)",
               "sum(x)",
               "sum(n)",
               "min(x)",
               "max(s)",
               "avg(x)",
               "avg(n)",
               "stddev_pop(x)",
               "var_samp(n)",
               "first(x)",
               "last(l)",
               "min_by(x, n)",
               "max_by(s, x)",
               "percentile(x, 0.5)",
               "approx_percentile(n, 0.5)",
               "top_n(x, 3)",
               "top_n(x, 3, s)",
               "collect_list(s)"});
  const TestRow expected{0,       0,       0,       0,       Value(),  Value(),  Value(),
                         Value(), Value(), Value(), Value(), Value(),  Value(),  Value(),
                         Value(), Value(), Value(), Value(), list({}), list({}), list({})};
  EXPECT_EQ(cells.results(), expected);
  // Rows of nulls count for count(*) alone.
  cells.add({xns(Value()), xns(Value())});
  TestRow after = expected;
  after[0] = 2;
  EXPECT_EQ(cells.results(), after);
}

TEST(Aggregator, CountsSumsAndExtremes) {
  Cells cells({"count(*)", "count(x)", "sum(x)", "min(x)", "max(x)", "avg(x)", "sum(n)", "min(n)",
               "max(n)", "avg(n)", "count(n)"});
  cells.add({xns(1.5, 4), xns(-2.5, Value()), xns(Value(), -6), xns(4.0, 7)});
  // x: 1.5 - 2.5 + 4.0 = 3.0, over 3 values; n: 4 - 6 + 7 = 5, over 3 values.
  EXPECT_EQ(cells.results(), (TestRow{4, 3, 3.0, -2.5, 4.0, 1.0, 5, -6, 7, 5.0 / 3.0, 3}));
}

TEST(Aggregator, RowsGoToTheirCellsAndNullSkips) {
  Cells cells({"count(*)", "sum(n)"}, 3);
  data::Batch batch(test_schema());
  for (int i = 1; i <= 5; ++i) batch.append_values(xns(0.0, i), 0);
  expression::RowErrors errors;
  errors.reset(5);
  cells.aggregator().prepare(batch, errors);
  // Rows 1 to 4 of the batch: n = 2, 3, 4, 5.
  std::vector<std::byte*> places{cells.at(2), nullptr, cells.at(1), cells.at(2)};
  cells.aggregator().add(1, 5, places, errors);
  EXPECT_EQ(cells.results(0), (TestRow{0, Value()}));
  EXPECT_EQ(cells.results(1), (TestRow{1, 4}));
  EXPECT_EQ(cells.results(2), (TestRow{2, 7}));
}

TEST(Aggregator, ExtremesOfOtherTypes) {
  Cells cells({"min(s)", "max(s)", "min(b)", "max(b)", "min(t)", "max(t)"});
  const auto row = [](Value s, Value b, Value t) {
    return TestRow{Value(), Value(), std::move(s), std::move(b), std::move(t), Value(), Value()};
  };
  cells.add({row("b", true, 5), row("\xC3\xA9", Value(), -5), row("a", false, Value()),
             row("B", true, 9), row(Value(), Value(), 7)});
  // By bytes: "B" < "a" < "b" < "é".
  EXPECT_EQ(cells.results(), (TestRow{"B", "\xC3\xA9", false, true, -5, 9}));
}

TEST(Aggregator, IntegersToTheirLimits) {
  Cells cells({"min(n)", "max(n)", "avg(n)"});
  cells.add({xns(0.0, kMax), xns(0.0, kMax), xns(0.0, kMin)});
  // (2^63-1) + (2^63-1) - 2^63 = 2^63 - 2; a third of it is 3074457345618258602 to 18 places.
  EXPECT_EQ(cells.results()[0], Value(kMin));
  EXPECT_EQ(cells.results()[1], Value(kMax));
  EXPECT_DOUBLE_EQ(real(cells.results()[2]), 3074457345618258602.0);
  EXPECT_EQ(aggregate("sum(n)", {xns(0.0, kMax), xns(0.0, kMin), xns(0.0, kMax), xns(0.0, kMin)}),
            Value(-2));
}

TEST(Aggregator, AverageOfBigintIsExactBeforeItIsRounded) {
  // In doubles 9007199254740993 (2^53 + 1) and its like lose the last bit; the exact sum does not.
  EXPECT_EQ(aggregate("avg(n)", {xns(0.0, 9007199254740993), xns(0.0, -9007199254740991)}),
            Value(1.0));
  // Beyond 64 bits: four times 2^63 - 1 is 2^65 - 4, and a quarter of it rounds to 2^63.
  const TestRow most = xns(0.0, kMax);
  EXPECT_EQ(aggregate("avg(n)", {most, most, most, most}), Value(std::ldexp(1.0, 63)));
  const TestRow least = xns(0.0, kMin);
  EXPECT_EQ(aggregate("avg(n)", {least, least, least}), Value(-std::ldexp(1.0, 63)));
}

TEST(Aggregator, NotANumberIsTheLargest) {
  Cells cells({"min(x)", "max(x)", "sum(x)"});
  cells.add({xns(kNaN), xns(kNaN)});
  EXPECT_TRUE(std::isnan(real(cells.results()[0])));  // nothing else was there
  cells.add({xns(kInfinity)});
  EXPECT_EQ(real(cells.results()[0]), kInfinity);
  EXPECT_TRUE(std::isnan(real(cells.results()[1])));
  EXPECT_TRUE(std::isnan(real(cells.results()[2])));
  EXPECT_EQ(real(aggregate("max(x)", {xns(-kInfinity)})), -kInfinity);
}

TEST(Aggregator, MinusZeroIsZero) {
  for (const char* text : {"min(x)", "max(x)", "percentile(x, 0)", "approx_percentile(x, 0)"}) {
    EXPECT_FALSE(std::signbit(real(aggregate(text, {xns(-0.0)})))) << text;
  }
  EXPECT_EQ(aggregate("count(DISTINCT x)", {xns(-0.0), xns(0.0), xns(kNaN), xns(-kNaN)}), Value(2));
  EXPECT_EQ(aggregate("approx_count_distinct(x)", {xns(-0.0), xns(0.0)}), Value(1));
  EXPECT_EQ(aggregate("max_by(n, x)", {xns(-0.0, 1), xns(0.0, 2)}), Value(1));
}

TEST(Aggregator, ARowThatOverflowsIsInNoAggregate) {
  Cells cells({"count(*)", "sum(n)", "max(n)", "last(s)"}, 2);
  const auto refused = cells.add({xns(0.0, kMax - 5, "a"), xns(0.0, 6, "b"), xns(0.0, 6, "c"),
                                  xns(0.0, 5, "d"), xns(0.0, 1, "e"), xns(0.0, -1, "f")},
                                 {0, 0, 1, 0, 0, 0});
  EXPECT_EQ(refused, (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(cells.results(0), (TestRow{3, kMax - 1, kMax - 5, "f"}));
  EXPECT_EQ(cells.results(1), (TestRow{1, 6, 6, "c"}));
}

TEST(Aggregator, ARowThatOverflowsOneOfTwoSumsIsInNeither) {
  Cells cells({"sum(n)", "sum(m)", "count(*)", "min(m)"});
  const auto nm = [](Value n, Value m) {
    return TestRow{Value(), std::move(n), Value(), Value(), Value(), Value(), std::move(m)};
  };
  const auto refused =
      cells.add({nm(kMax, 1), nm(1, 2), nm(-1, kMin), nm(0, -2), nm(Value(), -1), nm(1, Value())});
  // Row 1 overflows n. Row 2 takes n to max-1 and m to min+1. Row 3 would take m under the minimum;
  // row 4 takes it there. Row 5 brings n back to the maximum.
  EXPECT_EQ(refused, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(cells.results(), (TestRow{kMax, kMin, 4, kMin}));
}

TEST(Aggregator, AMergedSumThatOverflowsMarksTheCell) {
  Cells cells({"sum(n)", "count(*)"}, 3);
  cells.add({xns(0.0, kMax), xns(0.0, 1), xns(0.0, -9)}, {0, 1, 2});
  cells.merge(0, 1);
  EXPECT_TRUE(cells.results(0).empty());
  EXPECT_EQ(cells.results(1), (TestRow{1, 1}));
  // The mark travels, by merging and by saving.
  cells.merge(2, 0);
  EXPECT_TRUE(cells.results(2).empty());
  EXPECT_TRUE(cells.load(cells.save(0), 1));
  EXPECT_TRUE(cells.results(1).empty());
}

TEST(Aggregator, VariancesByHand) {
  // 2 4 4 4 5 5 7 9: mean 5, squares 9+1+1+1+0+0+4+16 = 32; 32/8 = 4, 32/7.
  Cells cells({"var_pop(x)", "stddev_pop(x)", "var_samp(n)", "stddev_samp(n)"});
  for (const int v : {2, 4, 4, 4, 5, 5, 7, 9}) cells.add({xns(v * 1.0, v), xns(Value())});
  const TestRow results = cells.results();
  EXPECT_DOUBLE_EQ(real(results[0]), 4.0);
  EXPECT_DOUBLE_EQ(real(results[1]), 2.0);
  EXPECT_DOUBLE_EQ(real(results[2]), 32.0 / 7);
  EXPECT_DOUBLE_EQ(real(results[3]), std::sqrt(32.0 / 7));
  // One value: the sample forms have none.
  EXPECT_EQ(aggregate("var_pop(x)", {xns(3.0)}), Value(0.0));
  EXPECT_EQ(aggregate("var_samp(x)", {xns(3.0)}), Value());
  EXPECT_EQ(aggregate("stddev_samp(n)", {xns(3.0, 3)}), Value());
  // Far from zero, where the difference of two sums of squares would be lost: variance 2/3.
  EXPECT_NEAR(real(aggregate("var_pop(x)", {xns(1e9 + 1), xns(1e9 + 2), xns(1e9 + 3)})), 2.0 / 3,
              1e-9);
}

TEST(Aggregator, FirstAndLastFollowTheArrival) {
  Cells cells({"first(x)", "last(x)", "first(s)", "last(s)", "first(l)", "last(l)"}, 2);
  const auto row = [](Value x, Value s, Value l) {
    return TestRow{std::move(x), Value(), std::move(s), Value(), Value(), std::move(l), Value()};
  };
  cells.add({row(Value(), "one", list({"p", Value()})), row(2.0, Value(), list({})),
             row(-0.0, "three", Value())},
            {0, 1, 0});
  cells.add({row(4.0, "", list({"q"}))}, {1});
  EXPECT_EQ(cells.results(0),
            (TestRow{-0.0, -0.0, "one", "three", list({"p", Value()}), list({"p", Value()})}));
  EXPECT_TRUE(std::signbit(real(cells.results(0)[0])));  // as it came
  EXPECT_EQ(cells.results(1), (TestRow{2.0, 4.0, "", "", list({}), list({"q"})}));
  // Cell 1 has the second and fourth arrivals, whichever way they are merged.
  const TestRow merged{2.0, 4.0, "one", "", list({"p", Value()}), list({"q"})};
  Cells other({"first(x)", "last(x)", "first(s)", "last(s)", "first(l)", "last(l)"}, 2);
  ASSERT_TRUE(other.load(cells.save(1), 0));
  ASSERT_TRUE(other.load(cells.save(0), 1));
  cells.merge(0, 1);
  other.merge(0, 1);
  EXPECT_EQ(cells.results(0), merged);
  EXPECT_EQ(other.results(0), merged);
}

TEST(Aggregator, MinByAndMaxBy) {
  Cells cells({"min_by(s, x)", "max_by(s, x)", "max_by(x, s)", "min_by(n, n)"});
  cells.add({xns(2.0, 5, "a"), xns(7.0, 4, Value()), xns(2.0, 3, "b"), xns(5.0, 3, "c"),
             xns(5.0, Value(), "d"), xns(Value(), 9, "z"), xns(1.0, 2, Value())});
  // Rows where either is null are passed over; of equals the first to arrive.
  EXPECT_EQ(cells.results(), (TestRow{"a", "c", 5.0, 2}));
}

TEST(Aggregator, CollectListAndTopN) {
  Cells cells({"collect_list(s)", "top_n(n, 3)", "top_n(n, 3, s)", "top_n(s, 2)", "top_n(n, 99)"});
  cells.add({xns(0.0, 5, "a"), xns(0.0, 9, "b"), xns(0.0, Value(), "c"), xns(0.0, 5, Value()),
             xns(0.0, 5, "e"), xns(0.0, 7, "f"), xns(0.0, 1, "g")});
  EXPECT_EQ(cells.results(),
            (TestRow{list({"a", "b", "c", "e", "f", "g"}), list({9, 7, 5}), list({"b", "f", "a"}),
                     list({"g", "f"}), list({9, 7, 5, 5, 5, 1})}));
}

TEST(Aggregator, PercentilesByHand) {
  // PostgreSQL's documentation of percentile_cont: 1 2 3 4 at 0.5 is 2.5; at 0.9 rank 2.7: 3.7.
  const std::vector<TestRow> rows{xns(4.0, 4), xns(1.0, 1), xns(Value()), xns(3.0, 3), xns(2.0, 2)};
  EXPECT_EQ(aggregate("percentile(x, 0.5)", rows), Value(2.5));
  EXPECT_DOUBLE_EQ(real(aggregate("percentile(n, 0.9)", rows)), 3.7);
  EXPECT_EQ(aggregate("percentile(x, 0)", rows), Value(1.0));
  EXPECT_EQ(aggregate("percentile(x, 1)", rows), Value(4.0));
  EXPECT_EQ(aggregate("percentile(x, 0.3)", {xns(8.0)}), Value(8.0));
  // NaN is last; infinities are values.
  EXPECT_EQ(aggregate("percentile(x, 0.5)", {xns(kNaN), xns(1.0), xns(kInfinity)}),
            Value(kInfinity));
  EXPECT_TRUE(std::isnan(real(aggregate("percentile(x, 0.9)", {xns(kNaN), xns(1.0)}))));
  EXPECT_EQ(aggregate("percentile(x, 0.25)", {xns(-kInfinity), xns(-kInfinity), xns(1.0)}),
            Value(-kInfinity));
  // The difference of these two is beyond the doubles, their middle is not.
  EXPECT_EQ(aggregate("percentile(x, 0.5)", {xns(-1.5e308), xns(1.5e308)}), Value(0.0));
}

TEST(Aggregator, OwnedBytesAreSeenAndFreed) {
  Cells cells({"collect_list(s)", "max(s)", "count(DISTINCT n)", "approx_count_distinct(n)",
               "percentile(x, 0.5)", "top_n(s, 2)"});
  EXPECT_EQ(cells.aggregator().owned_bytes(cells.at(0)), 0U);
  std::vector<TestRow> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back(xns(i * 1.0, i, std::string(100, 'x')));
  cells.add(rows);
  EXPECT_GT(cells.aggregator().owned_bytes(cells.at(0)), 100'000U);
  cells.aggregator().destroy(cells.at(0));
  cells.aggregator().init(cells.at(0));
  EXPECT_EQ(cells.aggregator().owned_bytes(cells.at(0)), 0U);
}

}  // namespace
}  // namespace leat::windows
