#include "core/job/source_fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/job/endpoints.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

// What people call the types elsewhere.
std::string type_hint(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kOthers{{
      {"int", "bigint"},
      {"integer", "bigint"},
      {"long", "bigint"},
      {"int64", "bigint"},
      {"float", "double"},
      {"real", "double"},
      {"number", "double"},
      {"decimal", "double"},
      {"bool", "boolean"},
      {"text", "string"},
      {"varchar", "string"},
      {"datetime", "timestamp"},
      {"time", "timestamp"},
      {"binary", "bytes"},
  }};
  for (const auto& [theirs, ours] : kOthers) {
    if (text == theirs) return "; here it is called " + std::string(ours);
  }
  static const std::vector<std::string> kTypes{"boolean", "bigint",    "double",      "string",
                                               "bytes",   "timestamp", "list<double>"};
  return one_of(text, kTypes);
}

class FieldReader {
 public:
  FieldReader(NodeContext& context, const NodeDraft& draft)
      : context_(context), draft_(draft), format_(draft.section.options.text_or("format", "")) {}

  std::optional<std::vector<SourceField>> read() {
    const YamlNode* node = draft_.section.find("fields");
    if (node == nullptr) {
      if (draft_.node->find("fields") == nullptr && !draft_.node->incomplete) {
        context_.report.error(draft_.node->key_offset,
                              draft_.what() +
                                  " has no \"fields\"; expected the fields of its "
                                  "readings as { id: string, temperature: double }");
      }
      return std::nullopt;
    }
    bool ok = !node->incomplete;
    std::vector<SourceField> fields;
    for (const YamlNode& child : node->children) {
      SourceField field;
      field.name = child.key;
      field.path = {child.key};
      const bool named = context_.expressions.check_field_name(child);
      if (child.broken || !read_field(child, field) || !named) {
        ok = false;
      } else {
        fields.push_back(std::move(field));
      }
    }
    if (!ok) return std::nullopt;
    return fields;
  }

 private:
  bool fail(const YamlNode& node, std::string message) {
    context_.report.error(node, std::move(message));
    return false;
  }

  bool read_type(const YamlNode& node, SourceField& field) {
    const auto type = node.is_scalar() ? data::parse_type(node.text) : std::nullopt;
    if (!type) {
      return fail(node, describe(node) + " is no type of a field" +
                            type_hint(node.is_scalar() ? node.text : std::string()));
    }
    if (type->is_list() && format_ == "csv") {
      return fail(node,
                  "csv has no lists; expected a single value for field " + quoted(field.name));
    }
    field.type = *type;
    return true;
  }

  bool read_field(const YamlNode& node, SourceField& field) {
    if (!node.is_map()) return read_type(node, field);
    OptionReader reader(context_.report, context_.unbuilt);
    const auto declarations = declare_field();
    const Section section = reader.read(node, declarations, "field " + quoted(field.name));
    const YamlNode* type = section.find("type");
    const bool typed = type != nullptr && read_type(*type, field);
    if (!section.ok || !typed) return false;
    field.optional = section.options.flag("optional");
    field.unit = section.options.text("unit");
    if (section.options.given("unit") && field.type != data::kTimestamp) {
      return fail(*section.find("unit"), "field " + quoted(field.name) + " is a " +
                                             data::to_string(field.type) +
                                             "; expected \"unit\" of a timestamp only");
    }
    const YamlNode* path = section.find("path");
    return path == nullptr || read_path(*path, section.options.texts("path"), field);
  }

  bool read_path(const YamlNode& node, const Options::Texts& texts, SourceField& field) {
    field.path = texts;
    if (node.is_sequence()) return true;
    field.path.clear();
    const std::string& text = texts.front();
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('.', begin), text.size());
      if (end == begin) {
        return fail(node, "path " + quoted(text) +
                              " has an empty part; expected names joined by "
                              "single dots, or a list of names");
      }
      field.path.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return true;
  }

  NodeContext& context_;
  const NodeDraft& draft_;
  std::string format_;
};

SourceField implied(std::string name, data::Type type) {
  SourceField field;
  field.path = {name};
  field.name = std::move(name);
  field.type = type;
  return field;
}

// The names that the topics of an mqtt source bind.
std::vector<std::string> bound_names(const NodeDraft& draft) {
  std::vector<std::string> names;
  const YamlNode* topics = draft.section.find("topics");
  if (topics == nullptr || !draft.is_type("mqtt")) return names;
  for (const YamlNode& topic : topics->children) {
    for (std::string& name : read_topic_filter(topic.text).names) names.push_back(std::move(name));
  }
  return names;
}

// `line`, and beside it what the topic gives.
std::optional<std::vector<SourceField>> text_fields(NodeContext& context, const NodeDraft& draft) {
  const YamlNode* node = draft.section.find("fields");
  if (node == nullptr) return std::vector<SourceField>{implied("line", data::kString)};
  auto fields = FieldReader(context, draft).read();
  if (!fields) return std::nullopt;
  const std::vector<std::string> bound = bound_names(draft);
  bool has_line = false;
  for (const SourceField& field : *fields) {
    const bool is_line = field.name == "line" && field.type == data::kString;
    has_line = has_line || is_line;
    if (is_line || std::find(bound.begin(), bound.end(), field.name) != bound.end()) continue;
    has_line = false;
    break;
  }
  if (has_line) return fields;
  context.report.error(*node,
                       "format text has the one field line: string, and those that a topic "
                       "gives as {name}; expected no other in \"fields\"");
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<SourceField>> read_source_fields(NodeContext& context,
                                                           const NodeDraft& draft) {
  if (draft.is_type("generator")) {
    return std::vector<SourceField>{implied("id", data::kString), implied("ts", data::kTimestamp),
                                    implied("temperature", data::kDouble)};
  }
  const YamlNode* format = draft.node->find("format");
  if (format != nullptr && draft.section.find("format") == nullptr) return std::nullopt;
  if (draft.section.options.text("format") == "text") return text_fields(context, draft);
  return FieldReader(context, draft).read();
}

bool read_event_time(NodeContext& context, const NodeDraft& draft, std::vector<SourceField>& fields,
                     std::optional<std::size_t>& index) {
  const Section* event_time = draft.section.section("event_time");
  if (event_time == nullptr) {
    if (draft.is_type("generator")) index = 1;
    return draft.node->find("event_time") == nullptr;
  }
  const YamlNode* named = event_time->find("field");
  if (named == nullptr) return false;
  std::vector<data::Field> schema;
  for (const SourceField& field : fields) schema.push_back({field.name, field.type});
  index = context.expressions.find_field(*named, data::Schema(std::move(schema)));
  if (!index) return false;
  SourceField& field = fields[*index];
  if (field.type != data::kTimestamp) {
    context.report.error(*named, "the event time " + quoted(field.name) + " is a " +
                                     data::to_string(field.type) +
                                     "; expected it to be declared "
                                     "as timestamp (and its spelling as `unit`)");
    return false;
  }
  const YamlNode* unit = event_time->find("unit");
  if (unit == nullptr) return event_time->ok;
  field.unit = event_time->options.text("unit");
  const YamlNode* declared = draft.section.find("fields");
  const YamlNode* entry = declared != nullptr ? declared->find(field.name) : nullptr;
  const YamlNode* other = entry != nullptr && entry->is_map() ? entry->find("unit") : nullptr;
  if (other != nullptr && other->text != field.unit) {
    context.report.error(*unit, "unit " + field.unit + " of the event time, and unit " +
                                    other->text + " in `fields`; expected one of them");
    return false;
  }
  return event_time->ok;
}

}  // namespace leat::job
