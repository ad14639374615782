#include "agent/cli/arguments.h"

#include <gtest/gtest.h>

#include "agent/cli/commands.h"

namespace leat::cli {
namespace {

Command command() {
  return {
      "do", "FILE", "Does it.", "leat do x", {{"--out", "FILE", "where"}, {"--fast", "", "quick"}},
      1,    2,      nullptr};
}

std::string error_of(const std::vector<std::string>& words) {
  const auto parsed = Arguments::parse(command(), words);
  return parsed.ok() ? "" : parsed.error().message();
}

TEST(Arguments, FlagsMayStandAnywhereAndCarryTheirValueEitherWay) {
  const auto parsed = Arguments::parse(command(), {"a", "--out", "b", "--fast", "c"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->operands(), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(parsed->value("--out"), "b");
  EXPECT_TRUE(parsed->has("--fast"));
  EXPECT_EQ(Arguments::parse(command(), {"--out=b=c", "a"})->value("--out"), "b=c");
  EXPECT_FALSE(Arguments::parse(command(), {"a"})->value("--out").has_value());
}

TEST(Arguments, ADashIsAnOperandAndTwoEndTheFlags) {
  EXPECT_EQ(Arguments::parse(command(), {"-"})->operands(), std::vector<std::string>{"-"});
  EXPECT_EQ(Arguments::parse(command(), {"--", "--fast"})->operands(),
            std::vector<std::string>{"--fast"});
}

TEST(Arguments, WhatIsWrongIsSaidWithWhatIsExpected) {
  EXPECT_EQ(error_of({"--ot", "x", "a"}), "unknown option \"--ot\"; did you mean \"--out\"?");
  EXPECT_EQ(error_of({"a", "--out"}), "--out needs a value: FILE");
  EXPECT_EQ(error_of({"a", "--fast=1"}), "--fast takes no value");
  EXPECT_EQ(error_of({"a", "--fast", "--fast"}), "--fast is given twice");
  EXPECT_EQ(error_of({}), "missing FILE");
  EXPECT_EQ(error_of({"a", "b", "c"}), "unexpected \"c\"");
}

TEST(Arguments, HelpWinsOverWhatIsMissing) {
  const auto parsed = Arguments::parse(command(), {"--help"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->help());
}

TEST(Commands, EachHasASummaryAnExampleAndItsFlagsExplained) {
  for (const Command& each : all_commands()) {
    EXPECT_FALSE(each.summary.empty()) << each.name;
    EXPECT_EQ(each.example.rfind("leat " + std::string(each.name), 0), 0U) << each.name;
    EXPECT_NE(each.run, nullptr) << each.name;
    for (const Flag& flag : each.flags) EXPECT_FALSE(flag.help.empty()) << flag.name;
    EXPECT_NE(usage(each).find(std::string(each.example)), std::string::npos);
  }
}

TEST(Commands, WrongUsageIsTwo) {
  EXPECT_EQ(run_program({}), kUsage);
  EXPECT_EQ(run_program({"rn"}), kUsage);
  EXPECT_EQ(run_program({"run"}), kUsage);
  EXPECT_EQ(run_program({"run", "/nonexistent/job.yaml"}), kUsage);
  EXPECT_EQ(run_program({"validate", "/"}), kUsage);
  EXPECT_EQ(run_program({"--help"}), kDone);
  EXPECT_EQ(run_program({"version"}), kDone);
}

}  // namespace
}  // namespace leat::cli
