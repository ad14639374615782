#include <gtest/gtest.h>

#include "core/windows/window_config.h"
#include "tests/unit/core/windows/aggregate_fixture.h"

namespace leat::windows {
namespace {

struct Compiled {
  std::optional<AggregateSpec> spec;
  expression::CompileError error;
};
Compiled compiled(std::string_view text) {
  Compiled result;
  result.spec = compile_aggregate("out", text, *test_schema(), result.error);
  return result;
}

TEST(CompileAggregate, FunctionsAndTheirTypes) {
  struct Case {
    const char* text;
    AggregateFunction function;
    data::Type type;
  };
  const Case cases[] = {
      {"count(*)", AggregateFunction::kCountAll, data::kBigint},
      {"COUNT( * )", AggregateFunction::kCountAll, data::kBigint},
      {"count(l)", AggregateFunction::kCount, data::kBigint},
      {"count(DISTINCT s)", AggregateFunction::kCountDistinct, data::kBigint},
      {"approx_count_distinct(t)", AggregateFunction::kApproxCountDistinct, data::kBigint},
      {"sum(n)", AggregateFunction::kSum, data::kBigint},
      {" sum(x)", AggregateFunction::kSum, data::kDouble},
      {"min(s)", AggregateFunction::kMin, data::kString},
      {"max(b)", AggregateFunction::kMax, data::kBoolean},
      {"max(t)", AggregateFunction::kMax, data::kTimestamp},
      {"avg(n)", AggregateFunction::kAvg, data::kDouble},
      {"stddev_pop(x)", AggregateFunction::kStddevPop, data::kDouble},
      {"stddev_samp(n)", AggregateFunction::kStddevSamp, data::kDouble},
      {"var_pop(x)", AggregateFunction::kVarPop, data::kDouble},
      {"var_samp(x)", AggregateFunction::kVarSamp, data::kDouble},
      {"first(l)", AggregateFunction::kFirst, data::Type::list_of(data::Kind::kString)},
      {"last(b)", AggregateFunction::kLast, data::kBoolean},
      {"min_by(l, x)", AggregateFunction::kMinBy, data::Type::list_of(data::Kind::kString)},
      {"max_by(s, t)", AggregateFunction::kMaxBy, data::kString},
      {"percentile(n, 0.5)", AggregateFunction::kPercentile, data::kDouble},
      {"approx_percentile(x, 1)", AggregateFunction::kApproxPercentile, data::kDouble},
      {"top_n(x, 5)", AggregateFunction::kTopN, data::Type::list_of(data::Kind::kDouble)},
      {"top_n(x, 5, s)", AggregateFunction::kTopN, data::Type::list_of(data::Kind::kString)},
      {"collect_list(t)", AggregateFunction::kCollectList,
       data::Type::list_of(data::Kind::kTimestamp)},
  };
  for (const Case& c : cases) {
    const Compiled result = compiled(c.text);
    ASSERT_TRUE(result.spec) << c.text << ": " << result.error.message;
    EXPECT_EQ(result.spec->name, "out");
    EXPECT_EQ(result.spec->function, c.function) << c.text;
    EXPECT_EQ(result.spec->result_type, c.type) << c.text;
  }
}

TEST(CompileAggregate, ConstantsAreTakenOut) {
  EXPECT_EQ(compiled("percentile(x, 0.25)").spec->fraction, 0.25);
  EXPECT_EQ(compiled("percentile(x, 0)").spec->fraction, 0.0);
  EXPECT_EQ(compiled("top_n(x, 10000, n)").spec->limit, 10000);
  EXPECT_EQ(compiled("top_n(x, 3, n)").spec->arguments.size(), 2U);
  EXPECT_EQ(compiled("approx_percentile(x, 0.5)").spec->arguments.size(), 1U);
}

TEST(CompileAggregate, DefectsSayWhereAndWhat) {
  struct Case {
    const char* text;
    std::size_t offset;
    const char* message;  // a part of it
  };
  const Case cases[] = {
      {"  averge(x)", 2, "unknown aggregate function \"averge\""},
      {"mx(x)", 0, "did you mean \"max\""},
      {"sum(*)", 0, "only count takes *"},
      {"sum(DISTINCT x)", 0, "only count takes DISTINCT"},
      {"count(DISTINCT l)", 15, "is list<string>"},
      {"sum()", 0, "given 0 arguments; expected sum(x)"},
      {"sum(x, n)", 7, "given 2 arguments; expected sum(x)"},
      {"min_by(x)", 0, "given 1 argument; expected min_by(x, y)"},
      {"percentile(x)", 0, "expected percentile(x, p)"},
      {"top_n(x, 2, n, s)", 15, "given 4 arguments"},
      {"sum(s)", 4, "sum takes a bigint or a double; \"s\" is string"},
      {"avg(t)", 4, "\"t\" is timestamp"},
      {"stddev_pop(b)", 11, "\"b\" is boolean"},
      {"max(l)", 4, "a value that is not a list"},
      {"max_by(x, l)", 10, "\"l\" is list<string>"},
      {"collect_list(l)", 13, "not a list"},
      {"top_n(x, 2, l)", 12, "not a list"},
      {"approx_count_distinct(l)", 22, "not a list"},
      {"percentile(s, 0.5)", 11, "\"s\" is string"},
      {"percentile(x, 1.5)", 14, "a constant number from 0 to 1, not \"1.5\""},
      {"percentile(x, -0.1)", 14, "from 0 to 1"},
      {"percentile(x, n)", 14, "from 0 to 1, not \"n\""},
      {"approx_percentile(x, 2)", 21, "from 0 to 1"},
      {"top_n(x, 0)", 9, "a constant integer from 1 to 10000, not \"0\""},
      {"top_n(x, 10001)", 9, "from 1 to 10000"},
      {"top_n(x, 2.0)", 9, "from 1 to 10000"},
      {"top_n(x, n)", 9, "from 1 to 10000"},
      {"max(nosuch)", 4, "unknown field"},
      {"max_by(x, nosuch)", 10, "unknown field"},
  };
  for (const Case& c : cases) {
    const Compiled result = compiled(c.text);
    EXPECT_FALSE(result.spec) << c.text;
    EXPECT_EQ(result.error.offset, c.offset) << c.text << ": " << result.error.message;
    EXPECT_NE(result.error.message.find(c.message), std::string::npos)
        << c.text << ": " << result.error.message;
  }
}

}  // namespace
}  // namespace leat::windows
