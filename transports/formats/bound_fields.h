// Fields whose text the topic gives.
#pragma once

#include <string_view>
#include <vector>

#include "transports/formats/bad_records.h"
#include "transports/formats/decoder.h"
#include "transports/formats/scalar.h"
#include "transports/formats/scan.h"

namespace leat::formats {

// Converts the bound texts of a message to their fields' types, once for all its readings.
class BoundFields {
 public:
  explicit BoundFields(const DecoderConfig& config);

  // `values` is then by field, kAbsent where the topic gives none; valid until the next call. False
  // when a text does not fit its field's type: the whole message has then been set aside.
  bool convert(std::string_view payload, const MessageInfo& info, BadRecords& bad,
               const std::vector<Scalar>*& values);

 private:
  std::vector<job::SourceField> fields_;
  std::vector<TimeUnit> units_;
  std::vector<Scalar> values_;
  std::vector<PaddedText> texts_;  // by position in MessageInfo::bound
};

// "the message has 2000000 bytes, the limit is 1048576"
std::string too_large_detail(std::uint64_t size_bytes, std::uint64_t limit_bytes);

}  // namespace leat::formats
