#include "transports/formats/csv_record.h"

namespace leat::formats {

bool CsvReader::fail(char* p, const char* problem) {
  at_ = p;
  problem_ = problem;
  return false;
}

CsvReader::Outcome CsvReader::next() {
  if (at_ == end_) return Outcome::kEnd;
  begin_ = at_;
  cells_.clear();
  cell_count_ = 0;
  for (;;) {
    CsvCell cell;
    if (!read_cell(cell)) return Outcome::kMalformed;
    if (cell_count_++ < max_cells_) cells_.push_back(cell);
    if (at_ == end_ || *at_ != delimiter_) break;
    ++at_;
  }
  record_end_ = at_;
  if (at_ != end_ && *at_ == '\r') ++at_;
  if (at_ != end_) ++at_;
  return Outcome::kRecord;
}

// Leaves at_ at a delimiter, a line end, or the end.
bool CsvReader::read_cell(CsvCell& cell) {
  if (at_ != end_ && *at_ == '"') return read_quoted(cell);
  char* p = at_;
  for (;;) {
    const std::uint64_t word = load8(p);
    const std::uint64_t mask =
        mark_equal(word, delimiter_) | mark_equal(word, '"') | mark_control(word);
    seen_ |= word;
    if (mask == 0) {
      p += 8;
      continue;
    }
    p += first_marked(mask);
    if (p == end_ || *p == delimiter_ || *p == '\n') break;
    if (*p == '"') return fail(p, "a quote within an unquoted field");
    if (*p == '\r') {
      if (p + 1 != end_ && p[1] == '\n') break;
      return fail(p, "a carriage return without a line feed");
    }
    ++p;  // another control character is text
  }
  cell.text = at_;
  cell.size = static_cast<std::size_t>(p - at_);
  at_ = p;
  return true;
}

bool CsvReader::read_quoted(CsvCell& cell) {
  cell.quoted = true;
  cell.text = at_ + 1;
  char* p = cell.text;
  char* out = p;
  for (;;) {
    char* const run = p;
    for (;;) {
      const std::uint64_t word = load8(p);
      const std::uint64_t mask = mark_equal(word, '"') | mark_equal(word, '\0');
      seen_ |= word;
      if (mask == 0) {
        p += 8;
        continue;
      }
      p += first_marked(mask);
      if (p == end_ || *p == '"') break;
      ++p;  // a NUL is text
    }
    if (out != run) std::memmove(out, run, static_cast<std::size_t>(p - run));
    out += p - run;
    if (p == end_) return fail(at_, "a quote that is not closed");
    if (p[1] != '"' || p + 1 == end_) break;
    *out++ = '"';
    p += 2;
  }
  ++p;
  const bool line_end = *p == '\n' || (*p == '\r' && p + 1 != end_ && p[1] == '\n');
  if (p != end_ && *p != delimiter_ && !line_end) return fail(p, "text after a closing quote");
  cell.size = static_cast<std::size_t>(out - cell.text);
  at_ = p;
  return true;
}

}  // namespace leat::formats
