#include "transports/formats/json_walk.h"

#include "transports/formats/json_string.h"
#include "transports/formats/number.h"

namespace leat::formats {
namespace {

Found found_at(const char* p) {
  switch (*p) {
    case '{':
      return Found::kObject;
    case '[':
      return Found::kArray;
    case '"':
      return Found::kString;
    case 't':
    case 'f':
      return Found::kBoolean;
    case 'n':
      return Found::kNull;
    default:
      return Found::kNumber;
  }
}

}  // namespace

char* JsonWalk::fail(char* p, const char* problem) {
  problem_ = problem;
  problem_offset_ = static_cast<std::size_t>(p - text_);
  return nullptr;
}

JsonWalk::Verdict JsonWalk::walk(char* text, std::string_view original, JsonRows& rows) {
  rows_ = &rows;
  text_ = text;
  original_ = original;
  seen_ = 0;
  depth_ = 0;
  too_deep_ = false;
  shape_.begin_message();
  unlearned_.clear();
  char* p = message(skip_spaces(text));
  if (p != nullptr) {
    p = skip_spaces(p);
    if (p != text + original.size()) p = fail(p, "something follows the document");
  }
  if (p != nullptr) return Verdict::kWellFormed;
  return too_deep_ ? Verdict::kTooDeep : Verdict::kMalformed;
}

char* JsonWalk::message(char* p) {
  if (*p == '{') return reading(p);
  if (*p == '[') return readings(p);
  char* const end = skip_value(p, nullptr);
  if (end != nullptr) rows_->not_an_object(original_of(p, end), found_at(p));
  return end;
}

char* JsonWalk::reading(char* p) {
  rows_->begin_reading();
  char* const end = object(p, &shape_.root(), &tree_->root);
  if (end != nullptr) rows_->end_reading(original_of(p, end));
  return end;
}

char* JsonWalk::readings(char* p) {
  ++depth_;
  p = skip_spaces(p + 1);
  if (*p == ']') return p + 1;
  for (;;) {
    char* const begin = p;
    const Found found = found_at(p);
    p = found == Found::kObject ? reading(p) : skip_value(p, nullptr);
    if (p == nullptr) return nullptr;
    if (found != Found::kObject) rows_->not_an_object(original_of(begin, p), found);
    p = skip_spaces(p);
    if (*p == ']') return p + 1;
    if (*p != ',') return fail(p, "expected , or ] after an element");
    p = skip_spaces(p + 1);
  }
}

char* JsonWalk::object(char* p, ShapeNode* shape, const FieldNode* fields) {
  if (++depth_ > max_depth_) {
    too_deep_ = true;
    return fail(p, "nested too deeply");
  }
  const std::size_t mark = unlearned_.mark();
  p = skip_spaces(p + 1);
  p = *p == '}' ? p + 1 : members(p, shape, fields);
  if (p == nullptr) return nullptr;
  if (unlearned_.mark() != mark && !unlearned_.close(mark)) return fail(p - 1, "a key twice");
  --depth_;
  return p;
}

char* JsonWalk::members(char* p, ShapeNode* shape, const FieldNode* fields) {
  const std::uint64_t number = ++objects_;
  ShapeKey* no_prediction = nullptr;
  ShapeKey** prediction = shape != nullptr ? &shape->first : &no_prediction;
  for (;;) {
    if (*p != '"') return fail(p, "expected a key");
    ShapeKey* entry = *prediction;
    const FieldNode* wanted = nullptr;
    if (entry != nullptr && entry->matches(p + 1)) {
      p += 1 + entry->quoted_size;
      if (fields != nullptr) wanted = entry->fields;
      if (entry->non_ascii) seen_ |= kHighBits;
    } else {
      p = key(p, shape, fields, entry, wanted);
      if (p == nullptr) return nullptr;
      *prediction = entry;
    }
    if (entry != nullptr) {
      if (entry->seen_in == number) return fail(p - 1, "a key twice");
      entry->seen_in = number;
      prediction = &entry->next;
    } else {
      no_prediction = nullptr;
      prediction = &no_prediction;
    }
    p = skip_spaces(p);
    if (*p != ':') return fail(p, "expected : after a key");
    p = skip_spaces(p + 1);
    p = wanted != nullptr ? take_value(p, entry, *wanted) : skip_value(p, entry);
    if (p == nullptr) return nullptr;
    p = skip_spaces(p);
    if (*p == '}') return p + 1;
    if (*p != ',') return fail(p, "expected , or } after a value");
    p = skip_spaces(p + 1);
  }
}

// A key that is not the one predicted; `entry` stays null when there is no room to learn it.
char* JsonWalk::key(char* p, ShapeNode* shape, const FieldNode* fields, ShapeKey*& entry,
                    const FieldNode*& wanted) {
  std::string_view text;
  char* const end = read_string(p + 1, seen_, text);
  if (end == nullptr) return fail(p, "a malformed key");
  entry = shape != nullptr ? shape_.find_or_learn(*shape, text) : nullptr;
  if (entry == nullptr) unlearned_.add(text);
  if (fields != nullptr) wanted = entry != nullptr ? entry->fields : fields->find(text);
  return end;
}

char* JsonWalk::array(char* p, ShapeKey* entry, const FieldNode* fields) {
  if (++depth_ > max_depth_) {
    too_deep_ = true;
    return fail(p, "nested too deeply");
  }
  p = skip_spaces(p + 1);
  if (*p != ']') {
    for (;;) {
      p = fields != nullptr ? take_element(p, entry, *fields) : skip_value(p, entry);
      if (p == nullptr) return nullptr;
      p = skip_spaces(p);
      if (*p == ']') break;
      if (*p != ',') return fail(p, "expected , or ] after an element");
      p = skip_spaces(p + 1);
    }
  }
  --depth_;
  return p + 1;
}

char* JsonWalk::skip_literal(char* p, std::string_view literal) {
  if (std::string_view(p, literal.size()) != literal) return fail(p, "an unknown word");
  return p + literal.size();
}

// Objects below share the shape of the entry they are found under, arrays or not.
char* JsonWalk::skip_value(char* p, ShapeKey* entry) {
  char* end = nullptr;
  switch (*p) {
    case '"':
      end = skip_string(p + 1, seen_);
      return end != nullptr ? end : fail(p, "a malformed string");
    case '{':
      return object(p, child_shape(entry), nullptr);
    case '[':
      return array(p, entry, nullptr);
    case 't':
      return skip_literal(p, "true");
    case 'f':
      return skip_literal(p, "false");
    case 'n':
      return skip_literal(p, "null");
    default:
      end = skip_number(p);
      return end != nullptr ? end : fail(p, "expected a value");
  }
}

char* JsonWalk::take_value(char* p, ShapeKey* entry, const FieldNode& fields) {
  if (*p == '{') {
    rows_->take_object(fields);
    return object(p, child_shape(entry), &fields);
  }
  if (*p != '[') return take_scalar(p, fields);
  if (!rows_->enter_array(fields)) return array(p, entry, nullptr);
  p = array(p, entry, &fields);
  rows_->leave_array();
  return p;
}

char* JsonWalk::take_element(char* p, ShapeKey* entry, const FieldNode& fields) {
  rows_->begin_element(fields);
  if (*p == '{') {
    rows_->take_object(fields);
    p = object(p, child_shape(entry), &fields);
  } else if (*p == '[') {
    rows_->enter_array(fields);
    p = array(p, entry, nullptr);
  } else {
    p = take_scalar(p, fields);
  }
  if (p != nullptr) rows_->end_element(fields);
  return p;
}

char* JsonWalk::take_scalar(char* p, const FieldNode& fields) {
  JsonScalar value;
  char* end = nullptr;
  switch (*p) {
    case '"': {
      std::string_view text;
      end = read_string(p + 1, seen_, text);
      if (end == nullptr) return fail(p, "a malformed string");
      value.kind = Found::kString;
      value.text = p + 1;
      value.size = text.size();
      break;
    }
    case 't':
    case 'f':
      end = skip_literal(p, *p == 't' ? "true" : "false");
      value.kind = Found::kBoolean;
      value.boolean = *p == 't';
      break;
    case 'n':
      end = skip_literal(p, "null");
      break;
    default:
      end = p + (scan_number(p, value.number) != nullptr ? value.number.end - p : 0);
      if (end == p) return fail(p, "expected a value");
      value.kind = Found::kNumber;
      break;
  }
  if (end != nullptr) rows_->take_scalar(fields, value);
  return end;
}

}  // namespace leat::formats
