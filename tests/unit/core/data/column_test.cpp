#include "core/data/column.h"

#include <gtest/gtest.h>
#include <numeric>

namespace leat::data {
namespace {

Column column_of(Type type, const std::vector<Value>& values) {
  Column column(type);
  for (const Value& value : values) column.append_value(value);
  return column;
}

std::vector<Value> values_of(const Column& column) {
  std::vector<Value> values;
  for (std::size_t row = 0; row < column.size(); ++row) values.push_back(column.value(row));
  return values;
}

// One of each type, with and without nulls.
struct Sample {
  Type type;
  std::vector<Value> values;
};
std::vector<Sample> samples() {
  using List = Value::List;
  const Value null;
  return {
      {kBigint, {1, 2, -3, 4, 5, 6, 7, 8}},
      {kBigint, {null, 2, null, 4, 5, 6, 7, null}},
      {kTimestamp, {0, 1, 2, 3, 4, 5, 6, 7}},
      {kDouble, {0.5, 1.0, -2.0, 1e300, 5.0, 6.0, 7.0, 8.0}},
      {kDouble, {0.5, null, -2.0, 1e300, 5.0, 6.0, 7.0, 8.0}},
      {kBoolean, {true, false, true, true, false, false, true, false}},
      {kBoolean, {true, null, true, true, null, false, true, false}},
      {kString, {"a", "", "ccc", "dd", "e", "ffffffffffffffffffffffff", "g", "h"}},
      {kString, {null, "", "ccc", null, "e", "f", null, "h"}},
      {kBytes, {std::string("\0\xff", 2), "b", "c", "d", "e", "f", "g", null}},
      {Type::list_of(Kind::kBigint),
       {List{1, 2}, List{}, null, List{3}, List{null, 4}, List{5}, List{6, 7, 8}, List{}}},
      {Type::list_of(Kind::kString),
       {List{"a", "b"}, List{}, List{"c"}, List{"", null}, List{"d"}, List{"e"}, List{"f"},
        List{}}},
  };
}

TEST(Column, ValuesComeBack) {
  for (const Sample& sample : samples()) {
    EXPECT_EQ(values_of(column_of(sample.type, sample.values)), sample.values)
        << to_string(sample.type);
  }
}

TEST(Column, NullRowsHaveAZeroValueOrAnEmptyExtent) {
  const Column numbers = column_of(kDouble, {1.5, Value(), 2.5});
  EXPECT_EQ(numbers.doubles()[1], 0.0);
  EXPECT_EQ(numbers.nulls()[1], 1);
  const Column texts = column_of(kString, {"a", Value(), "b"});
  EXPECT_EQ(texts.text(1), "");
  EXPECT_TRUE(texts.is_null(1));
  EXPECT_FALSE(texts.is_null(2));
}

TEST(Column, HasNoNullBytesWhileNothingIsNull) {
  Column column = column_of(kBigint, {1, 2});
  EXPECT_FALSE(column.has_nulls());
  EXPECT_TRUE(column.nulls().empty());
  column.append_null();
  EXPECT_TRUE(column.has_nulls());
  column.pop_back();
  EXPECT_FALSE(column.has_nulls());
}

// Copies by range and by row give the same values as appending one by one, onto an empty column and
// onto one that has rows, whichever of the two has nulls.
TEST(Column, CopiesByRangeAndByRowAgreeWithTheValues) {
  for (const Sample& sample : samples()) {
    const Column source = column_of(sample.type, sample.values);
    for (const Sample& start : samples()) {
      if (start.type != sample.type) continue;
      for (std::size_t begin = 0; begin <= 8; ++begin) {
        for (std::size_t end = begin; end <= 8; ++end) {
          Column range = column_of(start.type, start.values);
          range.append_range(source, begin, end);
          Column rows = column_of(start.type, start.values);
          std::vector<std::uint32_t> chosen(end - begin);
          std::iota(chosen.begin(), chosen.end(), static_cast<std::uint32_t>(begin));
          rows.append_rows(source, chosen);
          std::vector<Value> expected = start.values;
          expected.insert(expected.end(), sample.values.begin() + static_cast<long>(begin),
                          sample.values.begin() + static_cast<long>(end));
          ASSERT_EQ(values_of(range), expected) << to_string(sample.type) << begin << end;
          ASSERT_EQ(values_of(rows), expected) << to_string(sample.type) << begin << end;
        }
      }
    }
  }
}

TEST(Column, RowsMayBeTakenInAnyOrderAndMoreThanOnce) {
  for (const Sample& sample : samples()) {
    const Column source = column_of(sample.type, sample.values);
    const std::vector<std::uint32_t> chosen{7, 0, 0, 3, 3, 2};
    Column column(sample.type);
    column.append_rows(source, chosen);
    std::vector<Value> expected;
    for (const std::uint32_t row : chosen) expected.push_back(sample.values[row]);
    EXPECT_EQ(values_of(column), expected) << to_string(sample.type);
  }
}

TEST(Column, PopBackUndoesTheLastRow) {
  for (const Sample& sample : samples()) {
    Column column = column_of(sample.type, sample.values);
    for (std::size_t left = sample.values.size(); left > 0; --left) {
      column.pop_back();
      const std::vector<Value> expected(sample.values.begin(),
                                        sample.values.begin() + static_cast<long>(left) - 1);
      ASSERT_EQ(values_of(column), expected) << to_string(sample.type);
    }
    for (const Value& value : sample.values) column.append_value(value);
    EXPECT_EQ(values_of(column), sample.values) << to_string(sample.type);
  }
}

TEST(Column, TruncateKeepsTheFirstRows) {
  for (const Sample& sample : samples()) {
    Column column = column_of(sample.type, sample.values);
    column.truncate(3);
    EXPECT_EQ(values_of(column),
              std::vector<Value>(sample.values.begin(), sample.values.begin() + 3));
    column.truncate(0);
    EXPECT_TRUE(column.empty());
    EXPECT_FALSE(column.has_nulls());
  }
}

TEST(Column, ClearLeavesAColumnAsNew) {
  for (const Sample& sample : samples()) {
    Column column = column_of(sample.type, sample.values);
    column.clear();
    EXPECT_EQ(column.size(), 0u);
    EXPECT_FALSE(column.has_nulls());
    for (const Value& value : sample.values) column.append_value(value);
    EXPECT_EQ(values_of(column), sample.values);
  }
}

TEST(Column, ElementsThatWereNotClosedCanBeAbandonedOrBelongToTheNextList) {
  Column column(Type::list_of(Kind::kBigint));
  column.list_builder().append_int64(1);
  column.close_list();
  column.list_builder().append_int64(2);
  column.list_builder().append_null();
  column.abandon_list();
  EXPECT_EQ(column.elements().size(), 1u);
  EXPECT_FALSE(column.elements().has_nulls());
  column.list_builder().append_int64(3);
  column.close_list();
  EXPECT_EQ(values_of(column), (std::vector<Value>{Value::List{1}, Value::List{3}}));
}

TEST(Column, AnIntegerFitsADouble) {
  EXPECT_EQ(values_of(column_of(kDouble, {Value(3)})), (std::vector<Value>{3.0}));
}

TEST(ColumnDeathTest, TypesAreNotMixed) {
  Column numbers(kBigint);
  const Column texts(kString);
  EXPECT_DEATH(numbers.append_range(texts, 0, 0), "assertion failed");
  EXPECT_DEATH(numbers.append_rows(texts, {}), "assertion failed");
  EXPECT_DEATH(static_cast<void>(texts.doubles()), "assertion failed");
  EXPECT_DEATH(numbers.pop_back(), "assertion failed");
  EXPECT_DEATH(numbers.append_range(numbers, 0, 1), "assertion failed");
}

class CodedColumn : public ::testing::Test {
 protected:
  static Column coded(std::uint64_t dictionary, const std::vector<std::uint32_t>& codes) {
    Column column(kString);
    for (const std::uint32_t code : codes) {
      column.append_text("s" + std::to_string(code), dictionary, code);
    }
    return column;
  }
  static std::vector<std::uint32_t> codes(const Column& column) {
    return {column.codes().begin(), column.codes().end()};
  }
};

TEST_F(CodedColumn, CodesFollowTheRows) {
  const Column source = coded(9, {4, 5, 6});
  EXPECT_EQ(source.dictionary_id(), 9u);
  Column range(kString);
  range.append_range(source, 1, 3);
  EXPECT_EQ(codes(range), (std::vector<std::uint32_t>{5, 6}));
  const std::vector<std::uint32_t> chosen{2, 0};
  range.append_rows(source, chosen);
  EXPECT_EQ(codes(range), (std::vector<std::uint32_t>{5, 6, 6, 4}));
  range.append_from(source, 0);
  range.pop_back();
  EXPECT_EQ(codes(range), (std::vector<std::uint32_t>{5, 6, 6, 4}));
  EXPECT_EQ(range.text(3), "s4");
  // Nothing appended changes nothing.
  range.append_range(Column(kString), 0, 0);
  range.append_rows(Column(kString), {});
  EXPECT_EQ(codes(range).size(), 4u);
}

TEST_F(CodedColumn, WhateverHasNoCodeOfTheSameDictionaryDropsThem) {
  const auto after = [&](auto change) {
    Column column = coded(9, {4, 5});
    change(column);
    EXPECT_EQ(column.dictionary_id(), 0u);
    return codes(column).size();
  };
  EXPECT_EQ(after([](Column& c) { c.append_text("x"); }), 0u);
  EXPECT_EQ(after([](Column& c) { c.append_null(); }), 0u);
  EXPECT_EQ(after([](Column& c) { c.append_text("x", 8, 1); }), 0u);
  EXPECT_EQ(after([](Column& c) { c.append_range(coded(8, {1}), 0, 1); }), 0u);
  EXPECT_EQ(after([](Column& c) { c.append_range(column_of(kString, {"x"}), 0, 1); }), 0u);
  EXPECT_EQ(after([](Column& c) {
              const std::vector<std::uint32_t> rows{0};
              c.append_rows(column_of(kString, {Value()}), rows);
            }),
            0u);
  Column plain = column_of(kString, {"x"});
  plain.append_range(coded(9, {4}), 0, 1);
  EXPECT_TRUE(plain.codes().empty());
  plain.append_text("y", 9, 5);
  EXPECT_TRUE(plain.codes().empty());
}

TEST_F(CodedColumn, StartAgainAfterClear) {
  Column column = coded(9, {4});
  column.append_text("x");
  column.clear();
  column.append_text("y", 7, 1);
  EXPECT_EQ(codes(column), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(column.dictionary_id(), 7u);
}

}  // namespace
}  // namespace leat::data
