#include "core/job/source_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/text.h"

namespace leat::job {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// The first byte that a text file has no business with.
std::size_t first_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (is_control(text[i]) || lone_return) return i;
  }
  return std::string_view::npos;
}

std::string hex(char c) {
  std::array<char, 8> buffer;
  std::snprintf(buffer.data(), buffer.size(), "0x%02x", static_cast<unsigned char>(c));
  return buffer.data();
}

}  // namespace

// Copies the file over, line by line, filling in ${...}.
class SourceText::Filler {
 public:
  Filler(SourceText& out, std::string_view written, const Environment& environment,
         std::vector<Diagnostic>& defects)
      : out_(out), written_(written), environment_(environment), defects_(defects) {}

  void run(std::size_t begin) {
    at_ = begin;
    verbatim();
    while (at_ < written_.size() && out_.text_.size() <= kMaxFilledBytes) {
      std::size_t end = written_.find('\n', at_);
      end = end == std::string_view::npos ? written_.size() : end + 1;
      line(end);
    }
    if (out_.text_.size() > kMaxFilledBytes) {
      defect(std::min(at_, written_.size()),
             "with ${...} filled in the file is larger than 8 MiB; the values are too large");
    }
  }

 private:
  void line(std::size_t end) {
    const std::size_t first = written_.find_first_not_of(" \t", at_);
    const bool comment = first < end && written_[first] == '#';
    while (at_ < end) {
      const std::size_t dollar = comment ? end : find_in_line('$', end);
      out_.text_.append(written_.substr(at_, dollar - at_));
      at_ = dollar;
      if (at_ == end) return;
      const char next = at_ + 1 < end ? written_[at_ + 1] : '\0';
      if (next == '$') {
        out_.text_ += '$';
        at_ += 2;
        verbatim();
      } else if (next == '{') {
        fill(end);
      } else {
        out_.text_ += '$';
        ++at_;
      }
    }
  }

  // Never looks beyond the line, which would make long files slow.
  std::size_t find_in_line(char c, std::size_t end) const {
    const std::size_t found = written_.substr(at_, end - at_).find(c);
    return found == std::string_view::npos ? end : at_ + found;
  }

  // At `${`.
  void fill(std::size_t line_end) {
    const std::size_t begin = at_;
    const std::size_t close = find_in_line('}', line_end);
    if (close == line_end) {
      defect(begin,
             "\"${\" is not closed on this line; expected ${NAME}, ${NAME:-default} or "
             "${NAME:?message} (a plain $ is written $$)");
      at_ = line_end;
      while (at_ > begin && (written_[at_ - 1] == '\n' || written_[at_ - 1] == '\r')) --at_;
      hole(begin);
      return;
    }
    const std::string_view inside = written_.substr(begin + 2, close - begin - 2);
    at_ = close + 1;
    const auto value = resolve(begin, inside);
    if (!value) return hole(begin);
    out_.segments_.push_back({out_.text_.size(), begin, false, false});
    out_.text_ += *value;
    verbatim();
  }

  std::optional<std::string> resolve(std::size_t begin, std::string_view inside) {
    std::size_t length = 0;
    if (!inside.empty() && is_name_start(inside[0])) {
      while (length < inside.size() && is_name_part(inside[length])) ++length;
    }
    const std::string name(inside.substr(0, length));
    const std::string_view rest = inside.substr(length);
    const bool has_default = rest.starts_with(":-");
    const bool has_message = rest.starts_with(":?");
    if (name.empty() || (!rest.empty() && !has_default && !has_message)) {
      return defect(begin, "\"${" + std::string(inside) +
                               "}\" is not understood; expected ${NAME}, "
                               "${NAME:-default} or ${NAME:?message} (a plain $ is written $$)");
    }
    const std::string_view argument = rest.size() >= 2 ? rest.substr(2) : std::string_view();
    if (argument.find("${") != std::string_view::npos) {
      return defect(begin, "${" + name + "...} holds another ${...}; they do not nest");
    }
    auto value = environment_ ? environment_(name) : std::nullopt;
    if (has_default && (!value || value->empty())) return std::string(argument);
    if (has_message && (!value || value->empty())) {
      return defect(begin, name + " is not set: " + std::string(argument));
    }
    if (!value) {
      return defect(begin, name +
                               " is not set in the environment; set it, or give a default as "
                               "${" +
                               name + ":-default}");
    }
    return check(begin, name, std::move(*value));
  }

  std::optional<std::string> check(std::size_t begin, const std::string& name, std::string value) {
    if (value.find_first_of("\n\r") != std::string::npos) {
      return defect(begin, "the value of " + name + " holds a line end; expected one line");
    }
    if (!base::is_valid_utf8(value)) {
      return defect(begin, "the value of " + name + " is not UTF-8");
    }
    if (first_control(value) != std::string_view::npos) {
      return defect(begin, "the value of " + name + " holds a control character");
    }
    return value;
  }

  std::nullopt_t defect(std::size_t offset, std::string message) {
    const Place place = out_.place_in_file(offset);
    defects_.push_back(
        {Diagnostic::Severity::kError, place.line, place.column, std::move(message)});
    return std::nullopt;
  }
  void verbatim() { out_.segments_.push_back({out_.text_.size(), at_, true, false}); }
  void hole(std::size_t begin) {
    out_.segments_.push_back({out_.text_.size(), begin, false, true});
    out_.text_ += '_';
    verbatim();
  }

  SourceText& out_;
  std::string_view written_;
  const Environment& environment_;
  std::vector<Diagnostic>& defects_;
  std::size_t at_ = 0;
};

void SourceText::index_lines(std::string_view written) {
  written_size_ = written.size();
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\n') line_starts_.push_back(i + 1);
  }
}

SourceText::Place SourceText::place_in_file(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1};
}

SourceText::Place SourceText::place(std::size_t offset) const {
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), offset,
                       [](std::size_t at, const Segment& segment) { return at < segment.begin; });
  if (after == segments_.begin()) return place_in_file(0);
  const Segment& segment = *(after - 1);
  const std::size_t from = segment.from + (segment.verbatim ? offset - segment.begin : 0);
  return place_in_file(std::min(from, written_size_));
}

bool SourceText::is_hole(std::size_t begin, std::size_t end) const {
  auto segment =
      std::lower_bound(segments_.begin(), segments_.end(), begin,
                       [](const Segment& s, std::size_t offset) { return s.begin < offset; });
  for (; segment != segments_.end() && segment->begin < end; ++segment) {
    if (segment->hole) return true;
  }
  return false;
}

std::optional<SourceText> SourceText::make(std::string_view written, const Environment& environment,
                                           std::vector<Diagnostic>& defects) {
  SourceText source;
  const auto refuse = [&](std::size_t offset, std::string message) {
    const Place place = source.place_in_file(offset);
    defects.push_back({Diagnostic::Severity::kError, place.line, place.column, std::move(message)});
    return std::nullopt;
  };
  if (written.size() > kMaxFileBytes) {
    source.line_starts_.push_back(0);
    return refuse(0, "the file is larger than 4 MiB; expected a job file");
  }
  source.index_lines(written);
  const std::size_t invalid = base::first_invalid_utf8(written);
  if (invalid != std::string_view::npos) {
    return refuse(invalid, "invalid UTF-8 (byte " + hex(written[invalid]) + "); expected UTF-8");
  }
  const std::size_t control = first_control(written);
  if (control != std::string_view::npos) {
    return refuse(control,
                  written[control] == '\r'
                      ? std::string("a carriage return without a line feed; expected "
                                    "lines that end with a line feed")
                      : "a control character (" + hex(written[control]) + "); expected text");
  }
  const std::size_t defects_before = defects.size();
  const std::size_t begin = written.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  Filler(source, written, environment, defects).run(begin);
  if (source.text_.size() > kMaxFilledBytes && defects.size() > defects_before) return std::nullopt;
  return source;
}

}  // namespace leat::job
