#include <gtest/gtest.h>

#include "core/env/clock.h"
#include "tests/contract/sink/sink_under_test.h"

namespace leat::contract {
namespace {

using Seen = std::vector<std::string>;

class SinkContract : public testing::TestWithParam<SinkCase> {
 protected:
  SinkContract() : under_test_(GetParam().make()) {}

  std::unique_ptr<ports::Sink> opened() {
    auto sink = under_test_->make();
    const auto result = sink->open({&waker_, &clock_, &ledger_});
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return sink;
  }
  // Rows "<n> r<n>" for n in [begin, end).
  static data::Batch batch(int begin, int end) {
    data::Batch rows(sink_schema());
    for (int n = begin; n < end; ++n) rows.append_values({n, "r" + std::to_string(n)}, 0);
    return rows;
  }
  static Seen expected(int begin, int end) {
    Seen rows;
    for (int n = begin; n < end; ++n) rows.push_back(std::to_string(n) + " r" + std::to_string(n));
    return rows;
  }

  env::ManualClock clock_{1'000'000};
  env::NoWaker waker_;
  ports::SinkLedger ledger_;
  std::unique_ptr<SinkUnderTest> under_test_;
};

TEST_P(SinkContract, RowsAreSeenInOrderAfterTheFlush) {
  const auto sink = opened();
  int written = 0;
  for (const int size : {1, 3, 0, 512}) {
    ASSERT_TRUE(sink->write(batch(written, written + size)).ok());
    written += size;
    ASSERT_TRUE(sink->flush().ok());
    EXPECT_EQ(sink->in_flight(), 0u);
    EXPECT_EQ(under_test_->seen(), expected(0, written));
  }
  EXPECT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), expected(0, written));
}

TEST_P(SinkContract, NullsAreKept) {
  const auto sink = opened();
  data::Batch rows(sink_schema());
  rows.append_values({data::Value(), data::Value()}, 0);
  ASSERT_TRUE(sink->write(rows).ok());
  ASSERT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), Seen{"null null"});
}

TEST_P(SinkContract, TheLedgerIsClosed) {
  const auto sink = opened();
  ASSERT_TRUE(sink->write(batch(0, 10)).ok());
  ASSERT_TRUE(sink->write(batch(10, 25)).ok());
  EXPECT_EQ(ledger_.forwarded.get() + ledger_.in_outbox.get(), 25u);
  EXPECT_EQ(ledger_.in_outbox.get(), sink->in_flight());
  ASSERT_TRUE(sink->flush().ok());
  EXPECT_EQ(ledger_.forwarded.get(), 25u);
  EXPECT_EQ(ledger_.in_outbox.get(), 0u);
  EXPECT_EQ(ledger_.errors.get() + ledger_.dropped.get(), 0u);
  ASSERT_TRUE(sink->close().ok());
}

TEST_P(SinkContract, FlushingNothingIsHarmless) {
  const auto sink = opened();
  EXPECT_TRUE(sink->ready());
  EXPECT_TRUE(sink->flush().ok());
  EXPECT_TRUE(sink->flush().ok());
  ASSERT_TRUE(sink->write(batch(0, 0)).ok());
  EXPECT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), Seen{});
}

TEST_P(SinkContract, CloseFlushesAndMayComeTwice) {
  const auto sink = opened();
  ASSERT_TRUE(sink->write(batch(0, 5)).ok());
  ASSERT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), expected(0, 5));
  EXPECT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), expected(0, 5));
}

TEST_P(SinkContract, ASecondRunAppends) {
  for (int run = 0; run < 2; ++run) {
    const auto sink = opened();
    ASSERT_TRUE(sink->write(batch(run * 5, run * 5 + 5)).ok());
    ASSERT_TRUE(sink->close().ok());
  }
  EXPECT_EQ(under_test_->seen(), expected(0, 10));
}

TEST_P(SinkContract, ALargeBatchIsTakenWhole) {
  const auto sink = opened();
  ASSERT_TRUE(sink->write(batch(0, 30'000)).ok());
  ASSERT_TRUE(sink->close().ok());
  EXPECT_EQ(under_test_->seen(), expected(0, 30'000));
}

TEST_P(SinkContract, WhatCannotBeWrittenIsAnError) {
  const auto sink = under_test_->make_broken();
  auto result = sink->open({&waker_, &clock_, &ledger_});
  if (result.ok()) {
    ASSERT_TRUE(sink->write(batch(0, 1)).ok());
    result = sink->flush();
    EXPECT_EQ(ledger_.forwarded.get(), 0u);
    EXPECT_EQ(sink->in_flight(), 1u);
  }
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(result.error().message().empty());
}

TEST_P(SinkContract, MayBeDestroyedUnopenedOrUnclosed) {
  under_test_->make();
  const auto sink = opened();
  ASSERT_TRUE(sink->write(batch(0, 1)).ok());
}

INSTANTIATE_TEST_SUITE_P(All, SinkContract, testing::ValuesIn(sink_cases()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace leat::contract
