#include "core/windows/sketch_hll.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace leat::windows {
namespace {

std::string saved(const HyperLogLog& sketch) {
  base::ByteWriter out;
  sketch.save(out);
  return out.take();
}

TEST(HyperLogLog, FewAreExact) {
  std::mt19937_64 random(1);
  HyperLogLog sketch;
  EXPECT_EQ(sketch.estimate(), 0);
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(HyperLogLog::kMaxExact); ++i) {
    const std::uint64_t hash = random();
    sketch.add(hash);
    sketch.add(hash);
    ASSERT_EQ(sketch.estimate(), i);
  }
  EXPECT_LE(sketch.owned_bytes(), 2048U);
}

// The error of one sketch is about normal with kStandardError: of 200 sketches, the root of the
// mean squared error lies within a fifth of it (the standard deviation of that figure is 5 %), no
// single one beyond five times, and the mean within three standard deviations of the mean,
// 3/sqrt(200).
TEST(HyperLogLog, TheErrorIsTheOneStated) {
  std::mt19937_64 random(7);
  for (const int distinct : {300, 1000, 3000, 10'000, 30'000}) {
    double sum = 0;
    double squares = 0;
    constexpr int kTrials = 200;
    for (int trial = 0; trial < kTrials; ++trial) {
      HyperLogLog sketch;
      for (int i = 0; i < distinct; ++i) sketch.add(random());
      const double error = static_cast<double>(sketch.estimate()) / distinct - 1;
      EXPECT_LT(std::fabs(error), 5 * HyperLogLog::kStandardError) << distinct;
      sum += error;
      squares += error * error;
    }
    EXPECT_LT(std::sqrt(squares / kTrials), 1.2 * HyperLogLog::kStandardError) << distinct;
    EXPECT_LT(std::fabs(sum / kTrials), 3 * HyperLogLog::kStandardError / std::sqrt(kTrials))
        << distinct;
  }
}

TEST(HyperLogLog, AMillion) {
  std::mt19937_64 random(3);
  HyperLogLog sketch;
  for (int i = 0; i < 1'000'000; ++i) sketch.add(random());
  EXPECT_NEAR(static_cast<double>(sketch.estimate()), 1e6, 1e6 * 4 * HyperLogLog::kStandardError);
  EXPECT_EQ(sketch.owned_bytes(), HyperLogLog::kRegisters);
}

TEST(HyperLogLog, TheStateDependsOnTheSetAlone) {
  std::mt19937_64 random(11);
  for (const std::size_t size : {10U, 256U, 257U, 400U, 5000U}) {
    std::vector<std::uint64_t> hashes(size);
    for (auto& hash : hashes) hash = random();
    HyperLogLog whole;
    std::vector<HyperLogLog> parts(3);
    for (const std::uint64_t hash : hashes) whole.add(hash);
    for (std::size_t i = 0; i < size; ++i) {
      parts[random() % 3].add(hashes[size - 1 - i]);
      parts[random() % 3].add(hashes[random() % size]);
    }
    for (std::size_t i = 0; i < size; ++i) parts[i % 3].add(hashes[i]);
    HyperLogLog merged;
    merged.merge(parts[2]);
    merged.merge(parts[0]);
    merged.merge(parts[1]);
    EXPECT_EQ(saved(merged), saved(whole)) << size;
  }
}

TEST(HyperLogLog, SavedAndLoaded) {
  std::mt19937_64 random(5);
  for (const int size : {0, 100, 1000}) {
    HyperLogLog sketch;
    for (int i = 0; i < size; ++i) sketch.add(random());
    const std::string bytes = saved(sketch);
    base::ByteReader in(bytes);
    HyperLogLog back;
    back.load(in);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(saved(back), bytes);
    EXPECT_EQ(back.estimate(), sketch.estimate());
  }
}

TEST(HyperLogLog, DamagedBytesFail) {
  const auto refuses = [](const base::ByteWriter& bytes) {
    base::ByteReader in(bytes.bytes());
    HyperLogLog sketch;
    sketch.load(in);
    return !in.ok();
  };
  base::ByteWriter unordered;
  unordered.boolean(false);
  unordered.varint(2);
  unordered.u64(9);
  unordered.u64(9);
  EXPECT_TRUE(refuses(unordered));
  base::ByteWriter many;
  many.boolean(false);
  many.varint(1'000'000);
  EXPECT_TRUE(refuses(many));
  base::ByteWriter short_of_registers;
  short_of_registers.boolean(true);
  short_of_registers.u64(0);
  EXPECT_TRUE(refuses(short_of_registers));
  base::ByteWriter high_rank;
  high_rank.boolean(true);
  const std::string registers(HyperLogLog::kRegisters, static_cast<char>(54));  // 53 is the most
  high_rank.raw(registers.data(), registers.size());
  EXPECT_TRUE(refuses(high_rank));
}

TEST(HyperLogLog, FullRegistersDoNotOverflow) {
  base::ByteWriter bytes;
  bytes.boolean(true);
  const std::string registers(HyperLogLog::kRegisters, static_cast<char>(53));
  bytes.raw(registers.data(), registers.size());
  base::ByteReader in(bytes.bytes());
  HyperLogLog sketch;
  sketch.load(in);
  ASSERT_TRUE(in.ok());
  EXPECT_GT(sketch.estimate(), 1'000'000'000'000);
}

}  // namespace
}  // namespace leat::windows
