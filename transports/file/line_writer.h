// The part that the file and stdout sinks share: rows to lines in a buffer, the buffer to a file
// descriptor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/ports/ledger.h"
#include "transports/formats/encoder.h"

namespace leat::file {

// Not thread-safe. Owns the buffer, not the descriptor. After an error the buffer still holds what
// was not written, so nothing is lost silently; a half-written line is what the descriptor then
// ends with.
class LineWriter {
 public:
  explicit LineWriter(std::unique_ptr<formats::Encoder> encoder);

  // `name` is for error messages; `ledger` may be null. `length_bytes` is what the file holds
  // already.
  void attach(int descriptor, std::string name, ports::SinkLedger* ledger,
              std::int64_t length_bytes = 0);
  // The format's first line, if it has one.
  void append_header();
  void append_line_end() { buffer_ += '\n'; }
  // Encodes all rows; writes whenever the buffer passes kFlushBytes.
  Result<void> append(const data::Batch& rows);
  // Writes all of the buffer; goes on after partial writes and interruptions. Waits for a pipe that
  // is full. EPIPE is kCancelled, "<name> was closed".
  Result<void> flush();

  std::size_t rows_buffered() const { return rows_buffered_; }
  // What the descriptor has taken, with length_bytes.
  std::int64_t length_bytes() const { return length_bytes_; }

  static constexpr std::size_t kFlushBytes = 256 * 1024;

 private:
  std::unique_ptr<formats::Encoder> encoder_;
  std::string buffer_;
  std::size_t rows_buffered_ = 0;
  int descriptor_ = -1;
  std::string name_;
  ports::SinkLedger* ledger_ = nullptr;
  std::int64_t length_bytes_ = 0;
};

// "cannot <what> <name>: <text of errno>", with a code that fits errno.
Error errno_error(const std::string& what, const std::string& name, int number);

}  // namespace leat::file
