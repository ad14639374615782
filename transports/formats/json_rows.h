// From the values that the walk over a JSON message finds to the fields of a reading.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "transports/formats/field_tree.h"
#include "transports/formats/row_builder.h"

namespace leat::formats {

// A scalar of the document. `text` (kString) lies in the decoder's buffer.
struct JsonScalar {
  Found kind = Found::kNull;  // kNull, kBoolean, kNumber, kString
  bool boolean = false;
  Number number;
  char* text = nullptr;
  std::size_t size = 0;
};

class JsonRows {
 public:
  JsonRows(const FieldTree* tree, std::vector<FieldInfo> fields)
      : tree_(tree), builder_(std::move(fields)), element_counts_(builder_.field_count()) {}

  void begin_message(const MessageInfo& info, const std::vector<Scalar>* bound,
                     ports::SourceBatch& out, BadRecords& bad) {
    bad_ = &bad;
    builder_.begin_message(info, bound, out, bad);
  }
  void roll_back() { builder_.roll_back(); }

  void begin_reading() {
    in_array_ = false;
    builder_.begin_reading();
  }
  // `text` is what the reading looks like in the message.
  void end_reading(std::string_view text) { builder_.end_reading(text); }
  void not_an_object(std::string_view text, Found found);

  // The value at `node` is a scalar; an object; an array. Within an array that a list crosses (see
  // enter_array) it is an element.
  void take_scalar(const FieldNode& node, const JsonScalar& value);
  void take_object(const FieldNode& node);
  // True when the elements are wanted: each is then bracketed by begin_element and end_element, and
  // all of them followed by leave_array.
  bool enter_array(const FieldNode& node);
  void leave_array() { in_array_ = false; }
  void begin_element(const FieldNode& node);
  void end_element(const FieldNode& node);

 private:
  void put(std::uint32_t index, const JsonScalar& value);
  void put_element(std::uint32_t index, const JsonScalar& value);

  const FieldTree* tree_;
  RowBuilder builder_;
  BadRecords* bad_ = nullptr;
  bool in_array_ = false;
  std::vector<std::size_t> element_counts_;  // of lists, before the current element
};

}  // namespace leat::formats
