// Every option of the job file, declared once: the checks, the defaults, the JSON Schema and the
// reference are made from these.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace leat::job {

// What this build cannot run yet. Flip one when the part it names is there.
inline constexpr bool kDedupeBuilt = false;
inline constexpr bool kKafkaBuilt = false;
inline constexpr bool kRollBuilt = false;

enum class OptionType {
  kBoolean,
  kInteger,
  kNumber,     // a double
  kDuration,   // held in milliseconds
  kSize,       // held in bytes
  kTimestamp,  // milliseconds since the epoch, or ISO 8601
  kText,
  kEnum,
  kTexts,     // a list of texts
  kPairs,     // free-form names and texts
  kSection,   // a map of the options in `options`
  kVariants,  // a map whose key `discriminator` says which of `variants` it is
  // The rest is read by whoever builds the node; the option reader looks at the shape only.
  kExpression,
  kNamedExpressions,  // name: expression
  kAggregates,        // name: aggregate
  kKeys,              // a list of field names, or name: expression
  kFieldTypes,        // name: type, or name: { type, path, optional, unit }
  kEqual,             // a list of field names, or of { left, right }
  kFreeform,          // any YAML
};

struct TypeDeclaration;

struct OptionDeclaration {
  std::string name;
  OptionType type = OptionType::kText;
  std::string help;
  std::string default_text;  // as the file would spell it
  bool has_default = false;
  bool is_required = false;
  bool is_built = true;
  bool may_be_negative = false;  // a duration
  bool may_be_single = false;    // kTexts: a lone text is a list of one
  std::int64_t least = 0;        // kInteger, kNumber, kDuration, kSize
  std::int64_t most = 0;         // 0: no bound but the type's own
  std::string least_reason;      // why not less, or why not more
  std::vector<std::string> choices;
  std::vector<std::string> unbuilt_choices;
  std::vector<OptionDeclaration> options;  // kSection; kEnum: the map that may stand for the word
  std::string discriminator;
  std::vector<TypeDeclaration> variants;

  // Each returns the declaration, changed, so that one reads as a sentence.
  OptionDeclaration by_default(std::string text) &&;
  OptionDeclaration required() &&;
  OptionDeclaration not_built() &&;
  OptionDeclaration built_if(bool built) &&;
  OptionDeclaration at_least(std::int64_t bound) &&;
  OptionDeclaration between(std::int64_t low, std::int64_t high) &&;
  OptionDeclaration or_single() &&;
  OptionDeclaration negative_too() &&;
  OptionDeclaration choices_not_built(std::vector<std::string> names) &&;
  OptionDeclaration or_section(std::vector<OptionDeclaration> inner) &&;
};

// A source, transform or sink type, or one of the forms of a section.
struct TypeDeclaration {
  std::string name;
  std::string help;
  bool is_built = true;
  std::vector<OptionDeclaration> options;
};

struct Declarations {
  std::vector<OptionDeclaration> settings;
  std::vector<TypeDeclaration> sources;
  std::vector<TypeDeclaration> transforms;
  std::vector<TypeDeclaration> sinks;
};

// Made anew at every call; the caller keeps it as long as it uses pointers into it.
Declarations make_declarations();

std::vector<OptionDeclaration> declare_settings();
std::vector<TypeDeclaration> declare_sources();
std::vector<TypeDeclaration> declare_transforms();
std::vector<TypeDeclaration> declare_sinks();
// parallelism, placement, on_offline, on_error.
std::vector<OptionDeclaration> declare_common();
// The long form of an entry of `fields`.
std::vector<OptionDeclaration> declare_field();

OptionDeclaration option(OptionType type, std::string name, std::string help);
OptionDeclaration choice(std::string name, std::vector<std::string> choices, std::string help);
OptionDeclaration section(std::string name, std::vector<OptionDeclaration> options,
                          std::string help);
OptionDeclaration variants(std::string name, std::string discriminator,
                           std::vector<TypeDeclaration> forms, std::string help);
std::vector<OptionDeclaration> operator+(std::vector<OptionDeclaration> a,
                                         std::vector<OptionDeclaration> b);

}  // namespace leat::job
