#include "core/base/result.h"

#include <gtest/gtest.h>
#include <memory>

#include "core/base/counter.h"
#include "core/base/strong.h"
#include "core/base/time.h"

namespace leat::base {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return invalid("odd");
  return n / 2;
}

Result<int> quarter(int n) {
  LEAT_TRY_ASSIGN(const int once, half(n));
  LEAT_TRY_ASSIGN(const int twice, half(once));
  return twice;
}

Result<void> check(int n) {
  LEAT_TRY(quarter(n));
  return {};
}

TEST(Result, ValuesAndErrorsGoUp) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_TRUE(check(4).ok());
  EXPECT_EQ(check(2).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 3);
}

TEST(Result, ErrorsNameTheirCauses) {
  const Error inner(ErrorCode::kIo, "disk full");
  const Error outer(ErrorCode::kUnavailable, "cannot write state", inner);
  EXPECT_EQ(outer.to_string(), "cannot write state: disk full");
  EXPECT_EQ(outer.cause()->code(), ErrorCode::kIo);
  EXPECT_EQ(inner.cause(), nullptr);
}

TEST(ResultDeathTest, TheWrongSideEndsTheProcess) {
  EXPECT_DEATH(static_cast<void>(half(1).value()), "assertion failed");
  EXPECT_DEATH(static_cast<void>(half(2).error()), "assertion failed");
}

TEST(Result, EveryCodeHasAName) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    EXPECT_NE(to_string(static_cast<ErrorCode>(code)), "unknown");
  }
}

TEST(Time, AdditionSaturates) {
  EXPECT_EQ(saturating_add(kMaxTimestamp, 1), kMaxTimestamp);
  EXPECT_EQ(saturating_add(kMinTimestamp, -1), kMinTimestamp);
  EXPECT_EQ(saturating_add(kMaxTimestamp, kMinTimestamp), -1);
  EXPECT_EQ(saturating_add(5, -7), -2);
}

TEST(Strong, KeepsKindsApart) {
  using Epoch = Strong<struct EpochTag, std::uint64_t>;
  EXPECT_LT(Epoch(1), Epoch(2));
  EXPECT_EQ(Epoch(3).value(), 3u);
  EXPECT_EQ(std::hash<Epoch>{}(Epoch(3)), std::hash<std::uint64_t>{}(3));
}

TEST(Counter, Counts) {
  Counter counter;
  counter.add();
  counter.add(41);
  const Counter copy = counter;
  EXPECT_EQ(copy.get(), 42u);
}

}  // namespace
}  // namespace leat::base
