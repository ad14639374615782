#include <algorithm>

#include "core/job/option_reader.h"
#include "core/job/scalars.h"

namespace leat::job {

const TypeDeclaration* find_variant(const OptionDeclaration& declaration, std::string_view name) {
  for (const TypeDeclaration& variant : declaration.variants) {
    if (variant.name == name) return &variant;
  }
  return nullptr;
}

bool OptionReader::read_texts(const YamlNode& node, const OptionDeclaration& declaration,
                              Options::Held& held) {
  Options::Texts texts;
  if (node.is_scalar() && declaration.may_be_single) {
    texts.emplace_back();
    if (!read_text(node, texts.back())) return false;
  } else if (!node.is_sequence()) {
    return fail(node, describe(node) + " for \"" + declaration.name + "\"; expected a list" +
                          (node.is_scalar() ? ": [" + node.text + "]" : std::string()));
  } else if (node.children.size() > kMaxEntries) {
    return fail(node, "more than 1000 entries for \"" + declaration.name + "\"; expected fewer");
  } else {
    bool ok = true;
    for (const YamlNode& child : node.children) {
      std::string text;
      if (child.broken || !read_text(child, text)) {
        ok = false;
      } else if (std::find(texts.begin(), texts.end(), text) != texts.end()) {
        ok = fail(child, "\"" + text + "\" is listed twice; expected it once");
      } else {
        texts.push_back(std::move(text));
      }
    }
    if (!ok) return false;
    if (texts.empty()) {
      return fail(node, "an empty list for \"" + declaration.name + "\"; expected at least one");
    }
  }
  held.value = std::move(texts);
  return true;
}

bool OptionReader::read_pairs(const YamlNode& node, Options::Held& held) {
  if (!node.is_map()) {
    return fail(node, describe(node) + " for \"" + node.key +
                          "\"; expected a map of names and "
                          "texts");
  }
  Options::Pairs pairs;
  bool ok = !node.incomplete;
  for (const YamlNode& child : node.children) {
    if (child.broken || !child.is_scalar()) {
      ok = child.broken
               ? false
               : fail(child, describe(child) + " for \"" + child.key + "\"; expected a text");
    } else {
      pairs.emplace_back(child.key, child.text);
    }
  }
  held.value = std::move(pairs);
  return ok;
}

bool OptionReader::read_section(const YamlNode& node, const OptionDeclaration& declaration,
                                const std::string& what, Section& section, Options::Held& held) {
  if (!node.is_map()) {
    return fail(node, describe(node) + " for \"" + declaration.name +
                          "\"; expected a map of its "
                          "options");
  }
  Section inner = read(node, declaration.options, "\"" + declaration.name + "\" of " + what);
  held.value = std::make_shared<const Options>(inner.options);
  const bool ok = inner.ok;
  section.sections[declaration.name] = std::move(inner);
  return ok;
}

bool OptionReader::read_variants(const YamlNode& node, const OptionDeclaration& declaration,
                                 const std::string& what, Section& section, Options::Held& held) {
  std::vector<std::string> names;
  for (const TypeDeclaration& variant : declaration.variants) names.push_back(variant.name);
  if (!node.is_map()) {
    return fail(node, describe(node) + " for \"" + declaration.name + "\"; expected a map: { " +
                          declaration.discriminator + ": " + names.front() + ", ... }");
  }
  const YamlNode* which = node.find(declaration.discriminator);
  if (which != nullptr && which->broken) return false;
  const TypeDeclaration* variant =
      find_variant(declaration, which != nullptr ? which->text : declaration.default_text);
  if (which == nullptr && variant == nullptr) {
    if (node.incomplete) return false;
    return fail(node, "\"" + declaration.name + "\" of " + what + " has no \"" +
                          declaration.discriminator + "\"" + one_of("", names));
  }
  if (variant == nullptr || (which != nullptr && !which->is_scalar())) {
    return fail(*which, describe(*which) + " for \"" + declaration.discriminator + "\"" +
                            one_of(which->is_scalar() ? which->text : std::string(), names));
  }
  const std::string taken[] = {declaration.discriminator};
  Section inner = read(node, variant->options,
                       "the " + variant->name + " " + declaration.name + " of " + what, taken);
  inner.variant = variant->name;
  Options::Held kind;
  kind.value = variant->name;
  kind.given = which != nullptr;
  inner.options.set(declaration.discriminator, std::move(kind));
  if (!variant->is_built) {
    note_unbuilt(which != nullptr ? *which : node,
                 "\"" + declaration.name + ": " + variant->name + "\" of " + what);
  }
  held.value = std::make_shared<const Options>(inner.options);
  const bool ok = inner.ok;
  section.sections[declaration.name] = std::move(inner);
  return ok;
}

}  // namespace leat::job
