// State that comes back damaged: an Error or an operator that works, never a crash.
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/core/windows/window_fixture.h"

namespace leat::windows {
namespace {

WindowConfig with_everything(WindowConfig config) {
  // Numbers, texts, lists, sets and a sketch hang from the cells.
  WindowConfig aggregates = window_config(config.shape, {},
                                          {{"sum", "sum(n)"},
                                           {"avg", "avg(x)"},
                                           {"first", "first(id)"},
                                           {"list", "collect_list(n)"},
                                           {"distinct", "count(DISTINCT n)"},
                                           {"median", "approx_percentile(x, 0.5)"}});
  config.aggregates = std::move(aggregates.aggregates);
  return config;
}

void feed(harness::OperatorHarness& harness) {
  for (int i = 0; i < 12; ++i) {
    const Value id = i % 4 == 0 ? Value() : Value("k" + std::to_string(i % 4));
    harness.element({id, i, i * 0.5}, i * 3);
  }
  harness.watermark(22);
  harness.element({"k1", 99, 1.0}, 21);
  harness.element({"k1", 99, 1.0}, 24);
}

// Works on after a restore of whatever it accepted.
void use(harness::OperatorHarness& harness) {
  harness.element({"k1", 5, 5.0}, 40);
  harness.element({"k9", 6, 6.0}, 41);
  harness.watermark(200);
  harness.snapshot();
  harness.take_rows();
}

std::vector<WindowConfig> every_shape() {
  std::vector<WindowConfig> configs = {
      tumbling(10),  sliding(20, 5), sliding(20, 5, 0, 30),          session(7, 10),
      counted(4, 4), counted(5, 2),  sum_by_id(WindowShape::kGlobal)};
  for (WindowConfig& config : configs) config = with_everything(std::move(config));
  return configs;
}

// The operator alone, without the harness's own checks of what it reads.
Result<void> restore_into(const WindowConfig& config, std::string_view bytes) {
  const harness::OperatorSetup setup = window_setup(config);
  const auto op = setup.make();
  base::ByteReader in(bytes);
  LEAT_TRY(op->restore(in));
  harness::CollectingOutput out(setup.outputs);
  data::Batch batch(window_input());
  batch.append_values({"k1", 5, 5.0}, 40);
  batch.append_values({"k9", 6, 6.0}, 41);
  LEAT_TRY(op->process(0, std::move(batch), out));
  base::ByteWriter again;
  op->snapshot(again);
  return op->end_input(out);
}

TEST(WindowSnapshotTest, TruncatedStateIsAnError) {
  for (const WindowConfig& config : every_shape()) {
    harness::OperatorHarness harness(window_setup(config));
    feed(harness);
    const std::string good = harness.snapshot();
    for (std::size_t size = 0; size < good.size(); ++size) {
      const auto restored = restore_into(config, std::string_view(good).substr(0, size));
      EXPECT_FALSE(restored.ok()) << size << " of " << good.size();
    }
  }
}

TEST(WindowSnapshotTest, FlippedBitsNeverCrash) {
  for (const WindowConfig& config : every_shape()) {
    harness::OperatorHarness harness(window_setup(config));
    feed(harness);
    const std::string good = harness.snapshot();
    std::size_t refused = 0;
    for (std::size_t byte = 0; byte < good.size(); ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string bad = good;
        bad[byte] = static_cast<char>(bad[byte] ^ 1 << bit);
        refused += restore_into(config, bad).ok() ? 0 : 1;
      }
    }
    EXPECT_GT(refused, 0u);
  }
}

TEST(WindowSnapshotTest, StateOfOtherWindowsIsRefused) {
  const std::vector<WindowConfig> configs = every_shape();
  for (std::size_t from = 0; from < configs.size(); ++from) {
    harness::OperatorHarness harness(window_setup(configs[from]));
    feed(harness);
    const std::string bytes = harness.snapshot();
    for (std::size_t to = 0; to < configs.size(); ++to) {
      // An allowance may change between two runs.
      const bool same = configs[from].shape == configs[to].shape &&
                        configs[from].size_ms == configs[to].size_ms &&
                        configs[from].count_size == configs[to].count_size;
      EXPECT_EQ(restore_into(configs[to], bytes).ok(), same) << from << " " << to;
    }
  }
}

TEST(WindowSnapshotTest, AnEmptyOperatorComesBack) {
  for (const WindowConfig& config : every_shape()) {
    harness::OperatorHarness harness(window_setup(config));
    harness.snapshot_and_restore();
    use(harness);
    EXPECT_FALSE(harness.take_error().has_value());
  }
}

}  // namespace
}  // namespace leat::windows
