// Transforms, their expressions and the tests of a job file: what is refused, and where.
#include <gtest/gtest.h>

#include "tests/unit/core/job/broken_files.h"

namespace leat::job::testing {
namespace {

class BrokenTransforms : public ::testing::TestWithParam<Broken> {};
TEST_P(BrokenTransforms, AreRefused) { expect_diagnostics(GetParam()); }

// `x: { type: TYPE, inputs: [s], MORE }` in line 10. An @ marks the place that is to be blamed.
std::string node(std::string_view type, std::string_view more) {
  return with_transform("  x: { type: " + std::string(type) + ", inputs: [s], " +
                        std::string(more) + " }\n");
}
std::string window(std::string_view more) { return node("window", more); }
const std::string kMinute = "window: { type: tumbling, size: 1m }";

std::string route(std::string_view more) {
  return with_transform(
      "  x: { type: filter, inputs: [r.unmatched], where: b }\n"
      "  r: { type: route, inputs: [s], " +
      std::string(more) + " }\n");
}

std::vector<Broken> transforms() {
  return {
      {"filter_without_where",
       node("filter", "on_error: skip"),
       {"10:3: transform x has no \"where\""}},
      {"filter_null",
       node("filter", "where: @~"),
       {"@: a null (~) for \"where\"; expected an exp"}},
      {"filter_type", node("filter", "where: @n + 1"), {"@: the condition is a bigint"}},
      {"filter_field", node("filter", "where: n > 1 AND @tt > 2"), {"@: "}},
      {"filter_syntax", node("filter", "where: n >@"), {"@: found the end"}},
      {"filter_two_inputs",
       with_transform("  x: { type: filter, inputs: @[s, s.rejected], where: b }\n"),
       {"@: a filter of 2 inputs; expected 1 (a union"}},
      {"map_nothing", node("map", "on_error: skip"), {"10:3: transform x has neither \"set\""}},
      {"map_both", node("map", "keep: [id], drop: @[n]"), {"@: \"drop\" beside \"keep\""}},
      {"map_keep", node("map", "keep: [id, @nn]"), {"@: unknown field \"nn\"; did you mean"}},
      {"map_name", node("map", "set: { @\"1a\": n }"), {"@: \"1a\" is no name for a field"}},
      {"map_leaves_nothing",
       node("map", "drop: [id, n, t, b, ts, l]"),
       {"10:3: transform x leaves no field"}},
      {"map_set_list", node("map", "set: @[n]"), {"@: a list for \"set\"; expected a map"}},
      {"map_expression_map", node("map", "set: { a: @{ b: n } }"), {"@: a map; expected an expr"}},
      {"flat_map_neither", node("flat_map", "as: y"), {"10:3: transform x has neither \"unnest\""}},
      {"flat_map_both",
       node("flat_map", "unnest: l, @split: { field: id, by: ',' }"),
       {"@: transform x has both"}},
      {"flat_map_no_list",
       node("flat_map", "unnest: @id"),
       {"@: field \"id\" is a string; expected a list"}},
      {"flat_map_no_string",
       node("flat_map", "split: { field: @n, by: ',' }"),
       {"@: field \"n\" is a bigint; expected a string"}},
      {"flat_map_as",
       node("flat_map", "unnest: l, as: @id"),
       {"@: there is a field \"id\" already"}},
      {"route_name", route("routes: { @errors: b }"), {"@: \"errors\" is no name for a route"}},
      {"route_condition", route("routes: { hot: @t }"), {"@: the condition is a double"}},
      {"route_main_output",
       node("route", "routes: { hot: b }"),
       {"12:33: \"x\" is a route, whose rows leave by named outputs; expected one of x.errors, "
        "x.hot, "
        "x.unmatched"}},
      {"route_unknown_output",
       with_transform("  x: { type: filter, inputs: [@r.cold], where: b }\n"
                      "  r: { type: route, inputs: [s], routes: { hot: b } }\n"),
       {"@: transform r has no output \"cold\"; expected one of r.errors, r.hot"}},
      {"union_differs",
       with_transform("  x: { type: union, inputs: [s, @y] }\n"
                      "  y: { type: map, inputs: [s], keep: [id] }\n"),
       {"@: the inputs of a union differ: s has { id: string, n: bigint"}},
      {"reduce_collision",
       node("reduce", "key_by: [id], aggregate: { @id: count(*) }"),
       {"@: \"id\" is a key field already"}},
      {"reduce_without_aggregate",
       node("reduce", "key_by: [id]"),
       {"10:3: transform x has no \"aggregate\""}},
      {"key_unknown",
       node("reduce", "key_by: [@idd], aggregate: { c: count(*) }"),
       {"@: unknown field \"idd\""}},
      {"key_twice",
       node("reduce", "key_by: [id, @id], aggregate: { c: count(*) }"),
       {"@: field \"id\" is in the key twice"}},
      {"key_list",
       node("reduce", "key_by: [@l], aggregate: { c: count(*) }"),
       {"@: a list<double> cannot be a key"}},
      {"key_expression",
       node("reduce", "key_by: { k: @nope }, aggregate: { c: count(*) }"),
       {"@: "}},
      {"key_scalar",
       node("reduce", "key_by: @id, aggregate: { c: count(*) }"),
       {"@: \"id\" for \"key_by\"; expected a list of field names"}},
      {"parallel_without_key",
       node("reduce", "parallelism: @2, aggregate: { c: count(*) }"),
       {"@: parallelism 2 of transform x, which has no key_by"}},
      {"window_without_window",
       window("aggregate: { c: count(*) }"),
       {"10:3: transform x has no \"window\""}},
      {"window_without_aggregate", window(kMinute), {"10:3: transform x has no \"aggregate\""}},
      {"window_type",
       window("window: { type: @tumblin, size: 1m }, aggregate: { c: count(*) }"),
       {"@: \"tumblin\" for \"type\"; did you mean \"tumbling\"?"}},
      {"window_no_type",
       window("window: @{ size: 1m }, aggregate: { c: count(*) }"),
       {"@: \"window\" of transform x has no \"type\"; expected tumbling"}},
      {"window_exclusive",
       window("window: { type: session, gap: 1m, @size: 1m }, aggregate: { c: count(*) }"),
       {"@: unknown key \"size\" of the session window of transform x; expected type or gap"}},
      {"window_missing",
       window("@window: { type: sliding, size: 1m }, aggregate: { c: count(*) }"),
       {"@: the sliding window of transform x has no \"slide\""}},
      {"window_zero",
       window("window: { type: tumbling, size: @0s }, aggregate: { c: count(*) }"),
       {"@: \"size\" is 0s; expected at least 1ms"}},
      {"window_negative",
       window("window: { type: tumbling, size: @-1s }, aggregate: { c: count(*) }"),
       {"@: \"-1s\" for \"size\"; expected a duration"}},
      {"window_overlap",
       window("window: { type: sliding, size: 7d, slide: @1ms }, aggregate: { c: count(*) }"),
       {"@: every row would be in more than 100000 windows"}},
      {"window_lateness",
       window(
           "window: { type: count, size: 5 }, allowed_lateness: @1s, aggregate: { c: count(*) }"),
       {"@: \"allowed_lateness\" of a window without an end"}},
      {"aggregate_collision",
       window(kMinute + ", aggregate: { @window_start: count(*) }"),
       {"@: \"window_start\" is a field of the window"}},
      {"aggregate_function", window(kMinute + ", aggregate: { c: @averge(t) }"), {"@: "}},
      {"aggregate_argument", window(kMinute + ", aggregate: { c: avg(@id) }"), {"@: "}},
      {"aggregate_field", window(kMinute + ", aggregate: { c: avg(@tt) }"), {"@: "}},
      {"aggregate_null",
       window(kMinute + ", aggregate: { @c: }"),
       {"@: no value; expected an exp"}},
      {"window_key_collision",
       window(kMinute + ", key_by: { @window_end: n }, aggregate: { c: count(*) }"),
       {"@: key field \"window_end\" is called like a field of the window"}},
      {"trigger",
       window(kMinute + ", @trigger: { type: count }, aggregate: { c: count(*) }"),
       {"@: the count trigger of transform x has no \"count\""}},
      {"join_inputs",
       node("join", "equal: [id], within: { lower: -1s, upper: 1s }"),
       {"10:28: a join of 1 inputs; expected 2"}},
      {"process_without_code",
       node("process", "key_by: [id]"),
       {"10:3: transform x has none of \"lua\""}},
      {"dedupe_key", node("dedupe", "key: [@nope]"), {"@: unknown field \"nope\""}},
      {"on_error",
       node("filter", "where: b, on_error: @ignore"),
       {"@: \"ignore\" for \"on_error\"; expected skip or fail"}},
      {"all_at_once",
       node("filter", "where: @nope, parallelism: @0, @foo: 1"),
       {"@: ", "@: \"parallelism\" is 0", "@: unknown key \"foo\""}},
  };
}
INSTANTIATE_TEST_SUITE_P(Nodes, BrokenTransforms, ::testing::ValuesIn(transforms()),
                         [](const auto& file) { return file.param.name; });

// Where the byte is that an expression trips over, however YAML spells it.
std::vector<Broken> positions() {
  const auto filter = [](std::string_view where) {
    return with_transform(
        "  x:\n    type: filter\n    inputs: [s]\n    where: " + std::string(where) + "\n");
  };
  return {
      {"plain", filter("t > 1 AND @nope > 2"), {"@: "}},
      {"plain_after_utf8", filter("id = '\xc3\xa4' AND @nope > 2"), {"@: "}},
      {"single_quoted", filter("'t > 1 AND @nope > 2'"), {"@: "}},
      {"double_quoted", filter("\"t > 1 AND @nope > 2\""), {"@: "}},
      // The escape makes the value differ from the text: the start of the scalar it is.
      {"escaped", filter("@\"id = '\\t' AND nope > 2\""), {"@: "}},
      {"doubled_quotes", filter("@'id = ''a'' AND nope > 2'"), {"@: "}},
      {"folded_plain", filter("@t > 1\n      AND nope > 2"), {"@: "}},
      {"literal", filter("|\n      t > 1\n      AND @nope > 2"), {"@: "}},
      {"literal_indented", filter("|\n      t > 1\n        AND @nope > 2"), {"@: "}},
      {"literal_first_line", filter("|-\n      @nope > 1"), {"@: "}},
  };
}
INSTANTIATE_TEST_SUITE_P(Positions, BrokenTransforms, ::testing::ValuesIn(positions()),
                         [](const auto& file) { return file.param.name; });

std::string test(std::string_view input, std::string_view expect = "{ s: [] }") {
  return with_tests("  - name: t\n    input: { s: [" + std::string(input) +
                    "] }\n    expect: " + std::string(expect) + "\n");
}

std::vector<Broken> tests() {
  return {
      {"tests_as_map", with_tests("  a: 1\n"), {"12:3: a map for \"tests\"; expected a list"}},
      {"test_as_scalar", with_tests("  - a\n"), {"12:5: \"a\"; expected a test"}},
      {"test_without_parts",
       with_tests("  - name: t\n"),
       {"12:5: the test has no \"input\"", "12:5: the test has no \"expect\""}},
      {"test_key",
       with_tests("  - { name: t, input: {}, expct: {}, expect: { s: [] } }\n"),
       {"12:27: unknown key \"expct\" of a test; did you mean \"expect\"?"}},
      {"no_source",
       with_tests("  - { name: t, input: { ss: [] }, expect: { s: [] } }\n"),
       {"12:25: \"ss\" is no source of this job; did you mean \"s\"?"}},
      {"rows_not_a_list",
       with_tests("  - { name: t, input: { s: 1 }, expect: { s: [] } }\n"),
       {"12:28: \"1\" for \"s\"; expected a list of rows"}},
      {"unknown_field", test("{ @idd: a }"), {"@: unknown field \"idd\"; did you mean \"id\"?"}},
      {"wrong_bigint", test("{ n: @x }"), {"@: field \"n\": \"x\"; expected an integer"}},
      {"fraction_for_bigint",
       test("{ n: @1.5 }"),
       {"@: field \"n\": \"1.5\"; expected an integer"}},
      {"quoted_bigint",
       test("{ n: @'1' }"),
       {"@: field \"n\": the text \"1\"; expected an integer"}},
      {"wrong_double", test("{ t: @0x10 }"), {"@: field \"t\": \"0x10\"; expected a number"}},
      {"not_a_number", test("{ t: @.nan }"), {"@: field \"t\": \".nan\"; expected a number"}},
      {"wrong_boolean", test("{ b: @yes }"), {"@: field \"b\": \"yes\"; expected true or false"}},
      {"wrong_string", test("{ id: @17 }"), {"@: field \"id\": 17 is a number; quote it"}},
      {"surprising_string", test("{ id: @off }"), {"@: field \"id\": YAML reads off as a boolean"}},
      {"wrong_timestamp",
       test("{ ts: @soon }"),
       {"@: field \"ts\": \"soon\"; expected a timestamp"}},
      {"far_timestamp", test("{ ts: @999999999999999 }"), {"@: field \"ts\""}},
      {"wrong_list", test("{ l: @1 }"), {"@: field \"l\": \"1\"; expected a list as list<double>"}},
      {"wrong_element", test("{ l: [1, @x] }"), {"@: field \"l\": \"x\"; expected a number"}},
      {"wrong_at", test("{ id: a, at: @soon }"), {"@: \"soon\" for \"at\"; expected a timestamp"}},
      {"row_as_scalar", test("@5"), {"@: \"5\"; expected a row"}},
      {"advance_clock",
       test("{ advance_clock: @10 }"),
       {"@: \"10\" for \"advance_clock\"; expected a dur"}},
      {"advance_watermark",
       test("{ advance_watermark: @x }"),
       {"@: \"x\" for \"advance_watermark\""}},
      {"restart", test("{ restart: @yes }"), {"@: \"yes\" for \"restart\"; expected true"}},
      {"expect_unknown", test("", "{ @y: [] }"), {"@: there is no node \"y\"; expected s"}},
      {"expect_sink", test("", "{ @out: [] }"), {"@: \"out\" is a sink, which a test leaves out"}},
      {"expect_output",
       test("", "{ @s.late: [] }"),
       {"@: \"s.late\" is no output; expected one of s, s.errors"}},
      {"expect_field", test("", "{ s: [{ @idd: a }] }"), {"@: unknown field \"idd\""}},
      {"expect_value",
       test("", "{ s: [{ n: @a }] }"),
       {"@: field \"n\": \"a\"; expected an integer"}},
      {"expect_scalar", test("", "{ s: @1 }"), {"@: \"1\"; expected a list of rows"}},
      {"expect_rows", test("", "{ s: @{ unordered: true } }"), {"@: no \"rows\""}},
  };
}
INSTANTIATE_TEST_SUITE_P(Tests, BrokenTransforms, ::testing::ValuesIn(tests()),
                         [](const auto& file) { return file.param.name; });

}  // namespace
}  // namespace leat::job::testing
