#include "core/job/reference.h"

#include <string_view>
#include <vector>

#include "core/base/units.h"
#include "core/job/declarations.h"

namespace leat::job {
namespace {

using T = OptionType;

std::string words(const std::vector<std::string>& choices) {
  std::string text;
  for (const std::string& word : choices) text += (text.empty() ? "`" : ", `") + word + '`';
  return text;
}

std::string spell(const OptionDeclaration& declaration, std::int64_t value) {
  if (declaration.type == T::kDuration) return base::format_duration(value);
  if (declaration.type == T::kSize) return base::format_size(value);
  return std::to_string(value);
}

std::string bounds(const OptionDeclaration& declaration) {
  if (declaration.name == "qos") return " 0 or 1";
  if (declaration.most != 0) {
    return ' ' + spell(declaration, declaration.least) + " to " +
           spell(declaration, declaration.most);
  }
  return declaration.least > 0 ? " from " + spell(declaration, declaration.least) : "";
}

std::string type_of(const OptionDeclaration& declaration) {
  switch (declaration.type) {
    case T::kBoolean:
      return "boolean";
    case T::kInteger:
      return "integer" + bounds(declaration);
    case T::kNumber:
      return "number";
    case T::kDuration:
      return "duration" + bounds(declaration);
    case T::kSize:
      return "size" + bounds(declaration);
    case T::kTimestamp:
      return "timestamp";
    case T::kText:
      return "text";
    case T::kEnum:
      return words(declaration.choices);
    case T::kTexts:
      return declaration.may_be_single ? "text or list of texts" : "list of texts";
    case T::kPairs:
      return "map of texts";
    case T::kSection:
    case T::kVariants:
      return "map";
    case T::kExpression:
      return "expression";
    case T::kNamedExpressions:
      return "map of expressions";
    case T::kAggregates:
      return "map of aggregates";
    case T::kKeys:
      return "list of fields, or map of expressions";
    case T::kFieldTypes:
      return "map of types";
    case T::kEqual:
      return "list of fields";
    case T::kFreeform:
      return "any";
  }
  return "";
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

void append_rows(std::string& out, const std::vector<OptionDeclaration>& options,
                 const std::string& prefix) {
  for (const OptionDeclaration& declaration : options) {
    const std::string name = prefix + declaration.name;
    std::string fallback = declaration.is_required ? "required" : "";
    if (declaration.has_default) fallback = '`' + declaration.default_text + '`';
    out += "| `" + name + "` | " + escape(type_of(declaration)) + " | " + fallback + " | " +
           escape(declaration.help) + (declaration.is_built ? "" : " *Not built yet.*") + " |\n";
    append_rows(out, declaration.options, name + '.');
    for (const TypeDeclaration& form : declaration.variants) {
      out += "| `" + name + "." + declaration.discriminator + ": " + form.name + "` | | | " +
             escape(form.help) + (form.is_built ? "" : " *Not built yet.*") + " |\n";
      append_rows(out, form.options, name + '.');
    }
  }
}

void append_table(std::string& out, const std::vector<OptionDeclaration>& options) {
  out += "| option | type | default | |\n| --- | --- | --- | --- |\n";
  append_rows(out, options, "");
  out += '\n';
}

void append_types(std::string& out, std::string_view title,
                  const std::vector<TypeDeclaration>& types) {
  out += "## " + std::string(title) + "\n\n";
  for (const TypeDeclaration& type : types) {
    out += "### `" + type.name + "`\n\n" + type.help + (type.is_built ? "" : " *Not built yet.*") +
           "\n\n";
    append_table(out, type.options);
  }
}

}  // namespace

std::string reference_markdown() {
  const Declarations declarations = make_declarations();
  std::string out = "# Options of the job file\n\n## Settings\n\n";
  append_table(out, declarations.settings);
  append_types(out, "Sources", declarations.sources);
  out += "### An entry of `fields`, in its long form\n\n";
  append_table(out, declare_field());
  append_types(out, "Transforms", declarations.transforms);
  append_types(out, "Sinks", declarations.sinks);
  return out;
}

}  // namespace leat::job
