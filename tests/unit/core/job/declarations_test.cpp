// What is made from the declarations: defaults, the JSON Schema, the reference.
#include "core/job/declarations.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "core/job/option_reader.h"
#include "core/job/reference.h"
#include "core/job/yaml_reader.h"
#include "tests/unit/core/job/job_files.h"

namespace leat::job {
namespace {

using Visitor = std::function<void(const OptionDeclaration&)>;

void visit(const std::vector<OptionDeclaration>& options, const Visitor& visitor) {
  for (const OptionDeclaration& declaration : options) {
    visitor(declaration);
    visit(declaration.options, visitor);
    for (const TypeDeclaration& form : declaration.variants) visit(form.options, visitor);
  }
}

void visit_all(const Visitor& visitor) {
  const Declarations all = make_declarations();
  visit(all.settings, visitor);
  visit(declare_field(), visitor);
  for (const auto* types : {&all.sources, &all.transforms, &all.sinks}) {
    for (const TypeDeclaration& type : *types) visit(type.options, visitor);
  }
}

// A default is spelled as in the file: written out, it must pass the option's own checks.
TEST(Declarations, DefaultsPassTheirOwnChecks) {
  std::size_t checked = 0;
  visit_all([&](const OptionDeclaration& declaration) {
    EXPECT_FALSE(declaration.help.empty()) << declaration.name;
    EXPECT_FALSE(declaration.is_required && declaration.has_default) << declaration.name;
    if (!declaration.has_default || declaration.type == OptionType::kVariants) return;
    const bool quoted = declaration.type == OptionType::kText;
    const std::string text = declaration.name + ": " + (quoted ? "\"" : "") +
                             declaration.default_text + (quoted ? "\"" : "") + "\n";
    std::vector<Diagnostic> defects;
    const auto source = SourceText::make(text, {}, defects);
    ASSERT_TRUE(source.has_value());
    Report report(*source, {});
    const auto root = read_yaml(*source, report);
    ASSERT_TRUE(root.has_value()) << text;
    std::vector<Unbuilt> unbuilt;
    const OptionDeclaration list[] = {declaration};
    const Section section = OptionReader(report, unbuilt).read(*root, list, "it");
    EXPECT_TRUE(section.ok) << text;
    const Options defaults = OptionReader::defaults(list);
    EXPECT_EQ(defaults.values().at(declaration.name).value,
              section.options.values().at(declaration.name).value)
        << text;
    ++checked;
  });
  EXPECT_GT(checked, 100u);
}

TEST(Declarations, ChoicesHoldTheirDefaultAndWhatIsNotBuilt) {
  visit_all([](const OptionDeclaration& declaration) {
    const auto is_choice = [&](const std::string& word) {
      return std::find(declaration.choices.begin(), declaration.choices.end(), word) !=
             declaration.choices.end();
    };
    if (declaration.type == OptionType::kEnum && declaration.has_default) {
      EXPECT_TRUE(is_choice(declaration.default_text)) << declaration.name;
    }
    for (const std::string& word : declaration.unbuilt_choices) {
      EXPECT_TRUE(is_choice(word)) << word;
    }
  });
}

// JSON is YAML: our own strict reader finds duplicate keys and broken nesting. tests/tools checks
// the schema itself against files that validate.
TEST(Declarations, SchemaIsJsonWithEveryOption) {
  const std::string schema = job_schema_json();
  std::vector<Diagnostic> defects;
  std::string escaped;
  for (const char c : schema) escaped += c == '$' ? std::string("$$") : std::string(1, c);
  const auto source = SourceText::make(escaped, {}, defects);
  ASSERT_TRUE(source.has_value());
  Report report(*source, {});
  const auto root = read_yaml(*source, report);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(report.errors(), 0u);
  ASSERT_NE(root->find("$schema"), nullptr);
  EXPECT_EQ(root->find("$schema")->text, "https://json-schema.org/draft/2020-12/schema");
  visit_all([&](const OptionDeclaration& declaration) {
    EXPECT_NE(schema.find("\"" + declaration.name + "\":{"), std::string::npos) << declaration.name;
  });
}

TEST(Declarations, ReferenceHasEveryOption) {
  const std::string page = reference_markdown();
  visit_all([&](const OptionDeclaration& declaration) {
    EXPECT_NE(page.find(declaration.name + "` |"), std::string::npos) << declaration.name;
  });
  EXPECT_NE(page.find("| `checkpoint.interval` | duration from 1ms | `10s` |"), std::string::npos);
  EXPECT_NE(page.find("| `window.type: tumbling` |"), std::string::npos);
}

}  // namespace
}  // namespace leat::job
