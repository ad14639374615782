// A broken job file and everything that must be said about it, no more and no less.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/core/job/job_files.h"

namespace leat::job::testing {

struct Broken {
  std::string name;
  std::string text;
  // "LINE:COLUMN: part of the message", in order; "@: ..." is the place of the next @ in the text,
  // which is taken out of it.
  std::vector<std::string> expected;
};

inline void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

// Takes the @ out of a text; their places in what is left.
inline std::vector<std::string> take_marks(std::string& text) {
  std::vector<std::string> places;
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
    text.erase(at, 1);
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    places.push_back(std::to_string(line + 1) + ':' + std::to_string(at - begin + 1) + ": ");
  }
  return places;
}

inline void expect_diagnostics(const Broken& broken) {
  const bool marked = std::any_of(broken.expected.begin(), broken.expected.end(),
                                  [](const std::string& line) { return line[0] == '@'; });
  std::string text = broken.text;
  const std::vector<std::string> places = marked ? take_marks(text) : std::vector<std::string>();
  std::size_t next = 0;
  const LoadResult result = load(text);
  EXPECT_FALSE(result.graph.has_value());
  const std::vector<std::string> found = messages(result);
  std::string all;
  for (const std::string& line : found) all += "\n  " + line;
  ASSERT_EQ(found.size(), broken.expected.size()) << "found:" << all;
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string expected = broken.expected[i];
    if (expected[0] == '@') {
      ASSERT_LT(next, places.size());
      expected = places[next++] + expected.substr(3);
    }
    const std::size_t place = expected.find(": ") + 2;
    EXPECT_EQ(found[i].substr(0, place), expected.substr(0, place)) << "found:" << all;
    EXPECT_NE(found[i].find(expected.substr(place)), std::string::npos)
        << "expected \"" << expected << "\", found:" << all;
  }
}

}  // namespace leat::job::testing
