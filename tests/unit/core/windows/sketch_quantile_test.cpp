#include "core/windows/sketch_quantile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace leat::windows {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string saved(const QuantileSketch& sketch) {
  base::ByteWriter out;
  sketch.save(out);
  return out.take();
}

// How far the sketch is from the exact percentile, as a part of the bound: each of the two values
// between which PERCENTILE_CONT lies may be off by the relative error of its own size.
double worst_of_bound(std::vector<double> values) {
  QuantileSketch sketch;
  for (const double value : values) sketch.add(value);
  std::sort(values.begin(), values.end());
  double worst = 0;
  const double bound = QuantileSketch::kRelativeError * std::ldexp(1.0, int(sketch.joins()));
  for (int i = 0; i <= 1000; ++i) {
    const double place = i / 1000.0 * static_cast<double>(values.size() - 1);
    const auto rank = static_cast<std::size_t>(place);
    const double low = values[rank];
    const double high = values[std::min(rank + 1, values.size() - 1)];
    const double part = place - std::floor(place);
    const double exact = low + (high - low) * part;
    const double allowed = bound * (std::fabs(low) * (1 - part) + std::fabs(high) * part);
    const double off = std::fabs(sketch.percentile(i / 1000.0) - exact);
    if (off > 1e-12 * std::fabs(exact)) worst = std::max(worst, off / allowed);
  }
  return worst;
}

std::vector<double> draw(std::size_t count, const std::function<double(std::mt19937_64&)>& next) {
  std::mt19937_64 random(42);
  std::vector<double> values(count);
  for (double& value : values) value = next(random);
  return values;
}

TEST(QuantileSketch, TheErrorIsWithinTheBound) {
  using Random = std::mt19937_64;
  const std::vector<std::pair<const char*, std::function<double(Random&)>>> distributions{
      {"uniform", [](Random& r) { return std::uniform_real_distribution<>(0, 1)(r); }},
      {"temperatures", [](Random& r) { return std::normal_distribution<>(20, 5)(r); }},
      {"around zero", [](Random& r) { return std::normal_distribution<>(0, 1)(r); }},
      {"latencies", [](Random& r) { return std::lognormal_distribution<>(3, 2)(r); }},
      {"pareto",
       [](Random& r) { return std::pow(1 - std::uniform_real_distribution<>(0, 1)(r), -1 / 1.2); }},
      {"exponential", [](Random& r) { return std::exponential_distribution<>(1e-6)(r); }},
      {"negative", [](Random& r) { return -std::lognormal_distribution<>(0, 3)(r); }},
      {"two values", [](Random& r) { return r() % 2 == 0 ? 3.0 : 1e9; }},
      {"small integers", [](Random& r) { return static_cast<double>(r() % 20) - 10; }},
      {"constant", [](Random&) { return 21.5; }},
      {"edges of buckets", [](Random& r) { return std::ldexp(1.0, int(r() % 40) - 20); }},
  };
  for (const auto& [name, next] : distributions) {
    for (const std::size_t count : {1U, 2U, 7U, 1000U, 100'000U}) {
      const double worst = worst_of_bound(draw(count, next));
      EXPECT_LE(worst, 1 + 1e-9) << name << ", " << count;
    }
  }
}

TEST(QuantileSketch, ExactWhereItSaysSo) {
  QuantileSketch sketch;
  for (const double value : {3.7, -1.25, 0.0, -0.0, 99.125}) sketch.add(value);
  EXPECT_EQ(sketch.percentile(0), -1.25);
  EXPECT_EQ(sketch.percentile(0.25), 0.0);
  EXPECT_EQ(sketch.percentile(0.5), 0.0);
  EXPECT_EQ(sketch.percentile(1), 99.125);
  QuantileSketch one;
  one.add(1.0 / 3);
  EXPECT_EQ(one.percentile(0.37), 1.0 / 3);
}

TEST(QuantileSketch, InfinitiesAndNotANumber) {
  QuantileSketch sketch;
  for (const double value : {kInfinity, -kInfinity, 5.0, std::nan(""), 1.0}) sketch.add(value);
  // In order: -inf 1 5 inf NaN.
  EXPECT_EQ(sketch.percentile(0), -kInfinity);
  EXPECT_EQ(sketch.percentile(0.25), 1.0);
  EXPECT_EQ(sketch.percentile(0.5), 5.0);
  EXPECT_EQ(sketch.percentile(0.75), kInfinity);
  EXPECT_TRUE(std::isnan(sketch.percentile(1)));
  QuantileSketch none;
  none.add(std::nan(""));
  EXPECT_TRUE(std::isnan(none.percentile(0.5)));
}

TEST(QuantileSketch, TinyNumbersAreZero) {
  QuantileSketch sketch;
  for (const double value : {-1.0, 1e-310, 2e-310, 1.0}) sketch.add(value);
  EXPECT_EQ(sketch.percentile(1.0 / 3), 0.0);
}

TEST(QuantileSketch, BucketsAreBoundedWhateverComes) {
  std::mt19937_64 random(9);
  QuantileSketch sketch;
  std::vector<double> values;
  // All bit patterns alike: every octave of both signs.
  while (values.size() < 200'000) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isnormal(value)) continue;
    values.push_back(value);
    sketch.add(value);
  }
  EXPECT_LE(sketch.owned_bytes(), 2 * 12 * QuantileSketch::kMaxBuckets);
  EXPECT_EQ(sketch.joins(), 6U);
  EXPECT_LE(worst_of_bound(values), 1 + 1e-9);
}

TEST(QuantileSketch, TheStateDependsOnTheValuesAlone) {
  std::mt19937_64 random(13);
  for (const double spread : {1.0, 60.0, 600.0}) {  // octaves, the last with joined buckets
    std::uniform_real_distribution<> octave(-spread, spread);
    std::vector<double> values(30'000);
    for (double& value : values) value = (random() % 2 ? 1 : -1) * std::exp2(octave(random));
    QuantileSketch whole;
    std::vector<QuantileSketch> parts(4);
    for (const double value : values) whole.add(value);
    std::shuffle(values.begin(), values.end(), random);
    for (std::size_t i = 0; i < values.size(); ++i) parts[i < 100 ? 0 : 1 + i % 3].add(values[i]);
    QuantileSketch merged;
    for (const std::size_t part : {2U, 0U, 3U, 1U}) merged.merge(parts[part]);
    EXPECT_EQ(saved(merged), saved(whole)) << spread;
    const std::string bytes = saved(whole);
    base::ByteReader reader(bytes);
    QuantileSketch back;
    back.load(reader);
    EXPECT_TRUE(reader.ok() && reader.at_end());
    EXPECT_EQ(saved(back), bytes);
    EXPECT_EQ(back.percentile(0.77), whole.percentile(0.77));
  }
}

TEST(QuantileSketch, FewValuesCostLittle) {
  QuantileSketch sketch;
  std::mt19937_64 random(1);
  std::normal_distribution<> temperature(20, 3);
  for (int i = 0; i < 100'000; ++i) sketch.add(temperature(random));
  EXPECT_LT(sketch.owned_bytes(), 4096U);
}

}  // namespace
}  // namespace leat::windows
