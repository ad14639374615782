// Damaged bytes: load() fails the reader or fills the cell with something valid; it never crashes,
// leaks or takes memory that the bytes cannot justify. To be run under AddressSanitizer.
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/core/windows/aggregate_fixture.h"

namespace leat::windows {
namespace {

const std::vector<std::vector<std::string>>& groups() {
  static const std::vector<std::vector<std::string>> kGroups{
      {"count(*)", "count(x)", "sum(x)", "sum(n)", "min(b)", "max(x)", "avg(n)", "var_pop(x)"},
      {"first(s)", "last(l)", "min(s)", "max_by(l, s)", "min_by(b, x)", "last(b)"},
      {"count(DISTINCT s)", "count(DISTINCT n)"},
      {"approx_count_distinct(s)"},
      {"percentile(x, 0.5)", "approx_percentile(x, 0.5)"},
      {"top_n(x, 3)", "top_n(s, 2, b)", "top_n(n, 9, s)"},
      {"collect_list(s)", "collect_list(b)", "collect_list(x)"}};
  return kGroups;
}

std::vector<TestRow> some_rows(int count) {
  std::vector<TestRow> rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back({i * 0.5 - 3, i % 5 == 0 ? Value() : Value(i * 7),
                    "text " + std::to_string(i % 11), i % 2 == 0, i,
                    Value(Value::List{"p" + std::to_string(i), Value()}), i});
  }
  return rows;
}

// Whatever was loaded can be used.
void use(Cells& cells) {
  cells.results(0);
  cells.aggregator().owned_bytes(cells.at(0));
  cells.merge(1, 0);
  cells.merge(0, 1);
  cells.save(0);
  cells.add(some_rows(3));
  cells.results(0);
}

TEST(AggregatorLoad, EveryTruncationFails) {
  for (const auto& texts : groups()) {
    Cells source(texts);
    source.add(some_rows(40));
    const std::string bytes = source.save();
    for (std::size_t size = 0; size<bytes.size(); size += bytes.size()> 2000 ? 37 : 1) {
      Cells cells(texts, 2);
      cells.add(some_rows(5), {1, 1, 1, 1, 1});
      EXPECT_FALSE(cells.load(std::string_view(bytes).substr(0, size))) << texts[0] << size;
      use(cells);
    }
  }
}

TEST(AggregatorLoad, FlippedBytesDoNoHarm) {
  std::mt19937 random(17);
  for (const auto& texts : groups()) {
    for (const int rows : {0, 40, 700}) {
      Cells source(texts);
      source.add(some_rows(rows));
      const std::string bytes = source.save();
      for (int trial = 0; trial < 400; ++trial) {
        std::string damaged = bytes;
        for (unsigned flips = 1 + random() % 3; flips > 0; --flips) {
          // Half of them near the start, where the counts are.
          const std::size_t reach =
              random() % 2 == 0 ? damaged.size() : std::min<std::size_t>(damaged.size(), 24);
          damaged[random() % reach] = static_cast<char>(random());
        }
        Cells cells(texts, 2);
        cells.add(some_rows(5), {1, 1, 1, 1, 1});
        cells.load(damaged);
        EXPECT_LT(cells.aggregator().owned_bytes(cells.at(0)), 100'000U + 64 * damaged.size());
        use(cells);
      }
    }
  }
}

TEST(AggregatorLoad, NoiseDoesNoHarm) {
  std::mt19937 random(23);
  for (const auto& texts : groups()) {
    for (int trial = 0; trial < 500; ++trial) {
      std::string noise(random() % 300, '\0');
      for (char& c : noise) c = static_cast<char>(random() % 4 == 0 ? random() : random() % 3);
      Cells cells(texts, 2);
      cells.load(noise);
      use(cells);
    }
  }
}

TEST(AggregatorLoad, ArrivalsOfOtherAggregatesAreRefused) {
  Cells source({"sum(x)", "max(n)"});
  base::ByteWriter out;
  source.aggregator().save_arrivals(out);
  const auto takes = [&](const std::vector<std::string>& texts) {
    Cells cells(texts);
    base::ByteReader in(out.bytes());
    cells.aggregator().load_arrivals(in);
    return in.ok();
  };
  EXPECT_TRUE(takes({"sum(x)", "max(n)"}));
  EXPECT_TRUE(takes({"sum( x )", "max(n)"}));  // the same in other words
  EXPECT_FALSE(takes({"sum(n)", "max(n)"}));
  EXPECT_FALSE(takes({"sum(x)"}));
  EXPECT_FALSE(takes({"max(n)", "sum(x)"}));
}

}  // namespace
}  // namespace leat::windows
