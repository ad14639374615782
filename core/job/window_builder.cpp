#include <algorithm>

#include "core/job/graph_builder.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

// So many windows that a row belongs to are more likely a slip than a wish.
constexpr std::int64_t kMaxOverlap = 100'000;

class WindowBuilder {
 public:
  WindowBuilder(NodeContext& context, NodeDraft& draft, const data::Schema& input)
      : context_(context), draft_(draft), input_(input) {}

  void build() {
    const bool shaped = read_shape();
    config_.allowed_lateness_ms = draft_.section.options.duration_ms("allowed_lateness");
    const bool keyed = read_keys();
    const bool computed = check_function();
    const bool aggregated = read_aggregates();
    check_rest();
    if (!shaped || !keyed || !aggregated || !computed || has_function_) return;
    draft_.outputs_known = true;
    draft_.outputs = {{"", windows::window_schema(config_)},
                      {"errors", operators::errors_schema(input_)},
                      {"late", data::make_schema(input_.fields())}};
    if (draft_.section.ok && !draft_.broken) draft_.config = std::move(config_);
  }

 private:
  void fail_at(std::size_t offset, std::string message) {
    context_.report.error(offset, std::move(message));
    draft_.broken = true;
  }
  void fail(const YamlNode& node, std::string message) { fail_at(node.offset, std::move(message)); }
  const YamlNode* find(std::string_view key) const { return draft_.section.find(key); }

  bool read_shape() {
    using Shape = windows::WindowShape;
    const Section* section = draft_.section.section("window");
    if (section == nullptr || !section->ok) return false;
    const Options& options = section->options;
    const std::string& type = section->variant;
    if (type == "tumbling" || type == "sliding") {
      config_.shape = type == "tumbling" ? Shape::kTumbling : Shape::kSliding;
      config_.size_ms = options.duration_ms("size");
      config_.slide_ms = type == "tumbling" ? config_.size_ms : options.duration_ms("slide");
      config_.offset_ms = options.duration_ms("offset");
      if (config_.size_ms / config_.slide_ms > kMaxOverlap) {
        fail(*section->find("slide"),
             "every row would be in more than 100000 windows; expected a "
             "larger slide or a smaller size");
        return false;
      }
    } else if (type == "session") {
      config_.shape = Shape::kSession;
      config_.gap_ms = options.duration_ms("gap");
    } else if (type == "count") {
      config_.shape = Shape::kCount;
      config_.count_size = options.integer("size");
      config_.count_slide = options.has("slide") ? options.integer("slide") : config_.count_size;
    } else {
      config_.shape = Shape::kGlobal;
    }
    return true;
  }

  bool has_times() const {
    return config_.shape != windows::WindowShape::kCount &&
           config_.shape != windows::WindowShape::kGlobal;
  }

  bool read_keys() {
    const YamlNode* key = find("key_by");
    if (key == nullptr) return draft_.node->find("key_by") == nullptr;
    auto parts = context_.expressions.compile_keys(*key, input_);
    if (!parts) return false;
    for (std::size_t i = 0; i < parts->size(); ++i) {
      const std::string& name = (*parts)[i].name;
      if (!has_times() || (name != "window_start" && name != "window_end")) continue;
      const YamlNode& item = key->children[i];
      fail_at(key->is_map() ? item.key_offset : item.offset,
              "key field " + quoted(name) +
                  " is called like a field of the window; expected "
                  "another name (key_by: { other: " +
                  name + " })");
      return false;
    }
    config_.key = std::move(*parts);
    return true;
  }

  // `lua`, `file`, `function`: the output's schema is theirs.
  bool check_function() {
    int given = 0;
    const YamlNode* last = nullptr;
    for (const char* key : {"lua", "file", "function"}) {
      const YamlNode* node = draft_.node->find(key);
      if (node == nullptr) continue;
      ++given;
      last = node;
    }
    has_function_ = given > 0;
    if (given > 1) {
      fail_at(last->key_offset, "\"" + last->key +
                                    "\" beside another function; expected one of "
                                    "\"lua\", \"file\" and \"function\"");
    }
    if (given == 0 && draft_.node->find("aggregate") == nullptr && !draft_.node->incomplete) {
      fail_at(draft_.node->key_offset, draft_.what() +
                                           " has no \"aggregate\"; expected at least "
                                           "one, as { readings: count(*) }");
      return false;
    }
    return given <= 1;
  }

  bool read_aggregates() {
    const YamlNode* aggregates = find("aggregate");
    if (aggregates == nullptr) return has_function_;
    bool ok = !aggregates->incomplete;
    for (const YamlNode& item : aggregates->children) {
      const bool named = context_.expressions.check_field_name(item);
      auto spec = context_.expressions.compile_aggregate(item, input_);
      ok = check_collision(item) && named && spec.has_value() && ok;
      if (spec) config_.aggregates.push_back(std::move(*spec));
    }
    return ok;
  }

  bool check_collision(const YamlNode& item) {
    const bool is_key = std::any_of(config_.key.begin(), config_.key.end(),
                                    [&](const auto& part) { return part.name == item.key; });
    const bool is_time = has_times() && (item.key == "window_start" || item.key == "window_end");
    if (!is_key && !is_time) return true;
    fail_at(item.key_offset,
            quoted(item.key) + (is_key ? " is a key field already" : " is a field of the window") +
                "; expected another name");
    return false;
  }

  void check_rest() {
    const YamlNode* lateness = find("allowed_lateness");
    if (lateness != nullptr && draft_.section.section("window") != nullptr && !has_times() &&
        config_.allowed_lateness_ms > 0) {
      fail(*lateness,
           "\"allowed_lateness\" of a window without an end; expected it with "
           "tumbling, sliding or session");
    }
    for (const char* name : {"trigger", "evictor"}) {
      const Section* section = draft_.section.section(name);
      const YamlNode* expr = section != nullptr ? section->find("expr") : nullptr;
      if (expr == nullptr) continue;
      const auto compiled = context_.expressions.compile(*expr, input_);
      if (compiled && !compiled->type().is_numeric()) {
        fail(*expr, "\"expr\" is a " + data::to_string(compiled->type()) + "; expected a number");
      }
    }
  }

  NodeContext& context_;
  NodeDraft& draft_;
  const data::Schema& input_;
  windows::WindowConfig config_;
  bool has_function_ = false;
};

}  // namespace

void build_window(NodeContext& context, NodeDraft& draft, const data::Schema& input) {
  WindowBuilder(context, draft, input).build();
}

}  // namespace leat::job
