#include "transports/file/stdout_sink.h"

#include <utility>

namespace leat::file {

StdoutSink::StdoutSink(std::unique_ptr<formats::Encoder> encoder, int descriptor)
    : writer_(std::move(encoder)), descriptor_(descriptor) {}

Result<void> StdoutSink::open(const ports::SinkContext& context) {
  writer_.attach(descriptor_, "standard output", context.ledger);
  writer_.append_header();
  return {};
}

Result<void> StdoutSink::write(const data::Batch& rows) { return writer_.append(rows); }

Result<void> StdoutSink::flush() { return writer_.flush(); }

Result<void> StdoutSink::close() { return writer_.flush(); }

}  // namespace leat::file
