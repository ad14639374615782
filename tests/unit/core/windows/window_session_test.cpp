#include <gtest/gtest.h>

#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

using harness::Outcome;
using harness::play_every_way;
using Rows = std::vector<Row>;

// Gap 5: 1, 4, 9 belong together (9 - 4 = 5 touches), 15 does not (15 - 9 = 6).
TEST(SessionWindowTest, RowsAtMostAGapApartAreOneSession) {
  const Outcome outcome = play_every_way(
      window_setup(session(5)), {at(1, "a", 1), at(4, "a", 2), at(9, "a", 4), at(15, "a", 8),
                                 at(9, "b", 16), watermark(12), watermark(13), watermark(19)});
  EXPECT_EQ(outcome.rows[0],
            Rows({fired("a", 1, 14, 7), fired("b", 9, 14, 16), fired("a", 15, 20, 8)}));
}

TEST(SessionWindowTest, ARowBridgesTwoSessions) {
  const Outcome outcome = play_every_way(
      window_setup(session(5)), {at(20, "a", 1), at(10, "a", 2), at(0, "a", 4), at(15, "a", 8),
                                 watermark(5), at(5, "b", 16), watermark(100)});
  // 10, 15 and 20 touch; 0 is alone and fires at 4.
  EXPECT_EQ(outcome.rows[0],
            Rows({fired("a", 0, 5, 4), fired("b", 5, 10, 16), fired("a", 10, 25, 11)}));
}

TEST(SessionWindowTest, ASessionGrowsAtItsStart) {
  const Outcome outcome = play_every_way(
      window_setup(session(5)),
      {at(10, "a", 1), at(6, "a", 2), at(-1, "a", 4), at(2, "a", 8), watermark(100)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", -1, 15, 15)}));
}

// Sessions of two keys at the same times are apart, and many of one key are ordered by their ends.
TEST(SessionWindowTest, FireInTheOrderOfEndAndKey) {
  const Outcome outcome = play_every_way(
      window_setup(session(2)), {at(10, "b", 1), at(0, "b", 2), at(10, "a", 4), at(5, "b", 8),
                                 at(10, Value(), 16), at(0, "a", 32), watermark(100)});
  EXPECT_EQ(outcome.rows[0],
            Rows({fired("a", 0, 2, 32), fired("b", 0, 2, 2), fired("b", 5, 7, 8),
                  fired(Value(), 10, 12, 16), fired("a", 10, 12, 4), fired("b", 10, 12, 1)}));
}

// A row at 4 is the session [4, 9), over at watermark 8. One that joins a session still open is in
// time however old it is.
TEST(SessionWindowTest, ARowIsLateUnlessItJoinsASession) {
  const Outcome outcome = play_every_way(window_setup(session(5)),
                                         {at(8, "a", 1), watermark(8), at(4, "a", 2), at(4, "b", 4),
                                          watermark(12), at(13, "a", 8), watermark(100)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 4, 13, 3), fired("a", 13, 18, 8)}));
  EXPECT_EQ(outcome.rows[2], Rows({row({"b", 4, Value()}, 4)}));
}

// The bound itself: [4, 9) with allowance 3 is over when 8 + 3 <= watermark.
TEST(SessionWindowTest, LatenessAtTheBound) {
  for (const auto& [mark, late] : {std::pair{10, 0u}, std::pair{11, 1u}}) {
    const Outcome outcome =
        play_every_way(window_setup(session(5, 3)), {watermark(mark), at(4, "a", 1)});
    EXPECT_EQ(outcome.ledger.late, late);
    EXPECT_EQ(outcome.rows[0].size(), 1u - late);  // fires at once
  }
}

TEST(SessionWindowTest, ALateRowFiresItsSessionAgain) {
  harness::OperatorHarness harness(window_setup(session(5, 20)));
  harness.element({"a", 1, Value()}, 0);
  harness.watermark(10);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 5, 1)}));
  // Joins [0, 5): the session [0, 8) is behind the watermark as well.
  harness.element({"a", 2, Value()}, 3);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 8, 3)}));
  // Joins it too, and ends at 13: not due before 12.
  harness.element({"a", 4, Value()}, 8);
  EXPECT_EQ(harness.take_rows(), Rows());
  harness.watermark(11);
  EXPECT_EQ(harness.take_rows(), Rows());
  harness.watermark(12);
  EXPECT_EQ(harness.take_rows(), Rows({fired("a", 0, 13, 7)}));
  harness.watermark(32);  // 12 + 20: its state goes
  harness.element({"a", 8, Value()}, 8);
  EXPECT_EQ(harness.ledger().late, 1u);
}

// A late row merges a session that has fired with one that has not: one result, when that is due.
TEST(SessionWindowTest, AFiredSessionMergesWithAnOpenOne) {
  const Outcome outcome = play_every_way(
      window_setup(session(5, 100)),
      {at(0, "a", 1), at(10, "a", 2), watermark(6), at(5, "a", 4), watermark(13), watermark(14)});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 5, 1), fired("a", 0, 15, 7)}));
}

// Two fired sessions become one by a late row, which fires at once.
TEST(SessionWindowTest, TwoFiredSessionsMerge) {
  const Outcome outcome = play_every_way(
      window_setup(session(5, 100)),
      {at(0, "a", 1), at(10, "a", 2), watermark(20), at(5, "a", 4), watermark(500), at(5, "a", 8)});
  EXPECT_EQ(outcome.rows[0],
            Rows({fired("a", 0, 5, 1), fired("a", 10, 15, 2), fired("a", 0, 15, 7)}));
  EXPECT_EQ(outcome.ledger.late, 1u);
}

TEST(SessionWindowTest, TheEndOfTheInputFiresWhatIsOpen) {
  const Outcome outcome =
      play_every_way(window_setup(session(5)), {at(0, "a", 1), at(100, "b", 2), end_input()});
  EXPECT_EQ(outcome.rows[0], Rows({fired("a", 0, 5, 1), fired("b", 100, 105, 2)}));
}

TEST(SessionWindowTest, HugeGapsDoNotOverflow) {
  const Outcome outcome = play_every_way(
      window_setup(session(std::numeric_limits<std::int64_t>::max(),
                           std::numeric_limits<std::int64_t>::max())),
      {at(base::kMinEventTime, "a", 1), at(base::kMaxEventTime, "a", 2), end_input()});
  ASSERT_EQ(outcome.rows[0].size(), 1u);
  EXPECT_EQ(outcome.rows[0][0].values[3], Value(3));
}

// A key with very many open sessions, filled from the newest to the oldest.
TEST(SessionWindowTest, ManySessionsOfOneKeyInReverse) {
  harness::OperatorHarness harness(window_setup(session(5)), 512);
  for (int i = 20'000; i > 0; --i) harness.element({"a", 1, Value()}, i * 10);
  harness.watermark(kMaxTimestamp);
  EXPECT_EQ(harness.rows().size(), 20'000u);
}

}  // namespace
}  // namespace leat::windows
