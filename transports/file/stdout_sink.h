// Rows as lines on standard output.
#pragma once

#include <memory>

#include "core/ports/sink.h"
#include "transports/file/line_writer.h"

namespace leat::file {

// Writes what it was given at each flush, a line a row (CSV: a header line first). The reader's
// pace is the job's: a full pipe blocks the write. The reader going away (EPIPE) is kCancelled,
// "standard output was closed": `leat run | head` is no failure. The process must ignore SIGPIPE.
class StdoutSink final : public ports::Sink {
 public:
  // The descriptor stays the caller's.
  explicit StdoutSink(std::unique_ptr<formats::Encoder> encoder, int descriptor = 1);

  Result<void> open(const ports::SinkContext& context) override;
  Result<void> write(const data::Batch& rows) override;
  Result<void> flush() override;
  std::size_t in_flight() const override { return writer_.rows_buffered(); }
  Result<void> close() override;

 private:
  LineWriter writer_;
  int descriptor_;
};

}  // namespace leat::file
