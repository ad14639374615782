#include "tests/contract/sink/sink_under_test.h"

namespace leat::contract {

data::SchemaPtr sink_schema() {
  return data::make_schema({{"n", data::kBigint}, {"s", data::kString}});
}

std::vector<SinkCase> sink_cases() {
  std::vector<SinkCase> all;
  for (const auto& some : {file_sink_cases(), sqlite_sink_cases()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace leat::contract
