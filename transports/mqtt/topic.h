// The grammar of topic names and filters (MQTT 5 section 4.7).
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace leat::mqtt {

// A topic to publish to: not empty, UTF-8, at most 65,535 bytes, no U+0000, + or #.
Result<void> check_topic_name(std::string_view topic);

// A filter to subscribe to, `$share/group/filter` included: + stands for a whole level, # for the
// rest and only at the end.
Result<void> check_topic_filter(std::string_view filter);

}  // namespace leat::mqtt
