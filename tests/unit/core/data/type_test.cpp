#include "core/data/type.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace leat::data {
namespace {

TEST(Type, NamesComeBack) {
  for (const char* name : {"boolean", "bigint", "double", "string", "bytes", "timestamp",
                           "list<double>", "list<string>", "list<bytes>", "list<timestamp>"}) {
    const auto type = parse_type(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(to_string(*type), name);
  }
}

TEST(Type, NamesThatAreNone) {
  for (const char* bad : {"", "int", "BIGINT", "list", "list<", "list<>", "list<list<double>>",
                          "list<double", "list <double>", " double"}) {
    EXPECT_EQ(parse_type(bad), std::nullopt) << bad;
  }
}

TEST(Type, TheElementCountsForListsOnly) {
  EXPECT_EQ((Type{Kind::kDouble, Kind::kBigint}), kDouble);
  EXPECT_NE(Type::list_of(Kind::kDouble), Type::list_of(Kind::kBigint));
  EXPECT_NE(Type::list_of(Kind::kDouble), kDouble);
}

TEST(Json, EveryTypeAsTheOutputsSpellIt) {
  EXPECT_EQ(to_json(Value(), kDouble), "null");
  EXPECT_EQ(to_json(true, kBoolean), "true");
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min(), kBigint), "-9223372036854775808");
  EXPECT_EQ(to_json(20.0, kDouble), "20.0");
  EXPECT_EQ(to_json(std::nan(""), kDouble), "null");
  EXPECT_EQ(to_json(-HUGE_VAL, kDouble), "null");
  EXPECT_EQ(to_json("a\"b\n", kString), "\"a\\\"b\\n\"");
  EXPECT_EQ(to_json("foob", kBytes), "\"Zm9vYg==\"");
  EXPECT_EQ(to_json(Value::List{1, Value(), 3}, Type::list_of(Kind::kBigint)), "[1,null,3]");
  EXPECT_EQ(to_json(Value::List{"f"}, Type::list_of(Kind::kBytes)), "[\"Zg==\"]");
  EXPECT_EQ(to_json(Value::List{}, Type::list_of(Kind::kBigint)), "[]");
}

}  // namespace
}  // namespace leat::data
