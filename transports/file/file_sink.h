// Rows as lines at the end of a file.
#pragma once

#include <memory>
#include <string>

#include "core/ports/sink.h"
#include "transports/file/line_writer.h"

namespace leat::file {

// Appends a line a row; CSV has a header line where the file was empty. The file is made when it is
// absent, its directory is not: on a device a missing directory is often a medium that is not
// mounted. A file that ends in the middle of a line (a crash, a full disk) gets a line end first,
// so that what is new is not glued to it. Rows are in the file after flush(), on the medium after
// close(). Errors name the path: no such directory, permission, what is neither a regular file nor
// a character device, kLimit for a full disk.
class FileSink final : public ports::Sink {
 public:
  FileSink(std::unique_ptr<formats::Encoder> encoder, std::string path);
  ~FileSink() override;

  Result<void> open(const ports::SinkContext& context) override;
  Result<void> write(const data::Batch& rows) override;
  Result<void> flush() override;
  std::size_t in_flight() const override { return writer_.rows_buffered(); }
  // Again: harmless.
  Result<void> close() override;

 private:
  LineWriter writer_;
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace leat::file
