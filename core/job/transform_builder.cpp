#include <algorithm>

#include "core/job/graph_builder.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

std::string spell(const data::Schema& schema) {
  std::string text;
  for (const data::Field& field : schema.fields()) {
    text += (text.empty() ? "" : ", ") + field.name + ": " + data::to_string(field.type);
  }
  return "{ " + text + " }";
}

class TransformBuilder {
 public:
  TransformBuilder(NodeContext& context, NodeDraft& draft) : context_(context), draft_(draft) {}

  void build() {
    if (!check_inputs()) return;
    schema_ = input_schema(context_, draft_, 0);
    if (draft_.is_type("join")) return check_join();
    if (draft_.is_type("process")) return check_process();
    // What follows from an input that is not known would be guessed.
    if (schema_ == nullptr) return;
    if (draft_.is_type("filter")) return build_filter();
    if (draft_.is_type("map")) return build_map();
    if (draft_.is_type("flat_map")) return build_flat_map();
    if (draft_.is_type("route")) return build_route();
    if (draft_.is_type("union")) return build_union();
    if (draft_.is_type("reduce")) return build_reduce();
    if (draft_.is_type("window")) return build_window(context_, draft_, *schema_);
    if (draft_.is_type("dedupe")) return build_dedupe();
  }

 private:
  void fail_at(std::size_t offset, std::string message) {
    context_.report.error(offset, std::move(message));
    draft_.broken = true;
  }
  void fail(const YamlNode& node, std::string message) { fail_at(node.offset, std::move(message)); }
  const YamlNode* find(std::string_view key) const { return draft_.section.find(key); }

  // The main output, `errors`, and perhaps more.
  void set_outputs(data::SchemaPtr main) {
    draft_.outputs_known = true;
    draft_.outputs = {{"", std::move(main)}, {"errors", operators::errors_schema(*schema_)}};
  }
  void finish(bool ok, NodeConfig config) {
    if (ok && draft_.section.ok && !draft_.broken) draft_.config = std::move(config);
  }

  bool check_inputs() {
    std::size_t least = 1;
    std::size_t most = 1;
    if (draft_.is_type("union") || draft_.is_type("sql")) most = 1'000;
    if (draft_.is_type("join")) least = 2;
    if (draft_.is_type("join") || draft_.is_type("process") || draft_.is_type("pattern")) most = 2;
    if (draft_.is_type("lookup")) most = 2;
    const std::size_t count = draft_.inputs.size();
    if (count >= least && count <= most) return true;
    const std::string expected = least == most ? std::to_string(least)
                                 : most > 2    ? "at least one"
                                               : "1 or 2";
    fail(*find("inputs"), "a " + draft_.type->name + " of " + std::to_string(count) +
                              " inputs; expected " + expected +
                              (most == 1 ? " (a union merges inputs of one schema)" : ""));
    return false;
  }

  void build_filter() {
    set_outputs(schema_);
    const YamlNode* where = find("where");
    if (where == nullptr) return;
    auto compiled = context_.expressions.compile_condition(*where, *schema_);
    if (compiled) finish(true, operators::FilterConfig{std::move(*compiled)});
  }

  struct MapFields {
    std::vector<operators::MapColumn> columns;
    bool ok = true;
  };

  // The fields of the input that stay, in their order.
  MapFields kept_fields() {
    MapFields kept;
    const YamlNode* keep = find("keep");
    const YamlNode* drop = find("drop");
    const YamlNode* set = find("set");
    if (keep != nullptr && drop != nullptr) {
      fail(*drop, "\"drop\" beside \"keep\"; expected one of them");
      kept.ok = false;
      return kept;
    }
    const auto add = [&](std::size_t index) {
      kept.columns.push_back({schema_->field(index).name, Expressions::field(*schema_, index)});
    };
    if (keep != nullptr) {
      for (const YamlNode& item : keep->children) {
        if (set != nullptr && set->find(item.text) != nullptr && !schema_->find(item.text)) {
          continue;  // those of `set` stay anyway
        }
        const auto index = context_.expressions.find_field(item, *schema_);
        kept.ok = kept.ok && index.has_value();
        if (index) add(*index);
      }
      return kept;
    }
    std::vector<bool> dropped(schema_->size(), false);
    if (drop != nullptr) {
      for (const YamlNode& item : drop->children) {
        const auto index = context_.expressions.find_field(item, *schema_);
        kept.ok = kept.ok && index.has_value();
        if (index) dropped[*index] = true;
      }
    }
    for (std::size_t i = 0; i < schema_->size(); ++i) {
      if (!dropped[i]) add(i);
    }
    return kept;
  }

  void build_map() {
    const YamlNode* set = find("set");
    const bool says_something = draft_.node->find("set") != nullptr ||
                                draft_.node->find("keep") != nullptr ||
                                draft_.node->find("drop") != nullptr;
    if (!says_something && !draft_.node->incomplete) {
      return fail_at(
          draft_.node->key_offset,
          draft_.what() + " has neither \"set\" nor \"keep\" nor \"drop\"; expected one");
    }
    auto [columns, ok] = kept_fields();
    if (set != nullptr) ok = add_set(*set, columns) && ok;
    ok = ok && draft_.section.ok;
    if (!ok) return;
    std::vector<data::Field> fields;
    for (const auto& column : columns) fields.push_back({column.name, column.expression.type()});
    if (fields.empty()) {
      return fail_at(draft_.node->key_offset, draft_.what() + " leaves no field; expected some");
    }
    set_outputs(data::make_schema(std::move(fields)));
    finish(true, operators::MapConfig{std::move(columns)});
  }

  bool add_set(const YamlNode& set, std::vector<operators::MapColumn>& columns) {
    bool ok = !set.incomplete;
    for (const YamlNode& item : set.children) {
      const bool named = context_.expressions.check_field_name(item);
      auto compiled = context_.expressions.compile(item, *schema_);
      if (!compiled || !named) {
        ok = false;
        continue;
      }
      const auto same = std::find_if(columns.begin(), columns.end(),
                                     [&](const auto& column) { return column.name == item.key; });
      if (same != columns.end()) {
        same->expression = std::move(*compiled);
      } else {
        columns.push_back({item.key, std::move(*compiled)});
      }
    }
    return ok;
  }

  void build_flat_map() {
    const YamlNode* unnest = draft_.node->find("unnest");
    const YamlNode* split = draft_.node->find("split");
    if ((unnest == nullptr) == (split == nullptr)) {
      if (draft_.node->incomplete) return;
      return fail_at(unnest == nullptr ? draft_.node->key_offset : split->key_offset,
                     draft_.what() + (unnest == nullptr ? " has neither" : " has both") +
                         " \"unnest\" and \"split\"; expected one of them");
    }
    operators::FlatMapConfig config;
    const Section* section = draft_.section.section("split");
    const YamlNode* named = unnest != nullptr    ? find("unnest")
                            : section != nullptr ? section->find("field")
                                                 : nullptr;
    if (named == nullptr) return;
    const auto index = context_.expressions.find_field(*named, *schema_);
    if (!index) return;
    const data::Type type = schema_->field(*index).type;
    if (unnest != nullptr && !type.is_list()) {
      return fail(*named, "field " + quoted(named->text) + " is a " + data::to_string(type) +
                              "; expected a list to unnest");
    }
    if (split != nullptr && type != data::kString) {
      return fail(*named, "field " + quoted(named->text) + " is a " + data::to_string(type) +
                              "; expected a string to split");
    }
    config.field = *index;
    if (section != nullptr && section->find("by") != nullptr) {
      config.split_by = section->options.text("by");
    }
    config.as = draft_.section.options.text_or("as", named->text);
    const YamlNode* as = find("as");
    if (as != nullptr && !is_field_name(config.as)) {
      return fail(*as,
                  quoted(config.as) + " is no name for a field; expected letters, digits and _");
    }
    const auto taken = schema_->find(config.as);
    if (taken && *taken != *index) {
      return fail(as != nullptr ? *as : *named,
                  "there is a field " + quoted(config.as) + " already; expected another name");
    }
    std::vector<data::Field> fields = schema_->fields();
    fields[*index] = {config.as, unnest != nullptr ? type.element_type() : data::kString};
    set_outputs(data::make_schema(std::move(fields)));
    finish(true, std::move(config));
  }

  void build_route() {
    set_outputs(schema_);
    const YamlNode* routes = find("routes");
    if (routes == nullptr) {
      draft_.outputs_known = false;
      return;
    }
    operators::RouteConfig config;
    bool ok = !routes->incomplete;
    for (const YamlNode& item : routes->children) {
      if (!is_name(item.key) || item.key == "errors" || item.key == "unmatched") {
        fail_at(item.key_offset, quoted(item.key) +
                                     " is no name for a route; expected letters, "
                                     "digits, _ and -, and not errors or unmatched");
        ok = false;
        continue;
      }
      draft_.outputs.push_back({item.key, schema_});
      auto compiled = context_.expressions.compile_condition(item, *schema_);
      ok = ok && compiled.has_value();
      if (compiled) config.routes.push_back({item.key, std::move(*compiled)});
    }
    draft_.outputs.push_back({"unmatched", schema_});
    finish(ok, std::move(config));
  }

  void build_union() {
    for (std::size_t i = 1; i < draft_.inputs.size(); ++i) {
      const auto other = input_schema(context_, draft_, i);
      if (other == nullptr || *other == *schema_) continue;
      fail(*draft_.inputs[i].node, "the inputs of a union differ: " + draft_.inputs[0].node->text +
                                       " has " + spell(*schema_) + ", " +
                                       draft_.inputs[i].node->text + " has " + spell(*other) +
                                       "; expected the same fields in the same "
                                       "order (a map can change them)");
    }
    set_outputs(schema_);
    finish(true, operators::UnionConfig{});
  }

  void build_reduce() {
    operators::ReduceConfig config;
    bool ok = true;
    std::vector<data::Field> fields;
    if (const YamlNode* key = find("key_by")) {
      auto parts = context_.expressions.compile_keys(*key, *schema_);
      ok = parts.has_value();
      if (parts) config.key = std::move(*parts);
    } else {
      ok = draft_.node->find("key_by") == nullptr;
    }
    for (const auto& part : config.key) fields.push_back({part.name, part.expression.type()});
    const YamlNode* aggregates = find("aggregate");
    if (aggregates == nullptr) return;
    for (const YamlNode& item : aggregates->children) {
      const bool named = context_.expressions.check_field_name(item);
      auto spec = context_.expressions.compile_aggregate(item, *schema_);
      const bool taken = std::any_of(config.key.begin(), config.key.end(),
                                     [&](const auto& part) { return part.name == item.key; });
      if (taken)
        fail_at(item.key_offset, quoted(item.key) +
                                     " is a key field already; expected "
                                     "another name");
      ok = ok && named && !taken && spec.has_value();
      if (!spec) continue;
      fields.push_back({spec->name, spec->result_type});
      config.aggregates.push_back(std::move(*spec));
    }
    if (!ok || aggregates->incomplete) return;
    set_outputs(data::make_schema(std::move(fields)));
    finish(true, std::move(config));
  }

  void build_dedupe() {
    set_outputs(schema_);
    const YamlNode* key = find("key");
    if (key == nullptr) return;
    for (const YamlNode& item : key->children) {
      static_cast<void>(context_.expressions.find_field(item, *schema_));
    }
  }

  void check_join() {
    const YamlNode* window = draft_.node->find("window");
    const YamlNode* within = draft_.node->find("within");
    if ((window == nullptr) == (within == nullptr) && !draft_.node->incomplete) {
      fail_at(window == nullptr ? draft_.node->key_offset : within->key_offset,
              draft_.what() + (window == nullptr ? " has neither" : " has both") +
                  " \"window\" and \"within\"; expected one of them");
    }
    const Section* bounds = draft_.section.section("within");
    if (bounds != nullptr && bounds->ok &&
        bounds->options.integer("lower") > bounds->options.integer("upper")) {
      fail(*bounds->find("lower"), "\"lower\" is above \"upper\"; expected lower <= upper");
    }
  }

  void check_process() {
    int given = 0;
    for (const char* key : {"lua", "file", "function"}) {
      given += draft_.node->find(key) != nullptr ? 1 : 0;
    }
    if (given != 1 && !draft_.node->incomplete) {
      fail_at(draft_.node->key_offset, draft_.what() + " has " + (given == 0 ? "none" : "several") +
                                           " of \"lua\", \"file\" and \"function\"; expected one");
    }
  }

  NodeContext& context_;
  NodeDraft& draft_;
  data::SchemaPtr schema_;
};

}  // namespace

void build_transform(NodeContext& context, NodeDraft& draft) {
  TransformBuilder(context, draft).build();
}

}  // namespace leat::job
