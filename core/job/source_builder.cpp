#include <algorithm>

#include "core/base/units.h"
#include "core/job/endpoints.h"
#include "core/job/graph_builder.h"
#include "core/job/scalars.h"
#include "core/job/source_fields.h"

namespace leat::job {
namespace {

constexpr DurationMs kDefaultMaxFutureSkewMs = 86'400'000;
constexpr DurationMs kDefaultMaxLagMs = 3'600'000;

class SourceBuilder {
 public:
  SourceBuilder(NodeContext& context, NodeDraft& draft)
      : context_(context), draft_(draft), options_(draft.section.options) {}

  void build() {
    check_own_keys();
    auto fields = read_source_fields(context_, draft_);
    std::optional<std::size_t> event_time;
    bool ok = draft_.section.ok && fields.has_value();
    if (fields) {
      ok = read_event_time(context_, draft_, *fields, event_time) && ok;
      std::vector<data::Field> schema_fields;
      for (const SourceField& field : *fields) schema_fields.push_back({field.name, field.type});
      schema_ = data::make_schema(std::move(schema_fields));
      ok = check_topics() && ok;
    }
    draft_.outputs_known = true;
    draft_.outputs = {
        {"", schema_}, {"errors", operators::source_errors_schema()}, {"rejected", schema_}};
    SourceConfig config;
    ok = read_watermark(config.stage) && ok;
    ok = read_dedupe(config) && ok;
    if (!ok || !draft_.type->is_built) return;
    config.options = options_;
    config.format = options_.text_or("format", "");
    config.fields = std::move(*fields);
    config.stage.schema = schema_;
    config.stage.event_time_field = event_time;
    draft_.config = std::move(config);
  }

 private:
  bool fail(const YamlNode& node, std::string message) {
    context_.report.error(node, std::move(message));
    draft_.broken = true;
    return false;
  }
  const YamlNode* find(std::string_view key) const { return draft_.section.find(key); }

  void check_own_keys() {
    if (draft_.is_type("mqtt")) check_mqtt();
    if (draft_.is_type("socket")) check_socket();
    if (draft_.is_type("generator")) check_rate();
    const Section* csv = draft_.section.section("csv");
    if (csv != nullptr && options_.text("format") != "csv") {
      fail(*csv->node, "\"csv\" with format " + options_.text("format") +
                           "; expected it with format: csv only");
    }
    if (csv == nullptr || csv->find("delimiter") == nullptr) return;
    const std::string& delimiter = csv->options.text("delimiter");
    if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r") {
      fail(*csv->find("delimiter"), "delimiter " + quoted(delimiter) +
                                        "; expected one ASCII "
                                        "character that is no quote and no line end");
    }
  }

  void check_rate() {
    const double rate = options_.number("rate");
    if (rate == 0 || (rate >= 1e-6 && rate <= 1e9)) return;
    fail(*find("rate"), "rate " + find("rate")->text + "; expected 0, or 0.000001 to 1000000000");
  }

  void check_mqtt() {
    if (const YamlNode* broker = find("broker")) {
      if (auto defect = check_broker(broker->text)) fail(*broker, *defect);
      if (find("tls") != nullptr && broker->text.starts_with("mqtt://")) {
        fail(*find("tls"), "\"tls\" with a broker mqtt://; expected mqtts://");
      }
    }
    if (find("password_file") != nullptr && draft_.node->find("username") == nullptr) {
      fail(*find("password_file"), "\"password_file\" without \"username\"; expected both");
    }
    const YamlNode* parallelism = find("parallelism");
    const YamlNode* topics = find("topics");
    if (parallelism == nullptr || topics == nullptr || draft_.parallelism == 1) return;
    for (const YamlNode& topic : topics->children) {
      if (topic.text.starts_with("$share/")) continue;
      fail(*parallelism, "parallelism " + parallelism->text + " with topic " + quoted(topic.text) +
                             ": every subtask would get every message; "
                             "expected topics $share/<group>/...");
      return;
    }
  }

  void check_socket() {
    const YamlNode* connect = draft_.node->find("connect");
    const YamlNode* listen = draft_.node->find("listen");
    if ((connect == nullptr) == (listen == nullptr)) {
      if (draft_.node->incomplete) return;
      context_.report.error(connect == nullptr ? draft_.node->key_offset : listen->key_offset,
                            draft_.what() + (connect == nullptr ? " has neither" : " has both") +
                                " \"connect\" and \"listen\"; expected one of them");
      draft_.broken = true;
      return;
    }
    for (const YamlNode* address : {find("connect"), find("listen")}) {
      if (address == nullptr) continue;
      if (auto defect = check_host_port(address->text)) fail(*address, *defect);
    }
  }

  // Every {name} is a string field.
  bool check_topics() {
    const YamlNode* topics = find("topics");
    if (topics == nullptr || !draft_.is_type("mqtt")) return true;
    bool ok = true;
    for (const YamlNode& topic : topics->children) {
      const TopicFilter filter = read_topic_filter(topic.text);
      if (filter.defect) ok = fail(topic, *filter.defect);
      for (const std::string& name : filter.names) {
        const auto index = schema_->find(name);
        if (!index) {
          ok = fail(topic, "{" + name + "} of topic " + quoted(topic.text) +
                               " is no field; expected " + name + ": string in \"fields\"");
        } else if (schema_->field(*index).type != data::kString) {
          ok = fail(topic, "{" + name + "} of topic " + quoted(topic.text) + " is a " +
                               data::to_string(schema_->field(*index).type) +
                               " in \"fields\"; expected a string");
        }
      }
    }
    return ok;
  }

  bool is_bounded() const {
    if (draft_.is_type("file")) return options_.text("read") == "once";
    return draft_.is_type("generator") && options_.has("count");
  }

  bool read_watermark(operators::SourceStageConfig& stage) {
    const bool guarded = !draft_.is_type("file") && !draft_.is_type("generator");
    time::WatermarkConfig& config = stage.watermark;
    if (guarded) config.max_future_skew_ms = kDefaultMaxFutureSkewMs;
    const Section* section = draft_.section.section("watermark");
    if (section == nullptr) return draft_.node->find("watermark") == nullptr;
    const Options& options = section->options;
    const auto duration = [&](std::string_view name, std::optional<DurationMs>& out) {
      if (options.given(name)) out = options.duration_ms(name);
    };
    bool ok = read_strategy(*section, stage) && section->ok;
    config.bound_ms = options.duration_ms("bound");
    if (!is_bounded()) duration("idle_timeout", config.idle_timeout_ms);
    duration("interval", config.interval_ms);
    duration("max_future_skew", config.max_future_skew_ms);
    duration("max_drift", config.max_drift_ms);
    for (const char* name : {"max_lag", "max_devices"}) {
      if (section->find(name) != nullptr && section->node->find("per") == nullptr) {
        ok = fail(*section->find(name), quoted(name) +
                                            " without \"per\"; expected it with one "
                                            "clock per device only");
      }
    }
    const YamlNode* per = section->find("per");
    if (per == nullptr || schema_ == nullptr) return ok;
    config.per_field = context_.expressions.find_field(*per, *schema_);
    if (!config.per_field) return false;
    if (schema_->field(*config.per_field).type.is_list()) {
      return fail(*per, "\"per\" is a list; expected a field that tells devices apart");
    }
    if (guarded) config.max_lag_ms = kDefaultMaxLagMs;
    duration("max_lag", config.max_lag_ms);
    if (options.given("max_devices")) {
      config.max_devices = static_cast<std::size_t>(options.integer("max_devices"));
    }
    return ok;
  }

  bool read_strategy(const Section& section, operators::SourceStageConfig& stage) {
    using Strategy = time::WatermarkStrategy;
    const YamlNode* punctuated = section.node->find("punctuated");
    const bool given = section.node->find("strategy") != nullptr;
    if (given && section.find("strategy") == nullptr) return false;
    std::string name = section.options.text("strategy");
    if (!given && punctuated != nullptr) name = "punctuated";
    stage.watermark.strategy = name == "ascending"    ? Strategy::kAscending
                               : name == "punctuated" ? Strategy::kPunctuated
                               : name == "none"       ? Strategy::kNone
                                                      : Strategy::kBoundedOutOfOrderness;
    if (section.find("bound") != nullptr && name != "bounded_out_of_orderness") {
      return fail(*section.find("bound"),
                  "\"bound\" with strategy " + name + "; expected bounded_out_of_orderness");
    }
    if (name != "punctuated") {
      return punctuated == nullptr ||
             fail(*punctuated, "\"punctuated\" with strategy " + name + "; expected one strategy");
    }
    if (punctuated == nullptr) {
      return section.node->incomplete ||
             fail(*section.find("strategy"),
                  "strategy punctuated needs to know the rows; expected "
                  "punctuated: { when: expression } as well");
    }
    const Section* inner = section.section("punctuated");
    if (inner == nullptr || inner->find("when") == nullptr || schema_ == nullptr) return false;
    stage.punctuated_when = context_.expressions.compile_condition(*inner->find("when"), *schema_);
    return stage.punctuated_when.has_value();
  }

  bool read_dedupe(SourceConfig& config) {
    const Section* section = draft_.section.section("dedupe");
    if (section == nullptr) return draft_.node->find("dedupe") == nullptr;
    const YamlNode* key = section->find("key");
    if (key == nullptr || schema_ == nullptr) return false;
    SourceConfig::Dedupe dedupe;
    dedupe.keep_ms = section->options.duration_ms("keep");
    dedupe.max_keys = section->options.integer("max_keys");
    bool ok = section->ok;
    for (const YamlNode& item : key->children) {
      const auto index = context_.expressions.find_field(item, *schema_);
      if (index && schema_->field(*index).type.is_list()) {
        ok = fail(item, "a list cannot be a key; expected a single value");
      }
      ok = ok && index.has_value();
      if (index) dedupe.key.push_back(*index);
    }
    config.dedupe = std::move(dedupe);
    return ok;
  }

  NodeContext& context_;
  NodeDraft& draft_;
  const Options& options_;
  data::SchemaPtr schema_;
};

}  // namespace

void build_source(NodeContext& context, NodeDraft& draft) { SourceBuilder(context, draft).build(); }

}  // namespace leat::job
