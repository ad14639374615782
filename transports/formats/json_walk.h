// One pass over a JSON message that checks all of it (RFC 8259, and that no object has a key twice)
// and hands what is wanted to JsonRows on the way.
#pragma once

#include <cstdint>
#include <string_view>

#include "transports/formats/json_rows.h"
#include "transports/formats/json_shape.h"

namespace leat::formats {

// Keeps the shape of the messages it has seen. Recursion is as deep as the document, and that is
// bounded by max_depth.
class JsonWalk {
 public:
  enum class Verdict : std::uint8_t { kWellFormed, kMalformed, kTooDeep };

  JsonWalk(const FieldTree* tree, std::size_t max_depth)
      : tree_(tree), max_depth_(max_depth), shape_(&tree->root) {}

  // `text` lies in a PaddedText and is changed (escapes are replaced); `original` is the same text
  // elsewhere, for bad records. Does not check UTF-8: see may_have_non_ascii().
  Verdict walk(char* text, std::string_view original, JsonRows& rows);

  // Of the last walk: false when the message was ASCII, so there is nothing to check.
  bool may_have_non_ascii() const { return (seen_ & kHighBits) != 0; }
  // Of a walk that failed: what is wrong, and about where.
  const char* problem() const { return problem_; }
  std::size_t problem_offset() const { return problem_offset_; }

 private:
  // Each returns what is behind the value at `p`, nullptr when it is malformed. `fields` is null
  // when nothing of the value is wanted.
  char* message(char* p);
  char* reading(char* p);
  char* readings(char* p);
  char* object(char* p, ShapeNode* shape, const FieldNode* fields);
  char* members(char* p, ShapeNode* shape, const FieldNode* fields);
  char* key(char* p, ShapeNode* shape, const FieldNode* fields, ShapeKey*& entry,
            const FieldNode*& wanted);
  char* array(char* p, ShapeKey* entry, const FieldNode* fields);
  char* skip_value(char* p, ShapeKey* entry);
  char* take_value(char* p, ShapeKey* entry, const FieldNode& fields);
  char* take_element(char* p, ShapeKey* entry, const FieldNode& fields);
  char* take_scalar(char* p, const FieldNode& fields);
  char* skip_literal(char* p, std::string_view literal);
  char* fail(char* p, const char* problem);
  ShapeNode* child_shape(ShapeKey* entry) {
    if (entry == nullptr) return nullptr;
    return entry->child != nullptr ? entry->child : shape_.child_of(*entry);
  }
  std::string_view original_of(const char* begin, const char* end) const {
    return original_.substr(static_cast<std::size_t>(begin - text_),
                            static_cast<std::size_t>(end - begin));
  }

  const FieldTree* tree_;
  std::size_t max_depth_;
  Shape shape_;
  KeyList unlearned_;
  std::uint64_t objects_ = 0;  // numbered, for ShapeKey::seen_in

  // Of the current message.
  JsonRows* rows_ = nullptr;
  const char* text_ = nullptr;
  std::string_view original_;
  std::uint64_t seen_ = 0;
  std::size_t depth_ = 0;
  const char* problem_ = "";
  std::size_t problem_offset_ = 0;
  bool too_deep_ = false;
};

}  // namespace leat::formats
