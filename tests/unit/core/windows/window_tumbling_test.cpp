#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

using harness::Outcome;
using harness::play_every_way;
using Rows = std::vector<Row>;

TEST(TumblingWindowTest, FiresWhenTheWatermarkReachesEndMinusOne) {
  harness::OperatorHarness harness(window_setup(tumbling(10)));
  harness.element({"a", 1, Value()}, 0);
  harness.element({"a", 2, Value()}, 9);
  harness.element({"a", 4, Value()}, 10);
  harness.watermark(8);
  EXPECT_EQ(harness.take_rows(), Rows());
  harness.watermark(9);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 3)}));
  harness.watermark(18);
  EXPECT_EQ(harness.take_rows(), Rows());
  harness.watermark(19);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 10, 20, 4)}));
}

TEST(TumblingWindowTest, ResultsComeBeforeTheWatermarkThatFiredThem) {
  harness::OperatorHarness harness(window_setup(tumbling(10)));
  harness.element({"a", 1, Value()}, 3);
  harness.watermark(7);
  harness.watermark(25);
  const Rows rows = harness.take_rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].seen, 7);
  for (std::size_t output = 0; output < 3; ++output)
    EXPECT_EQ(harness.output_watermark(output), 25);
}

TEST(TumblingWindowTest, FiresInTheOrderOfEndAndKeyWithNullFirst) {
  const Outcome outcome =
      play_every_way(window_setup(tumbling(10)),
                     {at(12, "b", 1), at(1, "b", 2), at(13, Value(), 3), at(2, "a", 4),
                      at(3, Value(), 5), at(4, "", 6), at(5, Value(), 7), watermark(100)});
  EXPECT_EQ(outcome.rows[0],
            Rows({fired(Value(), 0, 10, 12), fired("", 0, 10, 6), fired("a", 0, 10, 4),
                  fired("b", 0, 10, 2), fired(Value(), 10, 20, 3), fired("b", 10, 20, 1)}));
}

// The row that is just in time, and the one that is not: end - 1 <= watermark.
TEST(TumblingWindowTest, ARowIsLateWhenItsWindowIsOver) {
  const Outcome outcome = play_every_way(
      window_setup(tumbling(10)), {at(5, "a", 1), watermark(8), at(9, "a", 2), watermark(9),
                                   at(9, "a", 4), at(0, "b", 8), at(10, "a", 16), watermark(99)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 10, 3), fired("a", 10, 20, 16)}));
  EXPECT_EQ(outcome.rows[2], Rows({row({"a", 4, Value()}, 9), row({"b", 8, Value()}, 0)}));
  EXPECT_EQ(outcome.ledger.late, 2u);
  EXPECT_EQ(outcome.ledger.used, 3u);
  EXPECT_EQ(outcome.ledger.out, 4u);
}

// The watermark moves after a row, so the row that moves it is judged by the one before.
TEST(TumblingWindowTest, ARowIsJudgedByTheWatermarkBeforeIt) {
  harness::OperatorHarness harness(window_setup(tumbling(10)), 4);
  data::Batch batch(window_input());
  batch.append_values({"a", 1, Value()}, 5);
  batch.advance_watermark(9);  // [0, 10) fires behind this row
  batch.append_values({"a", 2, Value()}, 9);
  batch.append_values({"a", 4, Value()}, 15);
  batch.advance_watermark(19);
  harness.batch(std::move(batch));
  const Rows rows = harness.take_rows();
  EXPECT_EQ(rows, Rows({fired("a", 0, 10, 1), fired("a", 10, 20, 4)}));
  EXPECT_EQ(rows[1].seen, 9);
  EXPECT_EQ(harness.take_rows(2), Rows({row({"a", 2, Value()}, 9)}));
}

TEST(TumblingWindowTest, NegativeTimesAndOffsets) {
  // Windows [..., -17), [-17, -7), [-7, 3), [3, 13)
  for (const DurationMs offset : {3, -7, 13, -1000000007}) {
    const Outcome outcome =
        play_every_way(window_setup(tumbling(10, offset)),
                       {at(-18, "a", 1), at(-17, "a", 2), at(-8, "a", 4), at(-7, "a", 8),
                        at(2, "a", 16), at(3, "a", 32), watermark(1000)});
    EXPECT_EQ(outcome.rows[0], Rows({fired("a", -27, -17, 1), fired("a", -17, -7, 6),
                                     fired("a", -7, 3, 24), fired("a", 3, 13, 32)}))
        << offset;
  }
}

TEST(TumblingWindowTest, WithoutAKeyThereIsOneRow) {
  WindowConfig config = window_config(WindowShape::kTumbling, {},
                                      {{"c", "count(*)"}, {"m", "max(n)"}, {"f", "first(id)"}});
  config.size_ms = config.slide_ms = 10;
  const Outcome outcome = play_every_way(
      window_setup(config), {at(5, "b", 1), at(4, "a", 7), at(15, "c", Value()), watermark(50)});
  EXPECT_EQ(outcome.rows[0],
            Rows({row({0, 10, 2, 7, "b"}, 9), row({10, 20, 1, Value(), "c"}, 19)}));
}

TEST(TumblingWindowTest, ALateRowWithinTheAllowanceFiresAgainAtOnce) {
  harness::OperatorHarness harness(window_setup(tumbling(10, 0, 5)));
  harness.element({"a", 1, Value()}, 0);
  harness.element({"b", 64, Value()}, 0);
  harness.watermark(9);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 1), fired("b", 0, 10, 64)}));
  harness.element({"a", 2, Value()}, 9);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 3)}));
  harness.element({"c", 4, Value()}, 3);  // a key that was not there
  EXPECT_EQ(harness.take_rows(), Rows({fired("c", 0, 10, 4)}));
  harness.watermark(13);
  harness.element({"a", 8, Value()}, 9);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 10, 11)}));
  harness.watermark(14);  // 9 + 5: the window's state goes
  harness.element({"a", 16, Value()}, 9);
  EXPECT_EQ(harness.take_rows(), Rows());
  EXPECT_EQ(harness.take_rows(2), Rows({row({"a", 16, Value()}, 9)}));
  EXPECT_EQ(harness.ledger().late, 1u);
}

TEST(TumblingWindowTest, AWindowThatOpensWithinTheAllowanceFiresForItsFirstRow) {
  const Outcome outcome =
      play_every_way(window_setup(tumbling(10, 0, 100)),
                     {at(55, "a", 1), watermark(50), at(5, "a", 2), at(6, "a", 4), watermark(108),
                      at(5, "a", 8), watermark(109), at(5, "a", 16), watermark(300)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 10, 2), fired("a", 0, 10, 6),
                                   fired("a", 50, 60, 1), fired("a", 0, 10, 14)}));
  EXPECT_EQ(outcome.ledger.late, 1u);
}

TEST(TumblingWindowTest, TheEndOfTheInputFiresWhatIsOpen) {
  harness::OperatorHarness harness(window_setup(tumbling(10)));
  harness.element({"a", 1, Value()}, 5);
  harness.element({"a", 2, Value()}, 1'000'000'000'000);
  harness.end_input();
  EXPECT_EQ(harness.take_rows(),
            Rows({fired("a", 0, 10, 1), fired("a", 1'000'000'000'000, 1'000'000'000'010, 2)}));
}

TEST(TumblingWindowTest, EndWithoutAFinalWatermarkFiresToo) {
  const harness::OperatorSetup setup = window_setup(tumbling(10));
  const auto op = setup.make();
  harness::CollectingOutput out(setup.outputs);
  ASSERT_TRUE(
      op->process(0, harness::make_batch(window_input(), {row({"a", 1, Value()}, 5)}), out).ok());
  ASSERT_TRUE(op->end_input(out).ok());
  EXPECT_EQ(out.rows(0), Rows({fired("a", 0, 10, 1)}));
  EXPECT_EQ(out.watermark(0), kMaxTimestamp);
}

// A year 0 row, a year 9999 row, the last watermark: no loop over the windows between.
TEST(TumblingWindowTest, EmptyWindowsCostNothing) {
  const Outcome outcome = play_every_way(
      window_setup(tumbling(1)), {at(base::kMinEventTime, "a", 1), at(base::kMaxEventTime, "a", 2),
                                  watermark(kMaxTimestamp), at(0, "a", 4)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", base::kMinEventTime, base::kMinEventTime + 1, 1),
                                   fired("a", base::kMaxEventTime, base::kMaxEventTime + 1, 2)}));
  EXPECT_EQ(outcome.ledger.late, 1u);
}

TEST(TumblingWindowTest, HugeSizesAndAllowancesDoNotOverflow) {
  WindowConfig config =
      tumbling(std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::int64_t>::max());
  const Outcome outcome =
      play_every_way(window_setup(config), {at(base::kMinEventTime, "a", 1), at(0, "a", 2),
                                            at(base::kMaxEventTime, "a", 4), end_input()});
  std::int64_t total = 0;
  for (const Row& fired_row : outcome.rows[0]) {
    total += std::get<std::int64_t>(fired_row.values[3].held);
  }
  EXPECT_EQ(total, 7);
}

TEST(TumblingWindowTest, ATimeThatNoRowMayHaveIsAnError) {
  const Outcome outcome = play_every_way(
      window_setup(tumbling(10)),
      {at(kMinTimestamp, "a", 1), at(kMaxTimestamp, "a", 2), at(5, "a", 4), watermark(20)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 10, 4)}));
  EXPECT_EQ(outcome.rows[1].size(), 2u);
  EXPECT_EQ(outcome.ledger.errors, 2u);
}

TEST(TumblingWindowTest, RowsWhoseExpressionsFailGoToErrorsInTheirOrder) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  WindowConfig config = window_config(WindowShape::kTumbling, {{"k", "10 / n"}},
                                      {{"s", "sum(n * 2)"}, {"c", "count(*)"}});
  config.size_ms = config.slide_ms = 10;
  const Outcome outcome = play_every_way(
      window_setup(config),
      {at(1, "zero", 0), at(2, "ok", 5), at(3, "big", kMax), at(4, "ok", 4), at(5, "zero", 0),
       at(6, "half", kMax / 2), at(7, "sum", kMax / 2), watermark(100)});
  EXPECT_EQ(outcome.rows[1], Rows({row({"zero", 0, Value(), "division_by_zero"}, 1),
                                   row({"big", kMax, Value(), "overflow"}, 3),
                                   row({"zero", 0, Value(), "division_by_zero"}, 5),
                                   row({"sum", kMax / 2, Value(), "overflow"}, 7)}));
  EXPECT_EQ(outcome.rows[0], Rows({row({0, 0, 10, kMax - 1, 1}, 9), row({2, 0, 10, 18, 2}, 9)}));
  EXPECT_EQ(outcome.ledger.errors, 4u);
  EXPECT_EQ(outcome.ledger.used, 3u);
}

TEST(TumblingWindowTest, LargeFiringsGoOnInSeveralBatches) {
  harness::OperatorHarness harness(window_setup(tumbling(10)), 512);
  for (int i = 0; i < 10000; ++i) harness.element({std::to_string(i), i, Value()}, 5);
  const std::size_t before = harness.emitted();
  harness.watermark(9);
  EXPECT_EQ(harness.rows().size(), 10000u);
  EXPECT_GE(harness.emitted() - before, 3u);
  for (const Row& fired_row : harness.rows()) EXPECT_EQ(fired_row.seen, kMinTimestamp);
}

}  // namespace
}  // namespace leat::windows
