// One CSV record at a time (RFC 4180) out of a text.
#pragma once

#include <cstdint>
#include <vector>

#include "transports/formats/scan.h"

namespace leat::formats {

struct CsvCell {
  char* text = nullptr;  // unquoted; in the text that was given
  std::size_t size = 0;
  bool quoted = false;
};

// Reads a text that lies in a PaddedText; quotes are removed in place.
class CsvReader {
 public:
  explicit CsvReader(char delimiter) : delimiter_(delimiter) {}

  // Keeps at most `max_cells` cells of a record and counts the others.
  void start(char* text, std::size_t size, std::size_t max_cells) {
    at_ = text;
    end_ = text + size;
    max_cells_ = max_cells;
    seen_ = 0;
  }

  enum class Outcome : std::uint8_t { kRecord, kEnd, kMalformed };
  Outcome next();

  // Of the last record. A line with nothing on it is one empty, unquoted cell.
  const std::vector<CsvCell>& cells() const { return cells_; }
  std::size_t cell_count() const { return cell_count_; }
  const char* begin() const { return begin_; }
  const char* end() const { return record_end_; }  // before the line end
  bool may_have_non_ascii() const { return (seen_ & kHighBits) != 0; }
  // kMalformed: what, and where.
  const char* problem() const { return problem_; }
  const char* at() const { return at_; }

 private:
  bool read_cell(CsvCell& cell);
  bool read_quoted(CsvCell& cell);
  bool fail(char* p, const char* problem);

  char delimiter_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::size_t max_cells_ = 0;
  std::uint64_t seen_ = 0;
  std::vector<CsvCell> cells_;
  std::size_t cell_count_ = 0;
  const char* begin_ = nullptr;
  const char* record_end_ = nullptr;
  const char* problem_ = "";
};

}  // namespace leat::formats
