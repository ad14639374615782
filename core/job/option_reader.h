// Reads a map of the job file by its declarations: unknown and missing keys, types, bounds,
// defaults.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/declarations.h"
#include "core/job/graph.h"
#include "core/job/options.h"
#include "core/job/report.h"
#include "core/job/yaml_node.h"

namespace leat::job {

// Of a list, or of a map of expressions, aggregates or fields.
inline constexpr std::size_t kMaxEntries = 1'000;

// What a map says, after the checks.
struct Section {
  Options options;                 // defaults filled in; only what passed its checks
  const YamlNode* node = nullptr;  // the map; null when it was not given
  std::string variant;             // which of the variants it is
  // Every declared key that was given and has the right shape, nested sections included.
  std::map<std::string, const YamlNode*, std::less<>> given;
  std::map<std::string, Section, std::less<>> sections;
  bool ok = true;  // nothing in it was reported

  const YamlNode* find(std::string_view name) const {
    const auto found = given.find(name);
    return found == given.end() ? nullptr : found->second;
  }
  const Section* section(std::string_view name) const {
    const auto found = sections.find(name);
    return found == sections.end() ? nullptr : &found->second;
  }
};

class OptionReader {
 public:
  OptionReader(Report& report, std::vector<Unbuilt>& unbuilt)
      : report_(report), unbuilt_(unbuilt) {}

  // `what` names the owner in messages: "source readings". Keys in `taken` are somebody else's.
  Section read(const YamlNode& map, std::span<const OptionDeclaration> declarations,
               const std::string& what, std::span<const std::string> taken = {});

  // The defaults alone.
  static Options defaults(std::span<const OptionDeclaration> declarations);

 private:
  bool read_option(const YamlNode& node, const OptionDeclaration& declaration,
                   const std::string& what, Section& section);
  bool read_scalar(const YamlNode& node, const OptionDeclaration& declaration, Options::Held& held);
  bool read_integer(const YamlNode& node, const OptionDeclaration& declaration,
                    Options::Held& held);
  bool read_quantity(const YamlNode& node, const OptionDeclaration& declaration,
                     Options::Held& held);
  bool read_text(const YamlNode& node, std::string& text);
  bool read_choice(const YamlNode& node, const OptionDeclaration& declaration,
                   const std::string& what, Options::Held& held);
  bool read_texts(const YamlNode& node, const OptionDeclaration& declaration, Options::Held& held);
  bool read_pairs(const YamlNode& node, Options::Held& held);
  bool read_section(const YamlNode& node, const OptionDeclaration& declaration,
                    const std::string& what, Section& section, Options::Held& held);
  bool read_variants(const YamlNode& node, const OptionDeclaration& declaration,
                     const std::string& what, Section& section, Options::Held& held);
  bool check_shape(const YamlNode& node, const OptionDeclaration& declaration);
  bool check_bounds(const YamlNode& node, const OptionDeclaration& declaration, std::int64_t value);
  bool fail(const YamlNode& node, std::string message);
  void note_unbuilt(const YamlNode& node, std::string what);

  Report& report_;
  std::vector<Unbuilt>& unbuilt_;
};

// "no such thing; expected one of a, b or c", with a suggestion when one is close.
std::string one_of(std::string_view given, std::span<const std::string> names);

// Null when there is no such form.
const TypeDeclaration* find_variant(const OptionDeclaration& declaration, std::string_view name);

}  // namespace leat::job
