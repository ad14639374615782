// The harness itself, and sqlite3 as it answers.
#include <cmath>
#include <gtest/gtest.h>

#include "tests/harness/operator_harness.h"
#include "tests/harness/sqlite_runner.h"

namespace leat::harness {
namespace {

using data::Value;

data::SchemaPtr schema() { return data::make_schema({{"n", data::kBigint}}); }

// Sums what it sees; gives the sum a second after each row, and at the end. Wrong on request.
class Sum final : public operators::Operator {
 public:
  enum class Fault { kNone, kLedger, kSnapshot, kSchema, kFails };
  explicit Sum(Fault fault) : fault_(fault) {}

  Result<void> process(std::size_t, data::Batch&& batch, operators::Output& out) override {
    if (fault_ == Fault::kFails) return base::invalid("no");
    for (const std::int64_t n : batch.columns[0].int64s()) {
      sum_ += n;
      due_ms_ = 1'000;
    }
    ledger_.in.add(batch.rows());
    if (fault_ != Fault::kLedger) ledger_.used.add(batch.rows());
    data::Batch moved(fault_ == Fault::kSchema ? data::make_schema({}) : schema());
    moved.watermark_before = batch.last_watermark();
    out.emit(0, std::move(moved));
    return {};
  }
  Result<void> on_processing_time(TimestampMs now_ms, operators::Output& out) override {
    due_ms_.reset();
    give(now_ms, out);
    return {};
  }
  std::optional<TimestampMs> next_processing_time() const override { return due_ms_; }
  Result<void> end_input(operators::Output& out) override {
    give(-1, out);
    return {};
  }
  void snapshot(base::ByteWriter& out) const override {
    out.i64(sum_);
    if (fault_ == Fault::kSnapshot) out.u8(0);
  }
  Result<void> restore(base::ByteReader& in) override {
    sum_ = in.i64();
    return {};
  }

 private:
  void give(TimestampMs time, operators::Output& out) {
    data::Batch batch(schema());
    batch.watermark_before = time < 0 ? kMaxTimestamp : kMinTimestamp;
    batch.append_values({sum_}, time);
    out.emit(0, std::move(batch));
  }
  Fault fault_;
  std::int64_t sum_ = 0;
  std::optional<TimestampMs> due_ms_;
};

OperatorSetup setup(Sum::Fault fault = Sum::Fault::kNone) {
  return {[=] { return std::make_unique<Sum>(fault); }, {schema()}, {schema()}};
}

TEST(Harness, TimersRunAtTheirOwnTimesAndStateSurvives) {
  OperatorHarness h(setup(), 7);
  h.element({1}, 0);
  h.element({2}, 0);
  h.snapshot_and_restore();
  h.element({4}, 0);
  h.advance_clock(999);
  EXPECT_TRUE(h.rows().empty());
  h.advance_clock(500);
  EXPECT_EQ(h.take_rows(), (std::vector<Row>{row({7}, 1'000)}));
  EXPECT_EQ(h.now_ms(), 1'499);
  h.end_input();
  EXPECT_EQ(h.rows(), (std::vector<Row>{row({7}, -1)}));
  EXPECT_EQ(h.ledger().in, 3u);  // of both incarnations
}

TEST(HarnessDeathTest, BrokenRulesEndTheProcess) {
  EXPECT_DEATH(OperatorHarness(setup(Sum::Fault::kLedger)).element({1}, 0), "ledger");
  EXPECT_DEATH(OperatorHarness(setup(Sum::Fault::kSchema)).element({1}, 0), "wrong schema");
  EXPECT_DEATH(OperatorHarness(setup(Sum::Fault::kSnapshot)).snapshot_and_restore(), "to its end");
  EXPECT_DEATH(
      {
        OperatorHarness h(setup(Sum::Fault::kFails));
        h.element({1}, 0);
        h.rows();
      },
      "the operator failed: no");
}

TEST(Harness, AnErrorCanBeTaken) {
  OperatorHarness h(setup(Sum::Fault::kFails));
  h.element({1}, 0);
  h.element({1}, 0);
  const auto error = h.take_error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "no");
  EXPECT_TRUE(h.rows().empty());
}

TEST(Rows, ComparedWithinATolerance) {
  const std::vector<Row> a{row({1.0, Value::List{2.0}}, 5)};
  EXPECT_EQ(difference(a, {row({1.0 + 1e-12, Value::List{2.0}}, 5)}, 1e-9), "");
  EXPECT_NE(difference(a, {row({1.0 + 1e-12, Value::List{2.0}}, 5)}), "");
  EXPECT_NE(difference(a, {row({1.0, Value::List{2.1}}, 5)}, 1e-9), "");
  EXPECT_NE(difference(a, {row({1.0, Value::List{2.0}}, 6)}, 1e-9), "");
  EXPECT_EQ(difference(a, {}), "row 0: unexpected [1.0,[2.0]] @5");
  EXPECT_EQ(difference({}, a), "row 0: missing [1.0,[2.0]] @5");
  EXPECT_TRUE(close(std::nan(""), std::nan(""), 0));
}

TEST(Sqlite, ValuesGoThereAndBack) {
  ASSERT_TRUE(sqlite_available());
  const auto fields = data::make_schema({{"i", data::kBigint},
                                         {"d", data::kDouble},
                                         {"s", data::kString},
                                         {"b", data::kBoolean},
                                         {"x", data::kBytes},
                                         {"l", data::Type::list_of(data::Kind::kBigint)}});
  const std::vector<Row> rows{row({std::int64_t{-9223372036854775807} - 1, 0.1, "it's,\n\"x\"",
                                   true, std::string("\0\xff", 2), Value::List{1, Value()}},
                                  7),
                              row({Value(), Value(), "", false, Value(), Value()}, 8),
                              row({1, -HUGE_VAL, "\xc3\xa9", Value(), "", Value::List{}}, 9)};
  const auto back = sqlite_query({{"t", fields, rows, true}}, "SELECT * FROM t");
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  EXPECT_EQ(*back,
            (std::vector<Row>{row({std::int64_t{-9223372036854775807} - 1, 0.1, "it's,\n\"x\"", 1,
                                   std::string("\0\xff", 2), "[1,null]", 7}),
                              row({Value(), Value(), "", 0, Value(), Value(), 8}),
                              row({1, -HUGE_VAL, "\xc3\xa9", Value(), "", "[]", 9})}));
  EXPECT_FALSE(sqlite_query({}, "SELECT nonsense").ok());
  EXPECT_TRUE(sqlite_query({}, "SELECT 1 WHERE 0").value().empty());
}

}  // namespace
}  // namespace leat::harness
