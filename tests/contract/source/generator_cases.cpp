#include <gtest/gtest.h>

#include "tests/contract/source/source_under_test.h"
#include "transports/generator/generator_source.h"

namespace leat::contract {
namespace {

class Generator final : public SourceUnderTest {
 public:
  explicit Generator(double rate) {
    config_.rate = rate;
    config_.count = 500;
    config_.out_of_orderness_ms = 3000;
  }
  std::unique_ptr<ports::Source> make() override {
    auto made = generator::GeneratorSource::make(config_);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  data::SchemaPtr schema() const override { return generator::GeneratorSource::schema(); }
  std::size_t rows() const override { return 500; }
  bool ends() const override { return true; }
  bool seekable() const override { return true; }

 private:
  generator::GeneratorConfig config_;
};

}  // namespace

std::vector<SourceCase> generator_cases() {
  return {{"generator", [] { return std::make_unique<Generator>(0); }},
          {"generator_paced", [] { return std::make_unique<Generator>(7); }}};
}

}  // namespace leat::contract
