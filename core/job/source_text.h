// The text of a job file: checked as bytes, ${...} filled in, and positions mapped back to the file
// as written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/load.h"

namespace leat::job {

inline constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
// After ${...} is filled in: a short file must not become a huge one.
inline constexpr std::size_t kMaxFilledBytes = std::size_t{8} << 20;

// Immutable. Offsets are bytes of text(), the text with ${...} filled in and without a byte order
// mark.
class SourceText {
 public:
  struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
  };

  // Defects go to `defects`. What cannot be read at all (size, UTF-8, control characters) gives no
  // text. A ${...} that cannot be filled in leaves a placeholder, which is_hole() knows, so that
  // the rest of the file can still be checked.
  static std::optional<SourceText> make(std::string_view written, const Environment& environment,
                                        std::vector<Diagnostic>& defects);

  const std::string& text() const { return text_; }
  // Where that byte came from; what a ${...} gave is at the place of its `$`.
  Place place(std::size_t offset) const;
  // Whether a ${...} that could not be filled in touches [begin, end).
  bool is_hole(std::size_t begin, std::size_t end) const;

 private:
  // text_[begin...] is written[from...], byte by byte when `verbatim`.
  struct Segment {
    std::size_t begin = 0;
    std::size_t from = 0;
    bool verbatim = true;
    bool hole = false;
  };
  class Filler;

  void index_lines(std::string_view written);
  Place place_in_file(std::size_t offset) const;

  std::string text_;
  std::vector<Segment> segments_;
  std::vector<std::size_t> line_starts_;
  std::size_t written_size_ = 0;
};

}  // namespace leat::job
