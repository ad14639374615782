#include "core/data/key_table.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <set>

namespace leat::data {
namespace {

Column column_of(Type type, const std::vector<Value>& values) {
  Column column(type);
  for (const Value& value : values) column.append_value(value);
  return column;
}

std::vector<KeyId> intern(KeyTable& table, const Column& column) {
  const Column* columns[] = {&column};
  std::vector<KeyId> ids;
  table.intern(columns, column.size(), ids);
  return ids;
}

Value key_of(const KeyTable& table, KeyId id, Type type) {
  std::vector<Column> out(1, Column(type));
  table.append_key(id, out);
  return out[0].value(0);
}

TEST(KeyTableTest, GivesIdsFromZeroInTheOrderOfArrival) {
  KeyTable table({{"id", kString}});
  const Column column = column_of(kString, {"b", "a", Value(), "b", "", Value(), ""});
  EXPECT_EQ(intern(table, column), (std::vector<KeyId>{0, 1, 2, 0, 3, 2, 3}));
  EXPECT_EQ(table.size(), 4u);
  EXPECT_EQ(table.capacity(), 4u);
  EXPECT_EQ(key_of(table, 0, kString), Value("b"));
  EXPECT_EQ(key_of(table, 2, kString), Value());
  EXPECT_EQ(key_of(table, 3, kString), Value(""));
}

TEST(KeyTableTest, OrdersNullThenBytes) {
  KeyTable table({{"id", kString}});
  const Column column =
      column_of(kString, {"b", "\xc3\xa9", "", Value(), "ab", "a", std::string("a\0b", 3)});
  std::vector<KeyId> ids = intern(table, column);
  table.sort(ids);
  std::vector<Value> sorted;
  for (const KeyId id : ids) sorted.push_back(key_of(table, id, kString));
  EXPECT_EQ(sorted,
            (std::vector<Value>{Value(), "", "a", std::string("a\0b", 3), "ab", "b", "\xc3\xa9"}));
  EXPECT_LT(table.compare(ids[0], ids[1]), 0);
  EXPECT_EQ(table.compare(ids[1], ids[1]), 0);
  EXPECT_GT(table.compare(ids[2], ids[1]), 0);
}

TEST(KeyTableTest, TextsWithZeroBytesAreThemselves) {
  KeyTable table({{"id", kBytes}});
  // The second is what the first looks like when its zero is escaped.
  const Column column =
      column_of(kBytes, {std::string("a\0b", 3),
                         std::string("a\0\xff"
                                     "b",
                                     4),
                         std::string("a", 1), std::string("a\0", 2), std::string("a\0b", 3)});
  EXPECT_EQ(intern(table, column), (std::vector<KeyId>{0, 1, 2, 3, 0}));
  EXPECT_EQ(key_of(table, 1, kBytes), Value(std::string("a\0\xff"
                                                        "b",
                                                        4)));
  table.release(0);
  table.release(1);
  EXPECT_EQ(intern(table, column_of(kBytes, {std::string("a\0\xff"
                                                         "b",
                                                         4)})),
            (std::vector<KeyId>{1}));
}

TEST(KeyTableTest, ReleasedIdsAreGivenAgain) {
  KeyTable table({{"id", kString}});
  intern(table, column_of(kString, {"a", "b", "c"}));
  table.release(1);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(intern(table, column_of(kString, {"d", "b", "c"})), (std::vector<KeyId>{1, 3, 2}));
  EXPECT_EQ(table.capacity(), 4u);
}

TEST(KeyTableDeathTest, ReleasingTwiceIsABug) {
  KeyTable table({{"id", kString}});
  intern(table, column_of(kString, {"a"}));
  table.release(0);
  EXPECT_DEATH(table.release(0), "held");
}

TEST(KeyTableTest, NoFieldIsOneKey) {
  KeyTable table({});
  std::vector<KeyId> ids;
  table.intern({}, 3, ids);
  EXPECT_EQ(ids, (std::vector<KeyId>{0, 0, 0}));
  table.release(0);
  EXPECT_EQ(table.intern_encoded(""), 0u);
}

TEST(KeyTableTest, IntegersOfAnySizeKeepApart) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  KeyTable table({{"id", kBigint}});
  std::vector<KeyId> ids =
      intern(table, column_of(kBigint, {7, kMax, kMin, -1, Value(), 0, 100000, 7, 0, kMin}));
  EXPECT_EQ(ids, (std::vector<KeyId>{0, 1, 2, 3, 4, 5, 6, 0, 5, 2}));
  ids.resize(7);
  table.sort(ids);
  EXPECT_EQ(ids, (std::vector<KeyId>{4, 2, 3, 5, 0, 6, 1}));
  EXPECT_EQ(key_of(table, 2, kBigint), Value(kMin));
}

TEST(KeyTableTest, DoublesAreEqualByValue) {
  KeyTable table({{"x", kDouble}});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<KeyId> ids = intern(
      table, column_of(kDouble, {0.0, -0.0, nan, -nan, 1.5, -1.5, infinity, -infinity, Value()}));
  EXPECT_EQ(ids, (std::vector<KeyId>{0, 0, 1, 1, 2, 3, 4, 5, 6}));
  std::vector<KeyId> distinct = {0, 1, 2, 3, 4, 5, 6};
  table.sort(distinct);
  EXPECT_EQ(distinct, (std::vector<KeyId>{6, 5, 3, 0, 2, 4, 1}));  // null first, NaN last
  EXPECT_TRUE(std::isnan(std::get<double>(key_of(table, 1, kDouble).held)));
}

// Two fields: (a, bc) is not (ab, c), and the order is that of the first, then of the second.
TEST(KeyTableTest, FieldsDoNotRunTogether) {
  KeyTable table({{"line", kString}, {"id", kString}});
  const Column lines = column_of(kString, {"a", "ab", Value(), "a", "a", ""});
  const Column names = column_of(kString, {"bc", "c", "x", Value(), "b", ""});
  const Column* columns[] = {&lines, &names};
  std::vector<KeyId> ids;
  table.intern(columns, 6, ids);
  EXPECT_EQ(ids, (std::vector<KeyId>{0, 1, 2, 3, 4, 5}));
  table.sort(ids);
  EXPECT_EQ(ids, (std::vector<KeyId>{2, 5, 3, 4, 0, 1}));
}

TEST(KeyTableTest, BooleansTimestampsAndListsAreKeysToo) {
  KeyTable table({{"b", kBoolean}, {"t", kTimestamp}, {"l", Type::list_of(Kind::kBigint)}});
  const Value::List one = {1};
  const Value::List one_two = {1, 2};
  const Value::List with_null = {Value(), 3};
  const Column b = column_of(kBoolean, {true, false, true, true});
  const Column t = column_of(kTimestamp, {5, 5, 5, 5});
  const Column l = column_of(Type::list_of(Kind::kBigint), {one_two, one, with_null, one});
  const Column* columns[] = {&b, &t, &l};
  std::vector<KeyId> ids;
  table.intern(columns, 4, ids);
  table.sort(ids);
  EXPECT_EQ(ids, (std::vector<KeyId>{1, 2, 3, 0}));
  std::vector<Column> out;
  for (const Column* column : columns) out.emplace_back(column->type());
  table.append_key(2, out);
  EXPECT_EQ(out[2].value(0), Value(with_null));
}

TEST(KeyTableTest, CodesAreHintsOnly) {
  KeyTable table({{"id", kString}});
  Column coded(kString);
  for (int round = 0; round < 2; ++round) {
    coded.append_text("x", 7, 1);
    coded.append_text("y", 7, 0);
  }
  EXPECT_EQ(intern(table, coded), (std::vector<KeyId>{0, 1, 0, 1}));
  EXPECT_EQ(intern(table, column_of(kString, {"y", "x"})), (std::vector<KeyId>{1, 0}));
  // Another dictionary calls other texts by these codes.
  Column other(kString);
  other.append_text("y", 8, 1);
  other.append_text("z", 8, 0);
  EXPECT_EQ(intern(table, other), (std::vector<KeyId>{1, 2}));
  // Code 1 of dictionary 7 is known as id 0, which by now is another key.
  table.release(0);
  EXPECT_EQ(intern(table, column_of(kString, {"new"})), (std::vector<KeyId>{0}));
  EXPECT_EQ(intern(table, coded), (std::vector<KeyId>{3, 1, 3, 1}));
  EXPECT_EQ(key_of(table, 3, kString), Value("x"));
}

TEST(KeyTableTest, ManyDictionariesAndWildCodes) {
  KeyTable table({{"id", kString}});
  for (std::uint64_t dictionary = 1; dictionary < 100; ++dictionary) {
    Column coded(kString);
    coded.append_text("a", dictionary, 0xfffffffe);
    coded.append_text("b", dictionary, static_cast<std::uint32_t>(dictionary));
    EXPECT_EQ(intern(table, coded), (std::vector<KeyId>{0, 1}));
  }
}

// Against std::map, with keys coming and going.
TEST(KeyTableTest, AgreesWithAMap) {
  for (const Type type : {kString, kBigint, kDouble}) {
    std::mt19937 random(static_cast<unsigned>(type.kind));
    KeyTable table({{"id", type}});
    std::map<std::int64_t, KeyId> model;
    for (int round = 0; round < 300; ++round) {
      Column column(type);
      std::vector<std::int64_t> numbers;
      for (int i = 0; i < 100; ++i) {
        // Small ones, which have an array of their own, and large ones.
        const std::int64_t number = random() % 2 == 0 ? random() % 3000 : random() % 900 * 1000003;
        numbers.push_back(number);
        if (type == kString) {
          column.append_text("sensor-with-a-rather-long-name-" + std::to_string(number));
        } else if (type == kBigint) {
          column.append_int64(number);
        } else {
          column.append_double(static_cast<double>(number));
        }
      }
      const std::vector<KeyId> ids = intern(table, column);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto [at, added] = model.emplace(numbers[i], ids[i]);
        ASSERT_EQ(at->second, ids[i]);
      }
      std::set<KeyId> distinct;
      for (const auto& [number, id] : model) distinct.insert(id);
      ASSERT_EQ(distinct.size(), model.size());
      ASSERT_EQ(table.size(), model.size());
      std::vector<KeyId> some;
      for (const KeyId id : distinct) {
        if (round % 3 != 0 || random() % 50 == 0) some.push_back(id);
      }
      table.sort(some);
      for (std::size_t i = 1; i < some.size(); ++i)
        ASSERT_LT(table.compare(some[i - 1], some[i]), 0);
      for (auto at = model.begin(); at != model.end();) {
        if (random() % 4 != 0) {
          ++at;
          continue;
        }
        table.release(at->second);
        at = model.erase(at);
      }
    }
  }
}

TEST(KeyTableTest, EncodedFormsComeBack) {
  KeyTable table({{"id", kBigint}});
  intern(table, column_of(kBigint, {5, Value(), 1'000'000}));
  KeyTable copy({{"id", kBigint}});
  for (KeyId id = 0; id < 3; ++id) {
    const std::string encoded(table.encoded(id));
    EXPECT_EQ(copy.intern_encoded(encoded), id);
    EXPECT_EQ(copy.intern_encoded(encoded), id);
  }
  EXPECT_EQ(intern(copy, column_of(kBigint, {1'000'000, 5, Value()})),
            (std::vector<KeyId>{2, 0, 1}));
}

TEST(KeyEncodingTest, DamagedBytesAreRecognised) {
  const std::vector<Field> fields = {{"s", kString},
                                     {"n", kBigint},
                                     {"x", kDouble},
                                     {"b", kBoolean},
                                     {"l", Type::list_of(Kind::kString)}};
  const Value::List list = {"p", Value()};
  const std::vector<Value> values = {std::string("k\0", 2), 42, -0.5, true, list};
  std::vector<Column> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    columns.push_back(column_of(fields[i].type, {values[i]}));
  }
  std::vector<const Column*> pointers;
  for (const Column& column : columns) pointers.push_back(&column);
  std::string good;
  encode_key(pointers, 0, good);
  EXPECT_TRUE(is_encoded_key(good, fields));
  EXPECT_FALSE(is_encoded_key(good + '\0', fields));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(is_encoded_key(good.substr(0, size), fields)) << size;
  }
  // Whatever is taken for a key has one encoding.
  for (std::size_t byte = 0; byte < good.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[byte] = static_cast<char>(bad[byte] ^ 1 << bit);
      if (!is_encoded_key(bad, fields)) continue;
      std::vector<Column> out;
      for (const Field& field : fields) out.emplace_back(field.type);
      decode_key(bad, out);
      std::vector<const Column*> again;
      for (const Column& column : out) again.push_back(&column);
      std::string encoded;
      encode_key(again, 0, encoded);
      EXPECT_EQ(encoded, bad);
    }
  }
}

// State files and the routing of rows rely on these; from MurmurHash64A as published, run in Python
// with the seed 0xc70f6907.
TEST(KeyEncodingTest, HashesNeverChange) {
  EXPECT_EQ(hash_key(""), 0x553e93901e462a6eu);
  EXPECT_EQ(hash_key(std::string_view("\1s1\0", 4)), 0x454b8e583d8ac1d7u);
  EXPECT_EQ(hash_key(std::string_view("\1sensor-0001\0", 13)), 0x12a2b718431820f1u);
  std::vector<std::uint64_t> hashes;
  const Column numbers = column_of(kBigint, {42, Value()});
  const Column* columns[] = {&numbers};
  hash_keys(columns, 2, hashes);
  EXPECT_EQ(hashes[0], 0xe8b8f2d8199b871eu);  // 01 80 00 00 00 00 00 00 2a
  EXPECT_EQ(hashes[1], 0x6d09ee26d5863619u);  // 00
}

}  // namespace
}  // namespace leat::data
