#include "transports/formats/bad_records.h"

#include <utility>

namespace leat::formats {

void BadRecords::push(ports::BadReason reason, std::string_view payload, std::string detail) {
  ports::BadRecord record;
  record.payload = payload.substr(0, kMaxBadPayload);
  record.topic = info_.topic;
  record.reason = reason;
  record.detail = std::move(detail);
  record.received_ms = info_.received_ms;
  record.before_row = out_.rows.rows();
  out_.bad.push_back(std::move(record));
}

void BadRecords::merge() {
  ++merged_;
  out_.bad.back().detail =
      "and " + std::to_string(merged_) + " more bad readings of the same message";
}

void BadRecords::replace(ports::BadReason reason, std::string_view payload, std::string detail) {
  out_.bad.resize(before_);
  merged_ = 0;
  push(reason, payload, std::move(detail));
}

}  // namespace leat::formats
