// Addresses and topics as the job file spells them: what is wrong with one, if anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leat::job {

// "host:port", "[::1]:1883"; nothing when it is one, else what is wrong and what is expected.
std::optional<std::string> check_host_port(std::string_view text);
// "mqtt://host[:port]" or "mqtts://...", without credentials.
std::optional<std::string> check_broker(std::string_view text);

// An MQTT topic filter, with {name} for a wildcard level and perhaps $share/<group>/ before it.
struct TopicFilter {
  std::vector<std::string> names;  // of its {name} levels, in order
  bool shared = false;
  std::optional<std::string> defect;
};
TopicFilter read_topic_filter(std::string_view text);

// The names of the {field} places of a sink's topic.
struct TopicTemplate {
  std::vector<std::string> names;
  std::optional<std::string> defect;
};
TopicTemplate read_topic_template(std::string_view text);

}  // namespace leat::job
