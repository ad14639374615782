#include "tests/contract/source/source_under_test.h"

namespace leat::contract {

std::vector<SourceCase> source_cases() {
  std::vector<SourceCase> all;
  for (const auto& some : {file_cases(), generator_cases(), socket_cases()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace leat::contract
