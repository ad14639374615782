#include "core/ports/source.h"

#include <gtest/gtest.h>
#include <set>

namespace leat::ports {
namespace {

// The names are in users' rules and dashboards: they do not change.
TEST(BadReason, Names) {
  EXPECT_EQ(to_string(BadReason::kMalformed), "malformed");
  EXPECT_EQ(to_string(BadReason::kInvalidUtf8), "invalid_utf8");
  EXPECT_EQ(to_string(BadReason::kWrongType), "wrong_type");
  EXPECT_EQ(to_string(BadReason::kMissingField), "missing_field");
  EXPECT_EQ(to_string(BadReason::kNonFinite), "non_finite");
  EXPECT_EQ(to_string(BadReason::kBadTimestamp), "bad_timestamp");
  EXPECT_EQ(to_string(BadReason::kTooLarge), "too_large");
  EXPECT_EQ(to_string(BadReason::kTooDeep), "too_deep");
  EXPECT_EQ(to_string(BadReason::kTopicMismatch), "topic_mismatch");
}

TEST(BadReason, TheCountMatchesTheNames) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kBadReasons; ++i) names.insert(to_string(static_cast<BadReason>(i)));
  EXPECT_EQ(names.size(), kBadReasons);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(to_string(static_cast<BadReason>(kBadReasons)), "unknown");
}

}  // namespace
}  // namespace leat::ports
