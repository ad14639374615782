#include <algorithm>

#include "core/job/endpoints.h"
#include "core/job/graph_builder.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

class SinkBuilder {
 public:
  SinkBuilder(NodeContext& context, NodeDraft& draft)
      : context_(context), draft_(draft), options_(draft.section.options) {}

  void build() {
    check_own_keys();
    schema_ = draft_.inputs.empty() ? nullptr : input_schema(context_, draft_, 0);
    if (schema_ == nullptr) return;
    check_inputs();
    SinkConfig config;
    bool ok = read_fields(config.fields);
    check_key(config.fields);
    check_topic();
    if (ok && options_.text("format") == "csv") check_csv(config.fields);
    const std::string delivery = options_.text_or("delivery", context_.default_delivery);
    config.exactly_once = delivery == "exactly_once";
    config.format = options_.text("format");
    config.options = options_;
    ok = ok && draft_.section.ok && !draft_.broken && draft_.type->is_built;
    if (ok) draft_.config = std::move(config);
  }

 private:
  bool fail(const YamlNode& node, std::string message) {
    context_.report.error(node, std::move(message));
    draft_.broken = true;
    return false;
  }
  const YamlNode* find(std::string_view key) const { return draft_.section.find(key); }

  void check_own_keys() {
    if (!draft_.is_type("mqtt")) return;
    if (const YamlNode* broker = find("broker")) {
      if (auto defect = check_broker(broker->text)) fail(*broker, *defect);
      if (find("tls") != nullptr && broker->text.starts_with("mqtt://")) {
        fail(*find("tls"), "\"tls\" with a broker mqtt://; expected mqtts://");
      }
    }
    if (find("password_file") != nullptr && draft_.node->find("username") == nullptr) {
      fail(*find("password_file"), "\"password_file\" without \"username\"; expected both");
    }
  }

  void check_inputs() {
    for (std::size_t i = 1; i < draft_.inputs.size(); ++i) {
      const auto other = input_schema(context_, draft_, i);
      if (other == nullptr || *other == *schema_) continue;
      fail(*draft_.inputs[i].node, "the fields of " + draft_.inputs[i].node->text +
                                       " are not those of " + draft_.inputs[0].node->text +
                                       "; expected inputs of one schema");
    }
  }

  bool read_fields(std::vector<std::size_t>& fields) {
    const YamlNode* node = find("fields");
    if (node == nullptr) {
      for (std::size_t i = 0; i < schema_->size(); ++i) fields.push_back(i);
      return draft_.node->find("fields") == nullptr;
    }
    bool ok = true;
    for (const YamlNode& item : node->children) {
      const auto index = context_.expressions.find_field(item, *schema_);
      ok = ok && index.has_value();
      if (index) fields.push_back(*index);
    }
    return ok;
  }

  void check_csv(const std::vector<std::size_t>& fields) {
    const YamlNode* list = find("fields");
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const data::Field& field = schema_->field(fields[i]);
      if (!field.type.is_list()) continue;
      fail(list != nullptr ? list->children[i] : *find("format"),
           "field " + quoted(field.name) + " is a " + data::to_string(field.type) +
               ", and csv has no lists; expected format json, or \"fields\" without it");
    }
  }

  void check_key(const std::vector<std::size_t>& fields) {
    const YamlNode* key = draft_.is_type("redis") ? nullptr : find("key");
    if (key == nullptr) return;
    const auto check = [&](const YamlNode& item) {
      const auto index = context_.expressions.find_field(item, *schema_);
      if (!index) return;
      if (schema_->field(*index).type.is_list()) {
        fail(item, "a list cannot be a key; expected a single value");
      } else if (!draft_.is_type("kafka") &&
                 std::find(fields.begin(), fields.end(), *index) == fields.end()) {
        fail(item, "key " + quoted(item.text) + " is not among \"fields\"; expected it there");
      }
    };
    if (!key->is_sequence()) return check(*key);
    for (const YamlNode& item : key->children) check(item);
  }

  void check_topic() {
    const YamlNode* topic = draft_.is_type("mqtt") ? find("topic") : nullptr;
    if (topic == nullptr) return;
    const TopicTemplate made = read_topic_template(topic->text);
    if (made.defect) fail(*topic, *made.defect);
    for (const std::string& name : made.names) {
      const auto index = schema_->find(name);
      if (!index) {
        fail(*topic, "{" + name + "} of topic " + quoted(topic->text) + " is no field" +
                         one_of(name, schema_->names()));
      } else if (schema_->field(*index).type.is_list()) {
        fail(*topic, "{" + name + "} of topic " + quoted(topic->text) +
                         " is a list; expected a single value");
      }
    }
  }

  NodeContext& context_;
  NodeDraft& draft_;
  const Options& options_;
  data::SchemaPtr schema_;
};

}  // namespace

void build_sink(NodeContext& context, NodeDraft& draft) { SinkBuilder(context, draft).build(); }

}  // namespace leat::job
