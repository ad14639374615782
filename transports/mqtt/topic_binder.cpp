#include "transports/mqtt/topic_binder.h"

#include <algorithm>

#include "core/base/text.h"
#include "transports/mqtt/topic.h"

namespace leat::mqtt {

namespace {

Error bad(std::string_view pattern, const std::string& problem) {
  return base::invalid("topic \"" + std::string(pattern) + "\" " + problem);
}

// Length of "$share/group/" in front of a filter that has passed check_topic_filter(), or 0.
std::size_t share_prefix(std::string_view filter) {
  if (filter.substr(0, 7) != "$share/") return 0;
  return filter.find('/', 7) + 1;
}

}  // namespace

Result<TopicBinder> TopicBinder::create(const std::vector<std::string>& patterns,
                                        const data::Schema& schema) {
  if (patterns.empty()) return base::invalid("topics: none given");
  TopicBinder binder;
  for (const std::string& pattern : patterns) {
    std::string filter;
    LEAT_TRY_ASSIGN(Pattern levels, parse(pattern, schema, filter));
    for (const Level& level : levels) {
      if (level.kind == Kind::kField) binder.bound_fields_.push_back(level.field);
    }
    const auto& known = binder.filters_;
    if (std::find(known.begin(), known.end(), filter) == known.end()) {
      binder.filters_.push_back(filter);
    }
    binder.patterns_.push_back(std::move(levels));
  }
  auto& fields = binder.bound_fields_;
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return binder;
}

Result<TopicBinder::Pattern> TopicBinder::parse(std::string_view pattern,
                                                const data::Schema& schema, std::string& filter) {
  const std::size_t prefix = std::min(share_prefix(pattern), pattern.size());
  filter = std::string(pattern.substr(0, prefix));
  if (filter.find_first_of("{}") != std::string::npos) {
    return bad(pattern, "has a {name} in its $share group");
  }
  Pattern levels;
  std::string_view rest = pattern.substr(prefix);
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view text = rest.substr(0, slash);
    Level level;
    if (text == "+") {
      level.kind = Kind::kAny;
    } else if (text == "#") {
      level.kind = Kind::kRest;
    } else if (text.size() > 2 && text.front() == '{' && text.back() == '}') {
      const std::string_view name = text.substr(1, text.size() - 2);
      const std::optional<std::size_t> field = schema.find(name);
      if (!field) {
        return bad(pattern, "binds {" + std::string(name) + "}, which is not a field" +
                                base::did_you_mean(name, schema.names()));
      }
      level.kind = Kind::kField;
      level.field = *field;
      for (const Level& other : levels) {
        if (other.kind == Kind::kField && other.field == *field) {
          return bad(pattern, "binds {" + std::string(name) + "} twice");
        }
      }
    } else if (text.find_first_of("{}") != std::string_view::npos) {
      return bad(pattern, "has braces that are not a whole level; expected .../{name}/...");
    } else {
      level.text = std::string(text);
    }
    filter += level.kind == Kind::kField ? "+" : std::string(text);
    levels.push_back(std::move(level));
    if (slash == std::string_view::npos) break;
    filter += '/';
    rest.remove_prefix(slash + 1);
  }
  const Result<void> checked = check_topic_filter(filter);
  if (!checked.ok()) return bad(pattern, checked.error().message());
  return levels;
}

bool TopicBinder::bind(std::string_view topic, std::vector<formats::BoundText>& bound) const {
  for (const Pattern& pattern : patterns_) {
    bound.clear();
    if (match(pattern, topic, bound)) return true;
  }
  bound.clear();
  return false;
}

bool TopicBinder::match(const Pattern& pattern, std::string_view topic,
                        std::vector<formats::BoundText>& bound) {
  // 4.7.2: a wildcard at the start does not match a topic that begins with $.
  if (!topic.empty() && topic.front() == '$' && pattern.front().kind != Kind::kText) return false;
  bool at_end = false;
  for (const Level& level : pattern) {
    // "sport/#" matches "sport" too: # stands for no level as well.
    if (level.kind == Kind::kRest) return true;
    if (at_end) return false;
    const std::size_t slash = topic.find('/');
    const std::string_view text = topic.substr(0, slash);
    if (level.kind == Kind::kText && level.text != text) return false;
    if (level.kind == Kind::kField) bound.push_back({level.field, text});
    at_end = slash == std::string_view::npos;
    if (!at_end) topic.remove_prefix(slash + 1);
  }
  return at_end;
}

}  // namespace leat::mqtt
