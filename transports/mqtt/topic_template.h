// The topic of an outgoing message: text in which {field} is replaced from the row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/batch.h"

namespace leat::mqtt {

// Immutable; used by one thread at a time.
class TopicTemplate {
 public:
  // Errors: unknown fields, bytes and lists (they have no place in a topic), unbalanced braces,
  // wildcards, nothing at all.
  static Result<TopicTemplate> make(std::string_view text, const data::Schema& schema);

  // Sets `topic`. False when the row must not be published there, with the `problem`: a value that
  // is null, empty, not UTF-8 or holds / + # or U+0000 could reach a topic that nobody meant.
  bool render(const data::Batch& batch, std::size_t row, std::string& topic,
              std::string& problem) const;

 private:
  struct Part {
    std::string text;   // before the field
    std::size_t field;  // kNone: the end
    std::string name;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<Part> parts_;
};

}  // namespace leat::mqtt
