#include "core/job/endpoints.h"

#include <algorithm>

#include "core/job/scalars.h"

namespace leat::job {
namespace {

// The protocol's limit is 65535; brokers stop earlier, and the time to check one is bounded.
constexpr std::size_t kMaxTopicBytes = 4'096;

std::optional<std::string> check_port(std::string_view text) {
  const auto port = parse_integer(text);
  if (port && *port >= 1 && *port <= 65'535) return std::nullopt;
  return "port " + quoted(text) + "; expected 1 to 65535";
}

// Where the host ends: at a colon behind any [...] of an IPv6 address; npos when there is no port.
std::size_t host_end(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  return bracket == std::string_view::npos ? bracket : text.find(':', bracket);
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) return host.size() > 2 && host.ends_with(']');
  return !host.empty() && host.find_first_of(" /\\:@[]?#\t") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> check_host_port(std::string_view text) {
  const std::size_t colon = host_end(text);
  if (colon == std::string_view::npos || !is_host(text.substr(0, colon))) {
    return quoted(text) + " is no address; expected host:port";
  }
  return check_port(text.substr(colon + 1));
}

std::optional<std::string> check_broker(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos ||
      (text.substr(0, scheme) != "mqtt" && text.substr(0, scheme) != "mqtts")) {
    return "\"" + std::string(text) +
           "\" is no broker; expected mqtt://host:1883 or "
           "mqtts://host:8883";
  }
  std::string_view rest = text.substr(scheme + 3);
  if (rest.find('@') != std::string_view::npos) {
    return std::string(
        "credentials in the address of a broker; expected `username` and "
        "`password_file`");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = host_end(rest);
  if (!is_host(rest.substr(0, colon))) {
    return quoted(text) + " names no host; expected mqtt://host:1883";
  }
  if (colon == std::string_view::npos) return std::nullopt;
  return check_port(rest.substr(colon + 1));
}

TopicFilter read_topic_filter(std::string_view text) {
  TopicFilter filter;
  const std::string shown = "topic " + quoted(text);
  if (text.size() > kMaxTopicBytes) {
    filter.defect = "a topic longer than 4096 bytes";
    return filter;
  }
  std::string_view rest = text;
  if (rest.starts_with("$share/")) {
    filter.shared = true;
    const std::size_t slash = rest.find('/', 7);
    if (slash == std::string_view::npos || slash == 7 || slash + 1 == rest.size()) {
      filter.defect = shown + " has no group or no filter; expected $share/<group>/<filter>";
      return filter;
    }
    rest = rest.substr(slash + 1);
  }
  for (std::size_t begin = 0; begin <= rest.size();) {
    const std::size_t end = std::min(rest.find('/', begin), rest.size());
    const std::string_view level = rest.substr(begin, end - begin);
    begin = end + 1;
    if (level == "+" || (level == "#" && end == rest.size())) continue;
    if (level.find_first_of("+#") != std::string_view::npos) {
      filter.defect = shown + ": + and # stand for whole levels, # only for the last";
    } else if (level.starts_with('{') && level.ends_with('}')) {
      const std::string name(level.substr(1, level.size() - 2));
      if (!is_field_name(name)) {
        filter.defect = shown + ": {" + name + "} is no name of a field";
      } else if (std::find(filter.names.begin(), filter.names.end(), name) != filter.names.end()) {
        filter.defect = shown + " has {" + name + "} twice; expected it once";
      } else {
        filter.names.push_back(name);
      }
    } else if (level.find_first_of("{}") != std::string_view::npos) {
      filter.defect = shown + ": {name} stands for a whole level";
    }
  }
  return filter;
}

TopicTemplate read_topic_template(std::string_view text) {
  TopicTemplate made;
  const std::string shown = "topic " + quoted(text);
  if (text.find_first_of("+#") != std::string_view::npos) {
    made.defect = shown + " holds a wildcard; a sink writes to one topic";
  } else if (text.size() > kMaxTopicBytes) {
    made.defect = "a topic longer than 4096 bytes";
  }
  if (made.defect) return made;
  for (std::size_t at = text.find_first_of("{}"); at != std::string_view::npos;
       at = text.find_first_of("{}", at + 1)) {
    const std::size_t close = text.find('}', at);
    if (text[at] == '}' || close == std::string_view::npos) {
      made.defect = shown + ": braces do not match; expected {field}";
      return made;
    }
    made.names.emplace_back(text.substr(at + 1, close - at - 1));
    at = close;
  }
  return made;
}

}  // namespace leat::job
