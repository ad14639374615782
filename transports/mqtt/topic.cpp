#include "transports/mqtt/topic.h"

#include <string>

#include "core/base/text.h"

namespace leat::mqtt {

namespace {

Result<void> check_text(std::string_view text) {
  if (text.empty()) return base::invalid("is empty");
  if (text.size() > 0xffff) return base::invalid("is longer than 65535 bytes");
  if (text.find('\0') != std::string_view::npos) return base::invalid("holds U+0000");
  if (!base::is_valid_utf8(text)) return base::invalid("is not UTF-8");
  return {};
}

}  // namespace

Result<void> check_topic_name(std::string_view topic) {
  LEAT_TRY(check_text(topic));
  const std::size_t wildcard = topic.find_first_of("+#");
  if (wildcard != std::string_view::npos) {
    return base::invalid(std::string("holds the wildcard ") + topic[wildcard]);
  }
  return {};
}

Result<void> check_topic_filter(std::string_view filter) {
  LEAT_TRY(check_text(filter));
  constexpr std::string_view kShare = "$share/";
  if (filter.substr(0, kShare.size()) == kShare) {
    filter.remove_prefix(kShare.size());
    const std::size_t slash = filter.find('/');
    const std::string_view group = filter.substr(0, slash);
    if (slash == std::string_view::npos || slash + 1 == filter.size() || group.empty()) {
      return base::invalid("is not $share/group/filter");
    }
    if (group.find_first_of("+#") != std::string_view::npos) {
      return base::invalid("has a wildcard in its $share group");
    }
    filter.remove_prefix(slash + 1);
  }
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    const bool starts_level = i == 0 || filter[i - 1] == '/';
    const bool ends_level = i + 1 == filter.size() || filter[i + 1] == '/';
    if (!starts_level || !ends_level) {
      return base::invalid(std::string("has a ") + filter[i] + " that is not a whole level");
    }
    if (filter[i] == '#' && i + 1 != filter.size()) return base::invalid("has a # before its end");
  }
  return {};
}

}  // namespace leat::mqtt
