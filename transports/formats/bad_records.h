// What of a message is set aside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transports/formats/decoder.h"

namespace leat::formats {

inline constexpr std::size_t kMaxBadPayload = 64 << 10;

// A small message can hold very many bad readings ("[1,1,1,...]"), and each record takes more than
// a hundred bytes: from this many on in one message, the others share one record.
inline constexpr std::size_t kMaxBadOfMessage = 1000;

// Appends bad records of one message to a batch.
class BadRecords {
 public:
  BadRecords(const MessageInfo& info, ports::SourceBatch& out)
      : info_(info), out_(out), before_(out.bad.size()) {}

  // `detail` is called for the records that are kept.
  template <class Detail>
  void add(ports::BadReason reason, std::string_view payload, Detail&& detail) {
    if (out_.bad.size() - before_ < kMaxBadOfMessage) {
      push(reason, payload, detail());
    } else {
      merge();
    }
  }
  // The whole message is bad: the records that it gave before go.
  void replace(ports::BadReason reason, std::string_view payload, std::string detail);

 private:
  void push(ports::BadReason reason, std::string_view payload, std::string detail);
  void merge();

  const MessageInfo& info_;
  ports::SourceBatch& out_;
  std::size_t before_;
  std::size_t merged_ = 0;
};

}  // namespace leat::formats
