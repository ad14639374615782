// What must hold for every aggregate whatever the rows are: merged cells equal one cell that saw
// all rows, batches can be cut anywhere, and a saved cell goes on as if nothing had happened.
#include <algorithm>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/core/windows/aggregate_fixture.h"

namespace leat::windows {
namespace {

const std::vector<std::string>& every_aggregate() {
  static const std::vector<std::string> kTexts{"count(*)",
                                               "count(x)",
                                               "count(s)",
                                               "count(DISTINCT x)",
                                               "count(DISTINCT n)",
                                               "count(DISTINCT s)",
                                               "count(DISTINCT b)",
                                               "approx_count_distinct(x)",
                                               "approx_count_distinct(s)",
                                               "sum(x)",
                                               "sum(n)",
                                               "min(x)",
                                               "max(x)",
                                               "min(n)",
                                               "max(n)",
                                               "min(t)",
                                               "max(t)",
                                               "min(b)",
                                               "max(b)",
                                               "min(s)",
                                               "max(s)",
                                               "avg(x)",
                                               "avg(n)",
                                               "stddev_pop(x)",
                                               "stddev_samp(n)",
                                               "var_pop(n)",
                                               "var_samp(x)",
                                               "first(x)",
                                               "first(s)",
                                               "first(l)",
                                               "last(n)",
                                               "last(s)",
                                               "last(b)",
                                               "last(l)",
                                               "min_by(s, x)",
                                               "max_by(s, x)",
                                               "min_by(x, s)",
                                               "max_by(l, n)",
                                               "percentile(x, 0.5)",
                                               "percentile(n, 0.9)",
                                               "approx_percentile(x, 0.5)",
                                               "approx_percentile(x, 0.1)",
                                               "approx_percentile(n, 1)",
                                               "top_n(x, 3)",
                                               "top_n(s, 2)",
                                               "top_n(n, 4, s)",
                                               "top_n(s, 4, x)",
                                               "top_n(n, 3, b)",
                                               "collect_list(x)",
                                               "collect_list(s)",
                                               "collect_list(b)",
                                               "collect_list(t)"};
  return kTexts;
}

// Few different values, so that ties and repeats are the rule. Numbers are multiples of a quarter:
// their sums are exact in any order.
TestRow draw_row() {
  const auto maybe = [](Value value) {
    if (*rc::gen::inRange(0, 5) == 0) value = Value();
    return value;
  };
  const auto text = [] {
    return std::string(static_cast<std::size_t>(*rc::gen::inRange(0, 20)), 'x') +
           static_cast<char>(*rc::gen::inRange('a', 'e'));
  };
  const int special = *rc::gen::inRange(0, 60);
  double x = *rc::gen::inRange(-20, 20) / 4.0;
  if (special == 0) x = std::nan("");
  if (special == 1) x = -0.0;
  Value::List list;
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) list.push_back(maybe(text()));
  return {maybe(x),
          maybe(*rc::gen::inRange(-50, 50)),
          maybe(text()),
          maybe(*rc::gen::arbitrary<bool>()),
          maybe(*rc::gen::inRange(0, 9)),
          maybe(list),
          Value()};
}

std::vector<TestRow> draw_rows() {
  std::vector<TestRow> rows(static_cast<std::size_t>(*rc::gen::inRange(0, 60)));
  for (TestRow& row : rows) row = draw_row();
  return rows;
}

// NaN equals NaN; other doubles to the given relative error.
bool alike(const Value& a, const Value& b, double relative) {
  const auto* left = std::get_if<double>(&a.held);
  const auto* right = std::get_if<double>(&b.held);
  if (left != nullptr && right != nullptr) {
    if (std::isnan(*left) || std::isnan(*right)) return std::isnan(*left) == std::isnan(*right);
    return std::fabs(*left - *right) <= relative * std::max(1.0, std::fabs(*left));
  }
  const auto* list_a = std::get_if<Value::List>(&a.held);
  const auto* list_b = std::get_if<Value::List>(&b.held);
  if (list_a != nullptr && list_b != nullptr) {
    return std::equal(list_a->begin(), list_a->end(), list_b->begin(), list_b->end(),
                      [&](const Value& c, const Value& d) { return alike(c, d, relative); });
  }
  return a == b;
}

void check_alike(const TestRow& got, const TestRow& expected) {
  RC_ASSERT(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const std::string& text = every_aggregate()[i];
    const bool rounds = text.starts_with("var") || text.starts_with("stddev");
    if (!alike(got[i], expected[i], rounds ? 1e-12 : 0)) RC_FAIL(text);
  }
}

RC_GTEST_PROP(AggregatorMerge, MergedCellsEqualOneCellOfAllRows, ()) {
  constexpr std::size_t kParts = 5;
  const auto rows = draw_rows();
  Cells whole(every_aggregate());
  whole.add(rows);
  Cells parts(every_aggregate(), kParts);
  std::vector<std::size_t> ids(rows.size());
  for (std::size_t& id : ids) id = static_cast<std::size_t>(*rc::gen::inRange(0, 5));
  parts.add(rows, ids);
  // In any order, as any tree.
  std::vector<std::size_t> left{0, 1, 2, 3, 4};
  while (left.size() > 1) {
    const auto from = *rc::gen::inRange<std::size_t>(0, left.size());
    const std::size_t cell = left[from];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(from));
    parts.merge(left[*rc::gen::inRange<std::size_t>(0, left.size())], cell);
  }
  check_alike(parts.results(left.front()), whole.results());
}

RC_GTEST_PROP(AggregatorMerge, BatchesCanBeCutAnywhere, ()) {
  const auto rows = draw_rows();
  Cells whole(every_aggregate());
  whole.add(rows);
  Cells cut(every_aggregate());
  for (std::size_t i = 0; i < rows.size();) {
    const auto end = std::min(rows.size(), i + *rc::gen::inRange<std::size_t>(1, 9));
    cut.add({rows.begin() + static_cast<std::ptrdiff_t>(i),
             rows.begin() + static_cast<std::ptrdiff_t>(end)});
    i = end;
  }
  RC_ASSERT(cut.save() == whole.save());
}

RC_GTEST_PROP(AggregatorMerge, ASavedCellGoesOnAsIfNothingHadHappened, ()) {
  const auto before = draw_rows();
  const auto after = draw_rows();
  Cells original(every_aggregate(), 2);
  original.add(before);
  base::ByteWriter arrivals;
  original.aggregator().save_arrivals(arrivals);
  const std::string bytes = original.save();

  Cells restored(every_aggregate(), 2);
  base::ByteReader in(arrivals.bytes());
  restored.aggregator().load_arrivals(in);
  RC_ASSERT(in.ok() && in.at_end());
  RC_ASSERT(restored.load(bytes));
  RC_ASSERT(restored.save() == bytes);
  check_alike(restored.results(), original.results());

  for (Cells* cells : {&original, &restored}) {
    std::vector<std::size_t> ids(after.size());
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i % 2;
    cells->add(after, ids);
    cells->merge(0, 1);
  }
  RC_ASSERT(restored.save() == original.save());
  check_alike(restored.results(), original.results());
}

}  // namespace
}  // namespace leat::windows
