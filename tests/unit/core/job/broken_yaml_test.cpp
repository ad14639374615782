// What YAML readers let through, and this one does not.
#include <gtest/gtest.h>

#include "tests/unit/core/job/broken_files.h"

namespace leat::job::testing {
namespace {

class BrokenYaml : public ::testing::TestWithParam<Broken> {};
TEST_P(BrokenYaml, IsRefused) { expect_diagnostics(GetParam()); }

std::vector<Broken> files() {
  const std::string job =
      "name: j\nsources:\n  s: { type: generator, count: 1 }\n"
      "sinks:\n  out: { type: stdout, inputs: [s] }\n";
  return {
      {"empty", "", {"1:1: the file is empty"}},
      {"only_comments", "# nothing\n", {"1:1: the file is empty"}},
      {"scalar", "hello\n", {"1:1: \"hello\"; expected a job"}},
      {"list", "- a\n", {"1:1: a list; expected a job"}},
      {"null_document", "---\n", {"2:1: no value; expected a job"}},
      {"duplicate_key", "name: j\n" + job, {"2:1: duplicate key \"name\""}},
      {"duplicate_key_below",
       with_transform(
           "  x:\n    type: filter\n    inputs: [s]\n    where: n > 1\n    where: n > 2\n"),
       {"14:5: duplicate key \"where\""}},
      {"duplicate_key_in_flow",
       with_source("  s: { type: generator, count: 1, count: 2 }\n"),
       {"3:35: duplicate key \"count\""}},
      {"duplicate_quoted_key", "\"name\": k\n" + job, {"2:1: duplicate key \"name\""}},
      {"merge_key",
       with_source("  s:\n    <<: { type: generator }\n    type: generator\n    count: 1\n"),
       {"4:5: a merge key (<<)"}},
      {"anchor_and_alias",
       "name: &n j\nsources:\n  s: { type: generator, count: 1 }\n"
       "sinks:\n  out: { type: stdout, inputs: [s], format: *n }\n",
       {"1:7: an anchor (&)", "5:45: an alias (*)"}},
      {"tag", with_source("  s: { type: generator, count: !!int 1 }\n"), {"3:32: a tag (!)"}},
      {"tag_alone", with_source("  s: { type: generator, count: ! 1 }\n"), {"3:32: a tag (!)"}},
      {"tag_on_map", with_source("  s: !thing { type: generator }\n"), {"3:6: a tag (!)"}},
      {"second_document", job + "---\nname: k\n", {"6:1: a second document"}},
      {"second_document_after_end", job + "...\nname: k\n", {"7:1: text that belongs to nothing"}},
      {"mis_indented_tail", job + " tests: []\n", {"6:2: this does not fit"}},
      {"tail_after_flow", "{ name: j }\nsources: 1\n", {"2:1: "}},
      {"mis_indented_key",
       "name: j\nsources:\n   s: { type: generator }\n  t: { type: generator }\n",
       {"4:3: this does not fit"}},
      {"directive", "%YAML 1.2\n---\n" + job, {"1:1: a YAML directive"}},
      {"directive_at_the_end", job + "%TAG ! x\n", {"6:1: a YAML directive"}},
      {"tab_indentation",
       "name: j\nsources:\n\ts: { type: generator }\n",
       {"3:1: a tab in the indentation"}},
      {"invalid_utf8", "name: j\n# \xff\n", {"2:3: invalid UTF-8 (byte 0xff)"}},
      {"utf16", std::string("\xff\xfen\0a\0", 6), {"1:1: invalid UTF-8 (byte 0xff)"}},
      {"overlong_utf8", "name: \xc0\xaf\n", {"1:7: invalid UTF-8"}},
      {"nul_byte", std::string("name: a\0b\n", 10), {"1:8: a control character (0x00)"}},
      // yaml-cpp takes this byte for the end of the file.
      {"end_of_transmission", "name: j\n\x04sources: 1\n", {"2:1: a control character (0x04)"}},
      {"lone_carriage_return", "name: j\rsources: 1\n", {"1:8: a carriage return"}},
      {"key_without_name", "name: j\n: x\n", {"2:1: a value without a key"}},
      {"key_that_is_a_list", "? [a, b]\n: x\n", {"1:3: a key that is a map or a list"}},
      {"open_bracket", "name: [a\n", {"1:7: \"[\" is not closed"}},
      {"open_quote", "name: \"a\n", {"1:7: a quote is not closed"}},
      {"open_quote_with_escapes", "name: \"a\\\"\n", {"1:7: a quote is not closed"}},
      {"open_single_quote", "name: 'it''s\n", {"1:7: a quote is not closed"}},
      {"text_after_a_quote", "name: \"a\" b\n", {"1:11: this does not fit in here"}},
      {"escaped_control",
       with_sink("  o: { type: file, inputs: [s], path: \"a\\0b\" }\n"),
       {"10:39: a control character in the text for \"path\""}},
      {"terminal_escape",
       "name: \"\\e[2Jx\"\nsources: 1\nsinks: 1\n",
       {"1:7: the text \"?[2Jx\" is no name for a job", "2:10: ", "3:8: "}},
      {"name_that_is_a_boolean",
       "name: on\n",
       {"1:1: the job has no \"sources\"", "1:1: the job has no \"sinks\"",
        "1:7: YAML reads on as a boolean"}},
      {"two_colons", "name: a: b\n", {"1:8: a second \": \""}},
      {"cut_at_comma",
       with_transform("  x:\n    type: map\n    inputs: [s]\n    set: {x: coalesce(n, 0), y: t}\n"),
       {"13:14: quote this expression"}},
      {"cut_at_comma_key",
       with_transform("  x:\n    type: map\n    inputs: [s]\n    set: { if(b, 1): 2 }\n"),
       {"13:12: quote this expression"}},
      {"cut_in_sequence",
       with_sink("  out: { type: stdout, inputs: [s], fields: [coalesce(n, 0)] }\n"),
       {"10:46: quote this expression"}},
      {"cut_at_hash",
       with_transform("  x:\n    type: filter\n    inputs: [s]\n    where: id = 'a #b'\n"),
       {"13:12: quotes or brackets of \"id = 'a\" are not closed; quote this expression"}},
      {"cut_parenthesis_at_hash",
       with_transform("  x:\n    type: filter\n    inputs: [s]\n    where: (n > 1 # and t > 2)\n"),
       {"13:12: quotes or brackets"}},
  };
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenYaml, ::testing::ValuesIn(files()),
                         [](const auto& file) { return file.param.name; });

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Neither the stack nor the time may grow with these: the reader stops at its own limit.
TEST(HostileYaml, DeepNestingIsRefused) {
  for (const char* unit : {"[", "{a: ", "- ", "? ", ": ", "[\n", "a: ["}) {
    const LoadResult result = load(repeat(unit, 100'000));
    ASSERT_EQ(result.diagnostics.size(), 1u) << unit;
    EXPECT_FALSE(result.graph.has_value());
  }
  EXPECT_NE(messages(load(repeat("[", 1'000) + repeat("]", 1'000)))[0].find(
                "1:65: nested deeper than 64 levels"),
            std::string::npos);
}

TEST(HostileYaml, DeepIndentationIsRefused) {
  std::string text;
  for (std::size_t i = 0; i < 2'000; ++i) text += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(messages(load(text))[0].substr(0, 34), "65:65: nested deeper than 64 level");
}

TEST(HostileYaml, HugeFilesAreRefused) {
  EXPECT_EQ(messages(load(std::string((4u << 20) + 1, ' ')))[0],
            "1:1: the file is larger than 4 MiB; expected a job file");
  EXPECT_NE(messages(load("[" + repeat("a, ", 300'000) + "]"))[0].find("more than 200000 values"),
            std::string::npos);
}

TEST(HostileYaml, FilledInValuesAreBounded) {
  const std::string value(1 << 20, 'x');
  const LoadResult result = load("name: " + repeat("${A}", 100), {{"A", value}});
  ASSERT_FALSE(result.diagnostics.empty());
  EXPECT_NE(messages(result)[0].find("larger than 8 MiB"), std::string::npos);
}

TEST(HostileYaml, ThousandsOfDefectsAreCut) {
  const LoadResult result = load("name: j\n" + repeat("k: 1\n", 5'000));
  EXPECT_EQ(result.diagnostics.size(), 501u);
  EXPECT_EQ(messages(result).back().substr(messages(result).back().find(": ") + 2),
            "and 4500 more");
}

TEST(StrictYaml, AcceptsWhatIsFine) {
  const std::string job =
      "name: j\nsources:\n  s: { type: generator, count: 1 }\n"
      "sinks:\n  out: { type: stdout, inputs: [s] }\n";
  for (const std::string& text :
       {job, "---\n" + job, job + "...\n", "\xef\xbb\xbf" + job, "# comment ${NOT_SET\n" + job,
        job + "# \xc3\xa4\n", job + "transforms:\n", job + "transforms: {}\ntests: []\n"}) {
    EXPECT_EQ(messages(load(text)), std::vector<std::string>()) << text;
  }
  std::string dos = job;
  for (std::size_t at = 0; (at = dos.find('\n', at)) != std::string::npos; at += 2) {
    dos.insert(at, "\r");
  }
  EXPECT_EQ(messages(load(dos)), std::vector<std::string>());
}

}  // namespace
}  // namespace leat::job::testing
