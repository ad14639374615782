// The last step of every decoder: one reading's values, checked, become a row or a bad record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transports/formats/bad_records.h"
#include "transports/formats/decoder.h"
#include "transports/formats/scalar.h"

namespace leat::formats {

// What a decoder knows of a field.
struct FieldInfo {
  std::string name;
  data::Type type;
  TimeUnit unit = TimeUnit::kMillis;
  bool required = true;  // absent is an error
};

// Position by position the schema. kInvalidArgument for an unknown unit.
Result<std::vector<FieldInfo>> make_field_infos(const DecoderConfig& config);

// Holds the values of the reading in hand. The elements of a list go straight to its column's
// builder, and are abandoned when the reading turns out bad.
class RowBuilder {
 public:
  explicit RowBuilder(std::vector<FieldInfo> fields)
      : fields_(std::move(fields)), scalars_(fields_.size()) {}

  // `bound`: by field, kAbsent where the topic gives nothing; null when it gives nothing at all.
  // Everything given stays until the message is through.
  void begin_message(const MessageInfo& info, const std::vector<Scalar>* bound,
                     ports::SourceBatch& out, BadRecords& bad);
  // The message is malformed: the rows it gave go.
  void roll_back();

  void begin_reading() {
    for (Scalar& scalar : scalars_) scalar.state = Scalar::State::kAbsent;
  }
  const FieldInfo& field(std::size_t index) const { return fields_[index]; }
  std::size_t field_count() const { return fields_.size(); }
  // Of a list, the state says what it is; its elements are in the builder.
  Scalar& scalar(std::size_t index) { return scalars_[index]; }
  data::Column& list_builder(std::size_t index) { return out_->rows.columns[index].list_builder(); }
  // `text` is what the reading looks like in the message.
  void end_reading(std::string_view text);

 private:
  void apply_bound();
  bool check(std::string_view text);
  void append_row();
  void abandon_lists();

  std::vector<FieldInfo> fields_;
  std::vector<Scalar> scalars_;

  ports::SourceBatch* out_ = nullptr;
  BadRecords* bad_ = nullptr;
  const std::vector<Scalar>* bound_ = nullptr;
  TimestampMs received_ms_ = 0;
  std::size_t rows_before_ = 0;
  std::uint64_t differences_before_ = 0;
};

}  // namespace leat::formats
