// What the suite needs of a source to hold it to its contract.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/env/clock.h"
#include "core/ports/source.h"

namespace leat::contract {

class SourceUnderTest {
 public:
  virtual ~SourceUnderTest() = default;

  // A new source over the same input, not opened. Every source reads the same rows.
  virtual std::unique_ptr<ports::Source> make() = 0;
  // Called while a source is quiet and rows are still expected: lets the outside act. The clock
  // stands at the time the source asked for, if it did.
  virtual void turn() {}

  virtual data::SchemaPtr schema() const = 0;
  virtual std::size_t rows() const = 0;  // that the input holds
  virtual bool ends() const = 0;         // bounded
  virtual bool seekable() const = 0;
};

struct SourceCase {
  std::string name;
  std::function<std::unique_ptr<SourceUnderTest>()> make;
};

// All implementations.
std::vector<SourceCase> source_cases();

// By implementation; each in its own file.
std::vector<SourceCase> file_cases();
std::vector<SourceCase> generator_cases();
std::vector<SourceCase> socket_cases();

}  // namespace leat::contract
