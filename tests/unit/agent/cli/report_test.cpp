#include <gtest/gtest.h>

#include "agent/cli/progress.h"
#include "agent/cli/summary.h"

namespace leat::cli {
namespace {

struct Fixture {
  job::NodeSpec source, node, sink;
  std::vector<runtime::NodeStatus> status;

  Fixture() {
    source.name = "in";
    source.role = job::Role::kSource;
    node.name = "w";
    node.role = job::Role::kTransform;
    sink.name = "out";
    sink.role = job::Role::kSink;
    status.resize(3);
    status[0].spec = &source;
    status[1].spec = &node;
    status[2].spec = &sink;
  }
};

TEST(Summary, HasEveryTermOfTheLedgers) {
  Fixture fixture;
  fixture.status[0].source.received.set(5);
  fixture.status[0].source.accepted.set(4);
  fixture.status[0].source.malformed.set(1);
  fixture.status[1].node.in.set(4);
  fixture.status[1].node.late.set(4);
  fixture.status[2].sink.emitted.set(2);
  fixture.status[2].sink.forwarded.set(2);
  EXPECT_EQ(summary_json({task_manager::JobState::kFinished, 12, fixture.status}),
            "{\"state\":\"FINISHED\",\"duration_ms\":12,\"sources\":{\"in\":{\"received\":5,"
            "\"accepted\":4,\"rejected\":0,\"malformed\":1,\"duplicate\":0,\"shed\":0,"
            "\"in_flight\":0}},\"nodes\":{\"w\":{\"in\":4,\"used\":0,\"filtered\":0,\"late\":4,"
            "\"errors\":0,\"in_flight\":0,\"out\":0}},\"sinks\":{\"out\":{\"emitted\":2,"
            "\"forwarded\":2,\"errors\":0,\"in_outbox\":0,\"dropped\":0}}}\n");
  EXPECT_EQ(summary_lines({task_manager::JobState::kFinished, 12, fixture.status}),
            (std::vector<std::string>{"  in: received 5, accepted 4, malformed 1",
                                      "  w: in 4, late 4", "  out: emitted 2, forwarded 2"}));
}

TEST(Progress, ShowsRatesSinceTheLastLookAndHowFarTheWatermarkIsBehind) {
  Fixture fixture;
  Progress progress;
  EXPECT_EQ(progress.line(fixture.status, 10'000, 0),
            "in 0 (0/s)  out 0 (0/s)  watermark none yet");
  fixture.status[0].source.received.set(12'000);
  fixture.status[0].watermark = 4'000;
  fixture.status[2].sink.emitted.set(30);
  EXPECT_EQ(progress.line(fixture.status, 10'000, 2'000),
            "in 12,000 (6,000/s)  out 30 (15/s)  watermark 1970-01-01T00:00:04.000Z  lag 6 s");
  fixture.status[0].watermark = kMaxTimestamp;
  EXPECT_EQ(progress.line(fixture.status, 10'000, 3'000), "in 12,000 (0/s)  out 30 (0/s)");
}

}  // namespace
}  // namespace leat::cli
