// What the suite needs of a sink to hold it to its contract.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/sink.h"

namespace leat::contract {

// All sinks get rows of (n bigint, s string).
data::SchemaPtr sink_schema();

class SinkUnderTest {
 public:
  virtual ~SinkUnderTest() = default;

  // A sink to the destination, not opened.
  virtual std::unique_ptr<ports::Sink> make() = 0;
  // What a reader of the destination sees now, in order: "<n> <s>", null as "null".
  virtual std::vector<std::string> seen() = 0;
  // A sink whose destination cannot take anything: opening it, or the first flush, fails.
  virtual std::unique_ptr<ports::Sink> make_broken() = 0;
};

struct SinkCase {
  std::string name;
  std::function<std::unique_ptr<SinkUnderTest>()> make;
};

// All implementations.
std::vector<SinkCase> sink_cases();

// By implementation; each in its own file.
std::vector<SinkCase> file_sink_cases();
std::vector<SinkCase> sqlite_sink_cases();

}  // namespace leat::contract
