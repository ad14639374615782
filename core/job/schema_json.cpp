#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/job/declarations.h"
#include "core/job/load.h"

namespace leat::job {
namespace {

using T = OptionType;

// Appends JSON; the caller minds what it opens and closes, commas come by themselves.
class JsonWriter {
 public:
  void open(char bracket) {
    separate();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  void key(std::string_view name) {
    separate();
    base::append_json_string(out_, name);
    out_ += ':';
    fresh_ = true;
  }
  void text(std::string_view value) {
    separate();
    base::append_json_string(out_, value);
  }
  void raw(std::string_view value) {
    separate();
    out_ += value;
  }
  void pair(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void pair_raw(std::string_view name, std::string_view value) {
    key(name);
    raw(value);
  }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;
};

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_-]{1,64}$";
constexpr std::string_view kFieldPattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
constexpr std::string_view kExpressionTypes = R"(["string","number","boolean","null"])";

class SchemaWriter {
 public:
  std::string write() {
    const Declarations declarations = make_declarations();
    json_.open('{');
    json_.pair("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.pair("title", "leat job file");
    json_.pair("type", "object");
    json_.pair_raw("required", R"(["name","sources","sinks"])");
    json_.pair_raw("additionalProperties", "false");
    json_.key("properties");
    json_.open('{');
    json_.key("name");
    json_.open('{');
    json_.pair("type", "string");
    json_.pair("pattern", kNamePattern);
    json_.close('}');
    json_.key("settings");
    json_.open('{');
    object(declarations.settings, nullptr, "");
    json_.close('}');
    nodes("sources", declarations.sources);
    nodes("transforms", declarations.transforms);
    nodes("sinks", declarations.sinks);
    tests();
    json_.close('}');
    json_.close('}');
    return json_.take() + "\n";
  }

 private:
  void nodes(std::string_view name, const std::vector<TypeDeclaration>& types) {
    json_.key(name);
    json_.open('{');
    json_.pair_raw("type", name == "transforms" ? R"(["object","null"])" : R"("object")");
    if (name != "transforms") json_.pair_raw("minProperties", "1");
    json_.key("propertyNames");
    json_.open('{');
    json_.pair("pattern", kNamePattern);
    json_.close('}');
    json_.key("additionalProperties");
    json_.open('{');
    forms(types, "type", "");
    json_.close('}');
    json_.close('}');
  }

  // One object schema for each value of the discriminator.
  void forms(const std::vector<TypeDeclaration>& types, const std::string& discriminator,
             const std::string& otherwise) {
    json_.key("oneOf");
    json_.open('[');
    for (const TypeDeclaration& type : types) {
      json_.open('{');
      json_.pair("description", type.help + (type.is_built ? "" : " Not built yet."));
      object(type.options, &discriminator, type.name, type.name == otherwise);
      json_.close('}');
    }
    json_.close(']');
  }

  void object(const std::vector<OptionDeclaration>& options, const std::string* discriminator,
              const std::string& form, bool is_default_form = false) {
    json_.pair("type", "object");
    json_.pair_raw("additionalProperties", "false");
    json_.key("properties");
    json_.open('{');
    if (discriminator != nullptr) {
      json_.key(*discriminator);
      json_.open('{');
      json_.pair("const", form);
      json_.close('}');
    }
    for (const OptionDeclaration& declaration : options) {
      json_.key(declaration.name);
      json_.open('{');
      option(declaration);
      json_.close('}');
    }
    json_.close('}');
    json_.key("required");
    json_.open('[');
    if (discriminator != nullptr && !is_default_form) json_.text(*discriminator);
    for (const OptionDeclaration& declaration : options) {
      if (declaration.is_required) json_.text(declaration.name);
    }
    json_.close(']');
  }

  void option(const OptionDeclaration& declaration) {
    json_.pair("description", declaration.help + (declaration.is_built ? "" : " Not built yet."));
    if (declaration.has_default && declaration.type != T::kVariants) {
      json_.key("default");
      const bool bare = declaration.type == T::kBoolean || declaration.type == T::kInteger ||
                        declaration.type == T::kNumber;
      if (bare) {
        json_.raw(declaration.default_text);
      } else {
        json_.text(declaration.default_text);
      }
    }
    type_of(declaration);
  }

  void bounds(const OptionDeclaration& declaration) {
    if (declaration.name == "threshold") return;
    const std::string most = declaration.name == "qos" ? "1" : std::to_string(declaration.most);
    json_.pair_raw("minimum", std::to_string(declaration.least));
    if (most != "0") json_.pair_raw("maximum", most);
  }

  void type_of(const OptionDeclaration& declaration) {
    switch (declaration.type) {
      case T::kBoolean:
        return json_.pair("type", "boolean");
      case T::kInteger:
        json_.pair("type", "integer");
        return bounds(declaration);
      case T::kNumber:
        json_.pair("type", "number");
        return bounds(declaration);
      case T::kDuration:
        json_.pair_raw("type", R"(["string","integer"])");
        json_.pair_raw("maximum", "0");
        return json_.pair("pattern", declaration.may_be_negative ? "^(-?[0-9]+(ms|s|m|h|d)|0)$"
                                                                 : "^([0-9]+(ms|s|m|h|d)|0)$");
      case T::kSize:
        json_.pair_raw("type", R"(["string","integer"])");
        json_.pair_raw("maximum", "0");
        return json_.pair("pattern", "^([0-9]+(B|KiB|MiB|GiB|TiB)|0)$");
      case T::kTimestamp:
        return json_.pair_raw("type", R"(["integer","string"])");
      case T::kText:
        json_.pair_raw("type", R"(["string","number"])");
        return json_.pair_raw("minLength", "1");
      case T::kEnum:
        return choice(declaration);
      case T::kTexts:
        return texts(declaration);
      case T::kPairs:
        json_.pair("type", "object");
        return json_.pair_raw("additionalProperties", R"({"type":["string","number","boolean"]})");
      case T::kSection:
        return object(declaration.options, nullptr, "");
      case T::kVariants:
        return forms(declaration.variants, declaration.discriminator, declaration.default_text);
      default:
        return shape_of(declaration);
    }
  }

  void choice(const OptionDeclaration& declaration) {
    const auto words = [&] {
      json_.key("enum");
      json_.open('[');
      for (const std::string& word : declaration.choices) {
        json_.text(word);
        if (word.find_first_not_of("0123456789") == std::string::npos) json_.raw(word);
      }
      json_.close(']');
    };
    if (declaration.options.empty()) return words();
    json_.key("oneOf");
    json_.open('[');
    json_.open('{');
    words();
    json_.close('}');
    json_.open('{');
    object(declaration.options, nullptr, "");
    json_.close('}');
    json_.close(']');
  }

  void texts(const OptionDeclaration& declaration) {
    json_.pair_raw("type", declaration.may_be_single ? R"(["array","string"])" : R"("array")");
    json_.pair_raw("items", R"({"type":["string","number"]})");
    json_.pair_raw("minItems", "1");
    json_.pair_raw("uniqueItems", "true");
  }

  void named(std::string_view value_types, std::string_view pattern) {
    json_.pair("type", "object");
    json_.pair_raw("minProperties", "1");
    json_.key("propertyNames");
    json_.open('{');
    json_.pair("pattern", pattern);
    json_.close('}');
    json_.key("additionalProperties");
    json_.open('{');
    json_.pair_raw("type", value_types);
    json_.close('}');
  }

  void shape_of(const OptionDeclaration& declaration) {
    switch (declaration.type) {
      case T::kExpression:
        return json_.pair_raw("type", kExpressionTypes);
      case T::kNamedExpressions:
        return named(kExpressionTypes, declaration.name == "routes" ? kNamePattern : kFieldPattern);
      case T::kAggregates:
        return named(R"("string")", kFieldPattern);
      case T::kKeys:
        json_.key("oneOf");
        json_.open('[');
        json_.raw(R"({"type":"array","minItems":1,"items":{"type":"string"}})");
        json_.open('{');
        named(kExpressionTypes, kFieldPattern);
        json_.close('}');
        return json_.close(']');
      case T::kFieldTypes:
        return field_types();
      case T::kEqual:
        json_.pair("type", "array");
        json_.pair_raw("minItems", "1");
        return json_.pair_raw(
            "items",
            R"({"oneOf":[{"type":"string"},{"type":"object","required":["left","right"]}]})");
      default:
        return;
    }
  }

  void field_types() {
    json_.pair("type", "object");
    json_.pair_raw("minProperties", "1");
    json_.key("propertyNames");
    json_.open('{');
    json_.pair("pattern", kFieldPattern);
    json_.close('}');
    json_.key("additionalProperties");
    json_.open('{');
    json_.key("oneOf");
    json_.open('[');
    json_.open('{');
    json_.pair("type", "string");
    constexpr std::string_view kTypes = "(boolean|bigint|double|string|bytes|timestamp)";
    json_.pair("pattern", "^(" + std::string(kTypes) + "|list<" + std::string(kTypes) + ">)$");
    json_.close('}');
    json_.open('{');
    object(declare_field(), nullptr, "");
    json_.close('}');
    json_.close(']');
    json_.close('}');
  }

  void tests() {
    json_.key("tests");
    json_.raw(R"({"type":["array","null"],"items":{"type":"object","additionalProperties":false,)"
              R"("required":["name","input","expect"],"properties":{)"
              R"("name":{"description":"What the test shows.","type":"string"},)"
              R"("input":{"description":"Rows and steps, by source.","type":"object",)"
              R"("additionalProperties":{"type":"array","items":{"type":"object"}}},)"
              R"("expect":{"description":"The complete output, by node.","type":"object",)"
              R"("minProperties":1,"additionalProperties":{"oneOf":[{"type":"array",)"
              R"("items":{"type":"object"}},{"type":"object","required":["rows"],)"
              R"("additionalProperties":false,"properties":{"unordered":{"type":"boolean"},)"
              R"("rows":{"type":"array","items":{"type":"object"}}}}]}},)"
              R"("unordered":{"description":"Rows may come in any order.","type":"boolean"},)"
              R"("end":{"description":"The sources end after the last row.","type":"boolean"}}}})");
  }

  JsonWriter json_;
};

}  // namespace

std::string job_schema_json() { return SchemaWriter().write(); }

}  // namespace leat::job
