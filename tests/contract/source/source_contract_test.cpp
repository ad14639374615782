#include <gtest/gtest.h>

#include "tests/contract/source/source_under_test.h"

namespace leat::contract {
namespace {

using ports::SourceBatch;
using ports::SourceStatus;
using Rows = std::vector<std::vector<data::Value>>;

class SourceContract : public testing::TestWithParam<SourceCase> {
 protected:
  SourceContract() : under_test_(GetParam().make()) {}

  std::unique_ptr<ports::Source> opened() {
    auto source = under_test_->make();
    const auto result = source->open({&waker_, &clock_});
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return source;
  }

  // One poll, held to everything that holds of any poll.
  SourceStatus poll(ports::Source& source, std::size_t max_rows, Rows& rows) {
    SourceBatch out;
    out.rows = data::Batch(under_test_->schema());
    const auto status = source.poll(max_rows, out);
    EXPECT_TRUE(status.ok()) << status.error().to_string();
    out.rows.check();
    EXPECT_EQ(*out.rows.schema, *under_test_->schema());
    EXPECT_LE(out.rows.rows(), max_rows);  // all messages of these inputs hold one reading
    EXPECT_TRUE(out.bad.empty());
    EXPECT_TRUE(out.rows.watermarks.empty());
    EXPECT_EQ(out.rows.watermark_before, kMinTimestamp);
    for (std::size_t i = 0; i < out.rows.rows(); ++i) {
      EXPECT_EQ(out.rows.event_times[i], clock_.now_ms());  // the arrival
      rows.push_back(out.rows.row_values(i));
    }
    EXPECT_TRUE(*status != SourceStatus::kEnded || under_test_->ends());
    return *status;
  }

  // Nothing now: time passes, or the outside acts.
  void wait_for(ports::Source& source) {
    if (const auto wake_at_ms = source.wake_at_ms()) {
      EXPECT_GE(*wake_at_ms, clock_.now_ms());
      clock_.advance(*wake_at_ms - clock_.now_ms());
    }
    under_test_->turn();
  }

  // Until `count` rows are there.
  void take(ports::Source& source, std::size_t count, std::size_t max_rows, Rows& rows) {
    while (rows.size() < count) {
      const auto status = poll(source, std::min(max_rows, count - rows.size()), rows);
      ASSERT_NE(status, SourceStatus::kEnded);
      if (status == SourceStatus::kQuiet && rows.size() < count) wait_for(source);
    }
  }

  env::ManualClock clock_{1'000'000};
  env::NoWaker waker_;
  std::unique_ptr<SourceUnderTest> under_test_;
};

TEST_P(SourceContract, RowsDoNotDependOnThePolls) {
  Rows expected;
  {
    const auto source = opened();
    take(*source, under_test_->rows(), 4096, expected);
    source->close();
  }
  for (const std::size_t max_rows : {1u, 7u, 100u}) {
    const auto source = opened();
    Rows rows;
    take(*source, under_test_->rows(), max_rows, rows);
    source->close();
    EXPECT_EQ(rows, expected) << max_rows;
  }
}

TEST_P(SourceContract, EndsOnlyWhenBoundedAndAfterEverything) {
  const auto source = opened();
  Rows rows;
  take(*source, under_test_->rows(), 512, rows);
  SourceStatus status = SourceStatus::kMore;
  while (status == SourceStatus::kMore) status = poll(*source, 512, rows);
  EXPECT_EQ(rows.size(), under_test_->rows());
  EXPECT_EQ(status, under_test_->ends() ? SourceStatus::kEnded : SourceStatus::kQuiet);
  source->close();
}

TEST_P(SourceContract, AQuietSourceStaysQuietWithoutANews) {
  if (under_test_->ends()) return;
  const auto source = opened();
  Rows rows;
  take(*source, under_test_->rows(), 512, rows);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(poll(*source, 512, rows), SourceStatus::kQuiet);
  EXPECT_EQ(rows.size(), under_test_->rows());
  source->close();
}

TEST_P(SourceContract, ASeekGivesExactlyTheRest) {
  Rows all;
  {
    const auto source = opened();
    take(*source, under_test_->rows(), 4096, all);
    source->close();
  }
  if (!under_test_->seekable()) return;
  for (std::size_t taken = 0; taken <= all.size(); taken += taken < 10 ? 1 : 13) {
    std::string position;
    {
      const auto source = opened();
      Rows rows;
      take(*source, taken, 5, rows);
      position = source->position();
      source->close();
    }
    const auto source = opened();
    const auto sought = source->seek(position);
    ASSERT_TRUE(sought.ok()) << sought.error().to_string();
    EXPECT_EQ(source->position(), position);
    Rows rest;
    take(*source, all.size() - taken, 512, rest);
    EXPECT_EQ(rest, Rows(all.begin() + static_cast<std::ptrdiff_t>(taken), all.end())) << taken;
    source->close();
  }
}

TEST_P(SourceContract, APositionIsEmptyWhenItCannotBeReadAgain) {
  const auto source = opened();
  Rows rows;
  take(*source, 1, 1, rows);
  EXPECT_EQ(source->position().empty(), !under_test_->seekable());
  source->close();
}

TEST_P(SourceContract, APositionOfAnotherSourceIsCorrupt) {
  if (!under_test_->seekable()) return;
  const auto source = opened();
  const std::string position = source->position();
  for (const std::string& rubbish :
       {std::string("rubbish"), position + "x", position.substr(0, position.size() - 1)}) {
    const auto result = source->seek(rubbish);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
  }
  source->close();
}

TEST_P(SourceContract, AcknowledgingIsHarmlessAtAnyTime) {
  const auto source = opened();
  source->acknowledge();
  Rows rows;
  while (rows.size() < under_test_->rows()) {
    take(*source, std::min(rows.size() + 50, under_test_->rows()), 50, rows);
    source->acknowledge();
    source->acknowledge();
  }
  EXPECT_EQ(rows.size(), under_test_->rows());
  source->close();
}

TEST_P(SourceContract, MayBeClosedAtAnyTime) {
  under_test_->make();  // never opened
  opened()->close();
  const auto source = opened();
  Rows rows;
  take(*source, 1, 1, rows);
  source->close();
}

INSTANTIATE_TEST_SUITE_P(All, SourceContract, testing::ValuesIn(source_cases()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace leat::contract
