// The functions on timestamps; the unit comes first, as a number that the binder puts there.
#include "core/base/text.h"
#include "core/expression/calendar.h"
#include "core/expression/kernel.h"

namespace leat::expression {
namespace {

using Int = std::int64_t;
using Text = std::string_view;

Int extract_unit(Int unit, Time at) { return extract(static_cast<TimeUnit>(unit), at.ms); }

bool out_of_range(Call& call, const std::optional<Int>& ms, Int& out) {
  if (!ms) return call.fail(EvalError::kOverflow);
  out = *ms;
  return true;
}
bool floor_unit(Call& call, Int unit, Time at, Time& out) {
  return out_of_range(call, floor_to(static_cast<TimeUnit>(unit), at.ms), out.ms);
}
bool ceil_unit(Call& call, Int unit, Time at, Time& out) {
  return out_of_range(call, ceil_to(static_cast<TimeUnit>(unit), at.ms), out.ms);
}
bool add_unit(Call& call, Int unit, Int count, Time at, Time& out) {
  return out_of_range(call, add_units(static_cast<TimeUnit>(unit), count, at.ms), out.ms);
}
bool diff_unit(Call& call, Int unit, Time from, Time to, Int& out) {
  return out_of_range(call, difference(static_cast<TimeUnit>(unit), from.ms, to.ms), out);
}

bool to_timestamp_ltz(Call& call, Int number, Int precision, Time& out) {
  if (precision == 3) {
    out.ms = number;
    return true;
  }
  if (precision != 0) return call.fail(EvalError::kInvalidArgument);
  return !__builtin_mul_overflow(number, Int{1'000}, &out.ms) || call.fail(EvalError::kOverflow);
}
// NULL for what is no time, as in Flink; CAST makes it an error of the row.
bool to_timestamp(Call&, Text text, Time& out) {
  const auto ms = base::parse_iso8601_ms(text);
  if (!ms) return false;
  out.ms = *ms;
  return true;
}
Int unix_timestamp(Time at) { return extract(TimeUnit::kEpoch, at.ms); }

bool date_format(Call& call, Time at, Text pattern, Text& out) {
  // Longer patterns than this have no use, and their room would have to be bounded another way.
  if (pattern.size() > 1024 || !pattern_defect(pattern).empty()) {
    return call.fail(EvalError::kInvalidArgument);
  }
  char* const place = call.text(pattern_room(pattern));
  if (place == nullptr) return false;
  out = {place, format_pattern(at.ms, pattern, place)};
  return true;
}
bool from_unixtime2(Call& call, Int seconds, Text pattern, Text& out) {
  Time at;
  if (__builtin_mul_overflow(seconds, Int{1'000}, &at.ms)) return call.fail(EvalError::kOverflow);
  return date_format(call, at, pattern, out);
}
bool from_unixtime1(Call& call, Int seconds, Text& out) {
  return from_unixtime2(call, seconds, "yyyy-MM-dd HH:mm:ss", out);
}

constexpr Overload kTime[] = {
    overload<&extract_unit>("$EXTRACT"),        overload<&floor_unit>("$FLOOR_TO"),
    overload<&ceil_unit>("$CEIL_TO"),           overload<&add_unit>("$TIMESTAMPADD"),
    overload<&diff_unit>("$TIMESTAMPDIFF"),     overload<&to_timestamp_ltz>("TO_TIMESTAMP_LTZ"),
    overload<&to_timestamp>("TO_TIMESTAMP"),    overload<&unix_timestamp>("UNIX_TIMESTAMP"),
    overload<&from_unixtime1>("FROM_UNIXTIME"), overload<&from_unixtime2>("FROM_UNIXTIME"),
    overload<&date_format>("DATE_FORMAT"),
};

}  // namespace

std::span<const Overload> time_functions() { return kTime; }

}  // namespace leat::expression
