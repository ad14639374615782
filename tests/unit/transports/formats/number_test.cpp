#include "transports/formats/number.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <string>

#include "core/base/text.h"

namespace leat::formats {
namespace {

Number scanned(PaddedText& buffer, const std::string& text) {
  Number number;
  const char* const begin = buffer.assign(text);
  EXPECT_EQ(scan_number(begin, number), begin + text.size()) << text;
  EXPECT_EQ(skip_number(buffer.text()), begin + text.size()) << text;
  return number;
}

std::optional<std::int64_t> int64_of(const std::string& text) {
  PaddedText buffer;
  return to_int64(scanned(buffer, text));
}
std::optional<double> double_of(const std::string& text) {
  PaddedText buffer;
  return to_double(scanned(buffer, text));
}
std::optional<std::int64_t> floor_of(const std::string& text, int shift) {
  PaddedText buffer;
  const auto floored = floor_scaled(scanned(buffer, text), shift);
  if (!floored) return std::nullopt;
  return floored->value;
}

TEST(Number, IntegersAreExactToTheEndsOfInt64) {
  EXPECT_EQ(int64_of("0"), 0);
  EXPECT_EQ(int64_of("-0"), 0);
  EXPECT_EQ(int64_of("7"), 7);
  EXPECT_EQ(int64_of("12345678"), 12'345'678);
  EXPECT_EQ(int64_of("123456789"), 123'456'789);
  EXPECT_EQ(int64_of("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(int64_of("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(int64_of("9223372036854775808"), std::nullopt);
  EXPECT_EQ(int64_of("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(int64_of("99999999999999999999"), std::nullopt);
  EXPECT_EQ(int64_of("20.0"), 20);
  EXPECT_EQ(int64_of("20.5"), std::nullopt);
  EXPECT_EQ(int64_of("2.5e1"), 25);
  EXPECT_EQ(int64_of("250e-1"), 25);
  EXPECT_EQ(int64_of("255e-1"), std::nullopt);
  EXPECT_EQ(int64_of("1e18"), 1'000'000'000'000'000'000);
  EXPECT_EQ(int64_of("1e19"), std::nullopt);
  EXPECT_EQ(int64_of("0e999999999999999999999"), 0);
  EXPECT_EQ(int64_of("1e999999999999999999999"), std::nullopt);
  EXPECT_EQ(int64_of("1e-999999999999999999999"), std::nullopt);
  EXPECT_EQ(int64_of("9223372036854775807.0"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(int64_of("9223372036854775807.5"), std::nullopt);
  EXPECT_EQ(int64_of("1" + std::string(5000, '0') + "e-5000"), 1);
}

TEST(Number, FloorsTowardsThePast) {
  EXPECT_EQ(floor_of("1999", -3), 1);
  EXPECT_EQ(floor_of("-1", -3), -1);
  EXPECT_EQ(floor_of("-1000", -3), -1);
  EXPECT_EQ(floor_of("-1001", -3), -2);
  EXPECT_EQ(floor_of("0.0004", 3), 0);
  EXPECT_EQ(floor_of("-0.0004", 3), -1);
  EXPECT_EQ(floor_of("1700000000.123", 3), 1'700'000'000'123);
  EXPECT_EQ(floor_of("-1700000000.1239", 3), -1'700'000'000'124);
  EXPECT_EQ(floor_of("1.7e9", 3), 1'700'000'000'000);
  EXPECT_EQ(floor_of("9223372036854775807", -6), 9'223'372'036'854);
  EXPECT_EQ(floor_of("9223372036854775807", 3), std::nullopt);
  EXPECT_EQ(floor_of("-9223372036854775808", 0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(floor_of("-9223372036854775808.5", 0), std::nullopt);
}

// Values whose nearest double is known to be hard to find (V. Paxson; and the boundaries).
TEST(Number, DoublesAreTheNearest) {
  EXPECT_EQ(double_of("0.1"), 0.1);
  EXPECT_EQ(double_of("21.5"), 21.5);
  EXPECT_EQ(double_of("45.19500732421875"), 45.19500732421875);
  EXPECT_EQ(double_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(double_of("9007199254740993.0000001"), 9007199254740994.0);
  EXPECT_EQ(double_of("1e23"), 1e23);
  EXPECT_EQ(double_of("8.5e22"), 8.5e22);
  EXPECT_EQ(double_of("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(double_of("4.9e-324"), 4.9e-324);
  EXPECT_EQ(double_of("2.4703282292062327208e-324"), 0.0);
  EXPECT_EQ(double_of("1e-400"), 0.0);
  EXPECT_EQ(double_of("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(double_of("1.7976931348623159e308"), std::nullopt);
  EXPECT_EQ(double_of("1e999"), std::nullopt);
  EXPECT_EQ(double_of("-1e999999999999999999"), std::nullopt);
  EXPECT_EQ(double_of("0e999"), 0.0);
  EXPECT_EQ(double_of("0." + std::string(400, '0') + "1e400"), 0.1);
  EXPECT_EQ(double_of("1" + std::string(400, '0') + "e-400"), 1.0);
  EXPECT_EQ(double_of("1" + std::string(400, '0')), std::nullopt);
  EXPECT_TRUE(std::signbit(*double_of("-0")));
  EXPECT_TRUE(std::signbit(*double_of("-0.0e-5")));
  EXPECT_TRUE(std::signbit(*double_of("-1e-999")));
}

// strtod of the C library is the other implementation.
RC_GTEST_PROP(Number, AgreesWithStrtod, ()) {
  const auto digits = [](int most) {
    return *rc::gen::resize(most, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                      rc::gen::inRange('0', static_cast<char>('9' + 1)))));
  };
  std::string text = *rc::gen::element<std::string>("", "-");
  std::string whole = digits(25);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  text += whole.empty() ? "0" : whole;
  if (*rc::gen::arbitrary<bool>()) text += "." + digits(25);
  if (*rc::gen::arbitrary<bool>()) text += "e" + std::to_string(*rc::gen::inRange(-330, 330));
  const double expected = std::strtod(text.c_str(), nullptr);
  const auto value = double_of(text);
  RC_ASSERT(value.has_value() == std::isfinite(expected));
  if (value) {
    RC_ASSERT(*value == expected);
    RC_ASSERT(std::signbit(*value) == std::signbit(expected));
  }
}

RC_GTEST_PROP(Number, ReadsBackWhatIsWritten, (double value)) {
  RC_PRE(std::isfinite(value));
  RC_ASSERT(double_of(base::format_double(value)) == value);
}

RC_GTEST_PROP(Number, ReadsBackIntegers, (std::int64_t value)) {
  RC_ASSERT(int64_of(std::to_string(value)) == value);
  RC_ASSERT(int64_of(std::to_string(value) + ".000") == value);
}

}  // namespace
}  // namespace leat::formats
