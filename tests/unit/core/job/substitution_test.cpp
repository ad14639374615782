#include <gtest/gtest.h>

#include "tests/unit/core/job/job_files.h"

namespace leat::job::testing {
namespace {

std::string one_line(const std::string& path, std::map<std::string, std::string> values = {}) {
  const LoadResult result = load(
      "name: j\nsources:\n  s: { type: generator, count: 1 }\nsinks:\n"
      "  out:\n    type: file\n    inputs: [s]\n    path: " +
          path + "\n",
      std::move(values));
  if (!result.graph) return messages(result).empty() ? "?" : messages(result)[0];
  return std::get<SinkConfig>(result.graph->nodes[1].config).options.text("path");
}

TEST(Substitution, FillsInFromTheEnvironment) {
  EXPECT_EQ(one_line("${A}", {{"A", "x"}}), "x");
  EXPECT_EQ(one_line("a${A}b${B}c", {{"A", "1"}, {"B", "2"}}), "a1b2c");
  EXPECT_EQ(one_line("${A:-y}"), "y");
  EXPECT_EQ(one_line("${A:-y}", {{"A", ""}}), "y");  // as a shell has it
  EXPECT_EQ(one_line("${A:-y}", {{"A", "x"}}), "x");
  EXPECT_EQ(one_line("${A:-a/b:c}"), "a/b:c");
  EXPECT_EQ(one_line("'${A:-}x'"), "x");
  EXPECT_EQ(one_line("${A:?needed}", {{"A", "x"}}), "x");
  EXPECT_EQ(one_line("a$$b"), "a$b");
  EXPECT_EQ(one_line("$${A}"), "${A}");
  EXPECT_EQ(one_line("$share/x$"), "$share/x$");
  EXPECT_EQ(one_line("${A}", {{"A", "${B}"}}), "${B}");  // what comes in is not looked at again
}

TEST(Substitution, RefusesWhatItCannotFillIn) {
  EXPECT_EQ(one_line("a${A}"),
            "8:12: A is not set in the environment; set it, or give a default as ${A:-default}");
  EXPECT_EQ(one_line("${A:?the broker}"), "8:11: A is not set: the broker");
  EXPECT_EQ(one_line("${A:?empty}", {{"A", ""}}), "8:11: A is not set: empty");
  EXPECT_EQ(one_line("${A}", {{"A", "x\ny"}}).substr(0, 44),
            "8:11: the value of A holds a line end; expec");
  EXPECT_EQ(one_line("${A}", {{"A", "x\ry"}}).substr(0, 37),
            "8:11: the value of A holds a line end");
  EXPECT_EQ(one_line("${A}", {{"A", "\xff"}}), "8:11: the value of A is not UTF-8");
  EXPECT_EQ(one_line("${A}", {{"A", "\x04"}}), "8:11: the value of A holds a control character");
  EXPECT_EQ(one_line("${A").substr(0, 37), "8:11: \"${\" is not closed on this line");
  EXPECT_EQ(one_line("${}").substr(0, 31), "8:11: \"${}\" is not understood; ");
  EXPECT_EQ(one_line("${1A}").substr(0, 32), "8:11: \"${1A}\" is not understood;");
  EXPECT_EQ(one_line("${A-x}").substr(0, 33), "8:11: \"${A-x}\" is not understood;");
  EXPECT_EQ(one_line("${A:-${B}}").substr(0, 45), "8:11: ${A...} holds another ${...}; they do n");
}

TEST(Substitution, LeavesCommentLinesAlone) {
  EXPECT_EQ(one_line("x\n    # ${NOT_SET ${\n# ${ALSO_NOT}"), "x");
}

TEST(Substitution, OneMissingNameIsOneDefect) {
  const LoadResult result = load(
      "name: j\nsources:\n  s: { type: mqtt, broker: '${URL}', topics: [a], qos: ${QOS},\n"
      "       fields: { id: string } }\nsinks:\n  out: { type: stdout, inputs: [s], formt: json "
      "}\n");
  EXPECT_EQ(messages(result),
            (std::vector<std::string>{
                "3:29: URL is not set in the environment; set it, or give a default as "
                "${URL:-default}",
                "3:56: QOS is not set in the environment; set it, or give a default as "
                "${QOS:-default}",
                "6:37: unknown key \"formt\" of sink out; did you mean \"format\"?"}));
}

// The file as written counts, not what it becomes: each ${A} stands for 40 bytes here.
TEST(Substitution, PlacesAreThoseOfTheFileAsWritten) {
  const std::string text =
      "name: j\nsources:\n"
      "  s: { type: mqtt, broker: \"mqtt://${A}\", topics: ['${A}', '${A}/x'], qos: 7,\n"
      "       fields: { id: string } }\n"
      "sinks:\n  out: { type: stdout, inputs: [s], foo: 1 }\n";
  EXPECT_EQ(messages(load(text, {{"A", std::string(40, 'h')}})),
            (std::vector<std::string>{
                "3:76: qos 7; expected 0 or 1",
                "6:37: unknown key \"foo\" of sink out; expected type, inputs, format, fields, "
                "outbox, delivery, parallelism, placement, on_offline or on_error"}));
}

TEST(Substitution, InsideAnExpressionThePlaceIsThatOfTheDollar) {
  const std::string text =
      with_transform("  x:\n    type: filter\n    inputs: [s]\n    where: ${F} > 1 AND nope = 2\n");
  EXPECT_EQ(messages(load(text, {{"F", "nothing"}}))[0].substr(0, 7), "13:12: ");
  EXPECT_EQ(messages(load(text, {{"F", "n"}}))[0].substr(0, 7), "13:25: ");
}

}  // namespace
}  // namespace leat::job::testing
