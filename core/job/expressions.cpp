#include "core/job/expressions.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

std::string fields_of(const data::Schema& schema) {
  std::string list;
  for (const data::Field& field : schema.fields()) list += (list.empty() ? "" : ", ") + field.name;
  return list;
}

// What the next item of the same flow map or sequence begins with shows that this one was cut.
bool is_cut(const YamlNode& node) {
  return node.is_scalar() && node.plain && is_unbalanced(node.text);
}

bool has_parenthesis(std::string_view key) {
  return key.find_first_of("()") != std::string_view::npos;
}

}  // namespace

void check_cut_expressions(YamlNode& node, Report& report) {
  if (node.flow) {
    const YamlNode* cut = nullptr;
    bool at_key = false;
    for (const YamlNode& child : node.children) {
      if (node.is_map() && has_parenthesis(child.key)) {
        at_key = cut == nullptr;
        cut = cut == nullptr ? &child : cut;
      } else if (is_cut(child) && cut == nullptr) {
        cut = &child;
      }
    }
    if (cut != nullptr) {
      report.error(at_key ? cut->key_offset : cut->offset,
                   "quote this expression; in {...} and [...] YAML cuts it at the comma or colon "
                   "(as { x: \"coalesce(a, 0)\" })");
      node.broken = true;
      return;
    }
  }
  for (YamlNode& child : node.children) check_cut_expressions(child, report);
}

bool Expressions::check_text(const YamlNode& node) {
  if (node.broken) return false;
  if (!node.is_scalar() && !(node.is_null() && node.text == "null")) {
    report_.error(node, describe(node) + "; expected an expression");
    return false;
  }
  if (is_cut(node)) {
    report_.error(node, "quotes or brackets of " + describe(node) +
                            " are not closed; quote this expression (YAML cuts it at \" #\" and "
                            "\": \")");
    return false;
  }
  return true;
}

std::optional<expression::Expression> Expressions::compile(const YamlNode& node,
                                                           const data::Schema& schema) {
  if (!check_text(node)) return std::nullopt;
  expression::CompileError error;
  auto compiled = expression::Expression::compile(node.text, schema, error);
  if (!compiled) report_.error_in_scalar(node, error.offset, error.message);
  return compiled;
}

std::optional<expression::Expression> Expressions::compile_condition(const YamlNode& node,
                                                                     const data::Schema& schema) {
  auto compiled = compile(node, schema);
  if (compiled && compiled->type() != data::kBoolean) {
    report_.error(node, "the condition is a " + data::to_string(compiled->type()) +
                            "; expected a boolean, as in temperature > 30");
    return std::nullopt;
  }
  return compiled;
}

std::optional<windows::AggregateSpec> Expressions::compile_aggregate(const YamlNode& node,
                                                                     const data::Schema& schema) {
  if (!check_text(node)) return std::nullopt;
  expression::CompileError error;
  auto compiled = windows::compile_aggregate(node.key, node.text, schema, error);
  if (!compiled) report_.error_in_scalar(node, error.offset, error.message);
  return compiled;
}

std::optional<std::size_t> Expressions::find_field(const YamlNode& node,
                                                   const data::Schema& schema) {
  if (node.broken) return std::nullopt;
  if (!node.is_scalar()) {
    report_.error(node, describe(node) + "; expected the name of a field");
    return std::nullopt;
  }
  const auto found = schema.find(node.text);
  if (!found) {
    const std::string hint = base::did_you_mean(node.text, schema.names());
    report_.error(node, "unknown field " + quoted(node.text) +
                            (hint.empty() ? "; expected one of " + fields_of(schema) : hint));
  }
  return found;
}

bool Expressions::check_field_name(const YamlNode& named) {
  if (is_field_name(named.key)) return true;
  report_.error(named.key_offset,
                quoted(named.key) +
                    " is no name for a field; expected letters, digits and _, not "
                    "beginning with a digit, at most 128");
  return false;
}

expression::Expression Expressions::field(const data::Schema& schema, std::size_t index) {
  const std::string& name = schema.field(index).name;
  expression::CompileError error;
  auto plain = expression::Expression::compile(name, schema, error);
  if (plain && plain->field() == index) return std::move(*plain);
  auto back_quoted = expression::Expression::compile('`' + name + '`', schema, error);
  LEAT_ASSERT(back_quoted && back_quoted->field() == index);
  return std::move(*back_quoted);
}

std::optional<std::vector<expression::KeyPart>> Expressions::compile_keys(
    const YamlNode& node, const data::Schema& schema) {
  std::vector<expression::KeyPart> parts;
  bool ok = !node.incomplete && !node.broken;
  if (node.broken) return std::nullopt;
  for (const YamlNode& child : node.children) {
    std::optional<expression::Expression> compiled;
    std::string name = child.key;
    if (node.is_sequence()) {
      if (const auto index = find_field(child, schema)) compiled = field(schema, *index);
      name = child.text;
      const bool twice = std::any_of(parts.begin(), parts.end(),
                                     [&](const auto& part) { return part.name == name; });
      if (compiled && twice) {
        report_.error(child, "field " + quoted(name) + " is in the key twice; expected it once");
        compiled.reset();
      }
    } else if (check_field_name(child)) {
      compiled = compile(child, schema);
    }
    if (compiled && compiled->type().is_list()) {
      report_.error(child, "a " + data::to_string(compiled->type()) +
                               " cannot be a key; expected a single value");
      compiled.reset();
    }
    if (compiled) {
      parts.push_back({std::move(name), std::move(*compiled)});
    } else {
      ok = false;
    }
  }
  if (!ok) return std::nullopt;
  return parts;
}

}  // namespace leat::job
