// From the topic of a message to fields of the row: patterns such as "plant/{line}/sensors/{id}".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/schema.h"
#include "transports/formats/decoder.h"

namespace leat::mqtt {

// A pattern is a topic filter in which {name}, standing for a whole level, is the wildcard + that
// gives its level to the field `name`. Plain + and # match and bind nothing; a "$share/group/" in
// front belongs to the subscription only. Immutable; bind() may be called by one thread.
class TopicBinder {
 public:
  // Errors: not a filter, a {name} that is no field or comes twice in a pattern, braces elsewhere.
  static Result<TopicBinder> create(const std::vector<std::string>& patterns,
                                    const data::Schema& schema);

  // What to subscribe to, in order, without repeats.
  const std::vector<std::string>& filters() const { return filters_; }
  // Fields that some pattern binds, ascending.
  const std::vector<std::size_t>& bound_fields() const { return bound_fields_; }

  // False when no pattern matches. Otherwise `bound` holds what the first one that matches binds;
  // the texts point into `topic`.
  bool bind(std::string_view topic, std::vector<formats::BoundText>& bound) const;

 private:
  enum class Kind { kText, kAny, kField, kRest };
  struct Level {
    Kind kind = Kind::kText;
    std::string text;
    std::size_t field = 0;
  };
  using Pattern = std::vector<Level>;

  static Result<Pattern> parse(std::string_view pattern, const data::Schema& schema,
                               std::string& filter);
  static bool match(const Pattern& pattern, std::string_view topic,
                    std::vector<formats::BoundText>& bound);

  std::vector<Pattern> patterns_;
  std::vector<std::string> filters_;
  std::vector<std::size_t> bound_fields_;
};

}  // namespace leat::mqtt
