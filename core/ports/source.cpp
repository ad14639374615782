#include "core/ports/source.h"

namespace leat::ports {

std::string_view to_string(BadReason reason) {
  switch (reason) {
    case BadReason::kMalformed:
      return "malformed";
    case BadReason::kInvalidUtf8:
      return "invalid_utf8";
    case BadReason::kWrongType:
      return "wrong_type";
    case BadReason::kMissingField:
      return "missing_field";
    case BadReason::kNonFinite:
      return "non_finite";
    case BadReason::kBadTimestamp:
      return "bad_timestamp";
    case BadReason::kTooLarge:
      return "too_large";
    case BadReason::kTooDeep:
      return "too_deep";
    case BadReason::kTopicMismatch:
      return "topic_mismatch";
  }
  return "unknown";
}

}  // namespace leat::ports
