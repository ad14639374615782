#include "core/windows/aggregate_layout.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "core/windows/aggregate_collect.h"
#include "core/windows/aggregate_moments.h"
#include "core/windows/aggregate_pick.h"

namespace leat::windows {
namespace {

using expression::Expression;

bool same(const Expression& a, const Expression& b) {
  if (a.field() || b.field()) return a.field() == b.field();
  return a.text() == b.text();
}

// One that several aggregates can read from goes by the first of them that asked.
AggregateFunction shared_function(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kVarPop:
    case AggregateFunction::kVarSamp:
    case AggregateFunction::kStddevPop:
    case AggregateFunction::kStddevSamp:
      return AggregateFunction::kVarPop;
    default:
      return function;
  }
}

class Builder {
 public:
  AggregateLayout build(const std::vector<AggregateSpec>& specs) {
    for (const AggregateSpec& spec : specs) layout_.sources.push_back(source_of(spec));
    put_checked_sums_first();
    place();
    sign(specs);
    return std::move(layout_);
  }

 private:
  std::size_t input_of(const Expression& argument) {
    for (std::size_t i = 0; i < layout_.inputs.size(); ++i) {
      if (same(layout_.inputs[i].expression, argument)) return i;
    }
    layout_.inputs.emplace_back(argument);
    return layout_.inputs.size() - 1;
  }

  AggregateSource source_of(const AggregateSpec& spec) {
    AggregateSource source;
    if (spec.function == AggregateFunction::kCountAll) return source;
    LEAT_ASSERT(!spec.arguments.empty());
    source.input = input_of(spec.arguments[0]);
    const data::Type type = spec.arguments[0].type();
    switch (spec.function) {
      case AggregateFunction::kCount:
        layout_.inputs[source.input].counted = true;
        return source;
      case AggregateFunction::kSum:
        return numeric(source, type, NumericGroup::kSum);
      case AggregateFunction::kMin:
        if (type.is_textual()) break;
        return numeric(source, type, NumericGroup::kMin);
      case AggregateFunction::kMax:
        if (type.is_textual()) break;
        return numeric(source, type, NumericGroup::kMax);
      case AggregateFunction::kAvg:
        if (type.kind == data::Kind::kBigint) break;
        layout_.inputs[source.input].counted = true;
        return numeric(source, type, NumericGroup::kSum);
      default:
        break;
    }
    source.state = state_of(spec, source.input);
    return source;
  }

  AggregateSource numeric(AggregateSource source, data::Type type, NumericGroup::Part part) {
    const auto found =
        std::find_if(layout_.groups.begin(), layout_.groups.end(),
                     [&](const NumericGroup& group) { return group.input() == source.input; });
    source.group = static_cast<std::size_t>(found - layout_.groups.begin());
    if (found == layout_.groups.end()) layout_.groups.emplace_back(source.input, type.kind);
    layout_.groups[source.group].need(part);
    return source;
  }

  const AggregateState* state_of(const AggregateSpec& spec, std::size_t input) {
    const std::size_t second = spec.arguments.size() > 1 ? input_of(spec.arguments[1]) : input;
    const auto key = std::tuple(shared_function(spec.function), input, second, spec.limit);
    const auto [found, fresh] = states_.try_emplace(key, nullptr);
    if (fresh) {
      layout_.states.push_back(make_state(spec, input, second));
      found->second = layout_.states.back().get();
    }
    return found->second;
  }

  static std::unique_ptr<AggregateState> make_state(const AggregateSpec& spec, std::size_t input,
                                                    std::size_t second) {
    const data::Type type = spec.arguments[0].type();
    switch (spec.function) {
      case AggregateFunction::kMin:
        return make_text_extreme(input, type, false);
      case AggregateFunction::kMax:
        return make_text_extreme(input, type, true);
      case AggregateFunction::kAvg:
        return make_wide_average(input);
      case AggregateFunction::kVarPop:
      case AggregateFunction::kVarSamp:
      case AggregateFunction::kStddevPop:
      case AggregateFunction::kStddevSamp:
        return make_moments(input, type.kind);
      case AggregateFunction::kFirst:
        return make_first_or_last(input, type, false);
      case AggregateFunction::kLast:
        return make_first_or_last(input, type, true);
      case AggregateFunction::kMinBy:
        return make_extreme_by(input, type, second, spec.arguments[1].type(), false);
      case AggregateFunction::kMaxBy:
        return make_extreme_by(input, type, second, spec.arguments[1].type(), true);
      case AggregateFunction::kCountDistinct:
        return make_distinct(input, type);
      case AggregateFunction::kApproxCountDistinct:
        return make_approximate_distinct(input, type);
      case AggregateFunction::kPercentile:
        return make_percentiles(input, type.kind);
      case AggregateFunction::kApproxPercentile:
        return make_approximate_percentiles(input, type.kind);
      case AggregateFunction::kCollectList:
        return make_collect_list(input, type);
      case AggregateFunction::kTopN: {
        std::optional<Shown> shown;
        if (spec.arguments.size() > 1) shown = Shown{second, spec.arguments[1].type()};
        return make_top_n(input, type, spec.limit, shown);
      }
      default:
        break;
    }
    LEAT_ASSERT(false);
    return nullptr;
  }

  void put_checked_sums_first() {
    std::stable_partition(layout_.groups.begin(), layout_.groups.end(),
                          [](const NumericGroup& group) { return group.checked(); });
    for (AggregateSource& source : layout_.sources) {
      if (source.state != nullptr) continue;
      for (std::size_t i = 0; i < layout_.groups.size(); ++i) {
        if (layout_.groups[i].input() == source.input) source.group = i;
      }
    }
  }

  void place() {
    std::size_t offset = kHeaderBytes;
    for (NumericGroup& group : layout_.groups) {
      group.place(offset);
      offset += group.size();
    }
    std::uint64_t flag = kOverflowFlag << 1;
    for (AggregateInput& input : layout_.inputs) {
      const bool grouped = std::any_of(
          layout_.groups.begin(), layout_.groups.end(),
          [&](const NumericGroup& group) { return &layout_.inputs[group.input()] == &input; });
      if (!input.counted && !grouped) continue;  // its states know by themselves
      if (flag > kFlagMask) input.counted = true;
      if (input.counted) {
        input.nulls = offset;
        offset += 8;
      } else {
        input.flag = flag;
        flag <<= 1;
      }
    }
    for (const auto& state : layout_.states) {
      state->place(offset);
      offset += state->size();
      layout_.trivial = layout_.trivial && state->trivial();
    }
    layout_.cell_size = offset;
  }

  // What decides the bytes of a saved cell: functions, types, and which arguments are the same one.
  void sign(const std::vector<AggregateSpec>& specs) {
    std::string text = "cell 1";
    for (const AggregateSpec& spec : specs) {
      text += ';' + std::to_string(static_cast<int>(spec.function));
      for (const Expression& argument : spec.arguments) {
        text += ',' + std::to_string(input_of(argument)) + ' ' + to_string(argument.type());
      }
      text += ',' + std::to_string(spec.limit);
    }
    layout_.signature = 14695981039346656037U;  // FNV-1a
    for (const char c : text) {
      layout_.signature = (layout_.signature ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
  }

  AggregateLayout layout_;
  std::map<std::tuple<AggregateFunction, std::size_t, std::size_t, std::int64_t>, AggregateState*>
      states_;
};

}  // namespace

AggregateLayout make_layout(const std::vector<AggregateSpec>& specs) {
  return Builder().build(specs);
}

}  // namespace leat::windows
