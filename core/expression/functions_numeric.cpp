// Arithmetic and the functions on numbers.
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/expression/kernel.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;
constexpr Int kMin = std::numeric_limits<Int>::min();

bool add(Call& call, Int a, Int b, Int& out) {
  return !__builtin_add_overflow(a, b, &out) || call.fail(EvalError::kOverflow);
}
bool subtract(Call& call, Int a, Int b, Int& out) {
  return !__builtin_sub_overflow(a, b, &out) || call.fail(EvalError::kOverflow);
}
bool multiply(Call& call, Int a, Int b, Int& out) {
  return !__builtin_mul_overflow(a, b, &out) || call.fail(EvalError::kOverflow);
}
bool divide(Call& call, Int a, Int b, Int& out) {
  if (b == 0) return call.fail(EvalError::kDivisionByZero);
  if (a == kMin && b == -1) return call.fail(EvalError::kOverflow);
  out = a / b;
  return true;
}
// The sign is that of the dividend. kMin % -1 traps on x86 and is 0.
bool modulo(Call& call, Int a, Int b, Int& out) {
  if (b == 0) return call.fail(EvalError::kDivisionByZero);
  out = b == -1 ? 0 : a % b;
  return true;
}
bool negate(Call& call, Int a, Int& out) {
  if (a == kMin) return call.fail(EvalError::kOverflow);
  out = -a;
  return true;
}
bool absolute(Call& call, Int a, Int& out) {
  return a < 0 ? negate(call, a, out) : (out = a, true);
}

double add_doubles(double a, double b) { return a + b; }
double subtract_doubles(double a, double b) { return a - b; }
double multiply_doubles(double a, double b) { return a * b; }
double divide_doubles(double a, double b) { return a / b; }
double modulo_doubles(double a, double b) { return std::fmod(a, b); }
double negate_double(double a) { return -a; }

constexpr Overload kArithmetic[] = {
    overload<&add>("+"),          overload<&add_doubles>("+"),
    overload<&subtract>("-"),     overload<&subtract_doubles>("-"),
    overload<&multiply>("*"),     overload<&multiply_doubles>("*"),
    overload<&divide>("/"),       overload<&divide_doubles>("/"),
    overload<&modulo>("%"),       overload<&modulo_doubles>("%"),
    overload<&negate>("$NEGATE"), overload<&negate_double>("$NEGATE"),
};

double absolute_double(double a) { return std::fabs(a); }
Int same(Int a) { return a; }
double ceil_double(double a) { return std::ceil(a); }
double floor_double(double a) { return std::floor(a); }
Int sign(Int a) { return a > 0 ? 1 : (a < 0 ? -1 : 0); }
double sign_double(double a) { return a > 0 ? 1.0 : (a < 0 ? -1.0 : a); }

// Rounds the shortest decimal form that reads back as `a`, so that ROUND(2.675, 2) is 2.68 although
// the double lies below it; as Flink does (BigDecimal.valueOf(a), HALF_UP away from zero).
double round_decimal(double a, Int places, bool away) {
  if (!std::isfinite(a) || a == 0 || places > 400) return a;
  if (places < -400) return std::copysign(0.0, a);
  char digits[64];
  const auto printed =
      std::to_chars(digits, digits + sizeof digits, std::fabs(a), std::chars_format::scientific);
  char* const e =
      static_cast<char*>(std::memchr(digits, 'e', static_cast<std::size_t>(printed.ptr - digits)));
  int exponent = 0;
  std::from_chars(e + (e[1] == '+' ? 2 : 1), printed.ptr, exponent);
  // digits is "d.ddd": make it plain digits, the first of weight 10^exponent.
  char plain[64];
  std::size_t count = 0;
  for (const char* c = digits; c != e; ++c) {
    if (*c != '.') plain[++count] = *c;  // plain[0] stays free for a carry
  }
  plain[0] = '0';
  const Int kept = exponent + places + 1;  // how many of the digits stay
  if (kept >= static_cast<Int>(count)) return a;
  if (kept < 0) return std::copysign(0.0, a);
  const bool up = away && plain[kept + 1] >= '5';
  auto at = static_cast<std::size_t>(kept);
  if (up) {
    while (plain[at] == '9') plain[at--] = '0';
    ++plain[at];
  }
  char text[96];
  auto* out = text;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(kept); ++i) *out++ = plain[i];
  *out++ = 'e';
  out = std::to_chars(out, text + sizeof text, exponent - kept + 1).ptr;
  double result = 0;
  if (std::from_chars(text, out, result).ec == std::errc::result_out_of_range) {
    result = exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  }
  return std::copysign(result, a);
}
double round1(double a) { return round_decimal(a, 0, true); }
double round2(double a, Int places) { return round_decimal(a, places, true); }
double truncate1(double a) { return std::trunc(a); }
double truncate2(double a, Int places) { return round_decimal(a, places, false); }

bool round_bigint_to(Call& call, Int a, Int places, bool away, Int& out) {
  out = a;
  if (places >= 0) return true;
  out = 0;
  if (places < -19) return true;
  if (places == -19) {  // 10^19 is beyond a bigint, half of it is not
    const bool up = away && (a >= 5'000'000'000'000'000'000 || a <= -5'000'000'000'000'000'000);
    return !up || call.fail(EvalError::kOverflow);
  }
  Int unit = 1;
  for (Int i = 0; i < -places; ++i) unit *= 10;
  const Int rest = a % unit;
  out = a - rest;
  if (!away) return true;
  const bool up = rest >= 0 ? rest >= unit - rest : -rest >= unit + rest;
  if (!up) return true;
  return !__builtin_add_overflow(out, rest >= 0 ? unit : -unit, &out) ||
         call.fail(EvalError::kOverflow);
}
bool round_bigint(Call& call, Int a, Int places, Int& out) {
  return round_bigint_to(call, a, places, true, out);
}
bool truncate_bigint(Call& call, Int a, Int places, Int& out) {
  return round_bigint_to(call, a, places, false, out);
}

double power(double a, double b) { return std::pow(a, b); }
double square_root(double a) { return std::sqrt(a); }
double exponential(double a) { return std::exp(a); }
double natural_log(double a) { return std::log(a); }
double log_base(double base, double a) { return std::log(a) / std::log(base); }
double log10_of(double a) { return std::log10(a); }
double log2_of(double a) { return std::log2(a); }
double sine(double a) { return std::sin(a); }
double cosine(double a) { return std::cos(a); }
double tangent(double a) { return std::tan(a); }
double arc_sine(double a) { return std::asin(a); }
double arc_cosine(double a) { return std::acos(a); }
double arc_tangent(double a) { return std::atan(a); }
double arc_tangent2(double y, double x) { return std::atan2(y, x); }
constexpr double kPi = 3.14159265358979323846;
double radians(double degrees) { return degrees / 180.0 * kPi; }
double degrees(double radians) { return radians * 180.0 / kPi; }
double pi() { return kPi; }
double euler() { return 2.71828182845904523536; }

constexpr Overload kNumeric[] = {
    overload<&absolute>("ABS"),
    overload<&absolute_double>("ABS"),
    overload<&same>("CEIL"),
    overload<&ceil_double>("CEIL"),
    overload<&same>("FLOOR"),
    overload<&floor_double>("FLOOR"),
    overload<&same>("ROUND"),
    overload<&round1>("ROUND"),
    overload<&round_bigint>("ROUND"),
    overload<&round2>("ROUND"),
    overload<&same>("TRUNCATE"),
    overload<&truncate1>("TRUNCATE"),
    overload<&truncate_bigint>("TRUNCATE"),
    overload<&truncate2>("TRUNCATE"),
    overload<&sign>("SIGN"),
    overload<&sign_double>("SIGN"),
    overload<&modulo>("MOD"),
    overload<&modulo_doubles>("MOD"),
    overload<&power>("POWER"),
    overload<&square_root>("SQRT"),
    overload<&exponential>("EXP"),
    overload<&natural_log>("LN"),
    overload<&natural_log>("LOG"),
    overload<&log_base>("LOG"),
    overload<&log10_of>("LOG10"),
    overload<&log2_of>("LOG2"),
    overload<&sine>("SIN"),
    overload<&cosine>("COS"),
    overload<&tangent>("TAN"),
    overload<&arc_sine>("ASIN"),
    overload<&arc_cosine>("ACOS"),
    overload<&arc_tangent>("ATAN"),
    overload<&arc_tangent2>("ATAN2"),
    overload<&radians>("RADIANS"),
    overload<&degrees>("DEGREES"),
    overload<&pi>("PI"),
    overload<&euler>("E"),
};

}  // namespace

std::span<const Overload> arithmetic_functions() { return kArithmetic; }
std::span<const Overload> numeric_functions() { return kNumeric; }

Vec FunctionNode::evaluate(Context& context, const Selection& selection) const {
  Vec arguments[kMaxArguments];
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    arguments[i] = arguments_[i]->evaluate(context, selection);
  }
  return kernel_(context, selection, arguments);
}

}  // namespace leat::expression
