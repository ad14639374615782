#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/transports/file/gzip.h"
#include "tests/unit/transports/file/source_feed.h"
#include "tests/unit/transports/file/support.h"
#include "transports/file/file_source.h"

namespace leat::file {
namespace {

using Texts = std::vector<std::string>;

FileSourceConfig follow(FileSourceConfig config) {
  config.follow = true;
  return config;
}

struct FollowFeed : Feed {
  explicit FollowFeed(const FileSourceConfig& config) : Feed(follow(config), 1'000'000) {}
  Texts after(DurationMs wait_ms) {
    clock.advance(wait_ms);
    Texts got = lines();
    EXPECT_EQ(status, ports::SourceStatus::kQuiet);
    return got;
  }
};

TEST(FileSourceFollow, WaitsForAppendedLinesAndTheirEnds) {
  const TempDir dir;
  put(dir / "log", "1\n2");
  FollowFeed feed(text_config(dir / "log"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  put(dir / "log", "x\n3\n", true);
  EXPECT_EQ(feed.after(kFollowIntervalMs), (Texts{"2x", "3"}));
  EXPECT_EQ(feed.after(kFollowIntervalMs), Texts{});
  put(dir / "log", "4\n", true);
  EXPECT_EQ(feed.after(kFollowIntervalMs), Texts{"4"});
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceFollow, LooksAtItsIntervalOnly) {
  const TempDir dir;
  put(dir / "log", "1\n");
  FollowFeed feed(text_config(dir / "log"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  feed.after(kFollowIntervalMs);
  const TimestampMs now_ms = feed.clock.now_ms();
  EXPECT_EQ(feed.source->wake_at_ms(), now_ms + kFollowIntervalMs);
  put(dir / "log", "2\n", true);
  EXPECT_EQ(feed.after(kFollowIntervalMs - 1), Texts{});
  EXPECT_EQ(feed.source->wake_at_ms(), now_ms + kFollowIntervalMs);
  EXPECT_EQ(feed.after(1), Texts{"2"});
}

TEST(FileSourceFollow, FilesMayAppearLater) {
  const TempDir dir;
  FollowFeed feed(text_config(dir / "*.log"));
  EXPECT_EQ(feed.after(0), Texts{});
  put(dir / "b.log", "1\n");
  EXPECT_EQ(feed.after(kRescanMs), Texts{"1"});
  put(dir / "a.log", "2\n");
  put(dir / "other", "no\n");
  put(dir / "b.log", "3\n", true);
  Texts got = feed.after(kRescanMs);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (Texts{"2", "3"}));
}

TEST(FileSourceFollow, ADirectoryThatAppearsLater) {
  const TempDir dir;
  FollowFeed feed(text_config(dir / "sub/*.log"));
  EXPECT_EQ(feed.after(0), Texts{});
  ASSERT_EQ(::mkdir((dir / "sub").c_str(), 0700), 0);
  put(dir / "sub/a.log", "1\n");
  EXPECT_EQ(feed.after(kRescanMs), Texts{"1"});
}

TEST(FileSourceFollow, RotationReadsTheOldFileToItsEnd) {
  const TempDir dir;
  put(dir / "app.log", "1\n");
  FollowFeed feed(text_config(dir / "app.log"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  ASSERT_EQ(std::rename((dir / "app.log").c_str(), (dir / "app.log.1").c_str()), 0);
  // Its writer still holds it open.
  put(dir / "app.log.1", "2\n3", true);
  put(dir / "app.log", "new\n");
  EXPECT_EQ(feed.after(kRescanMs), (Texts{"2", "new"}));
  put(dir / "app.log.1", "3\n4", true);
  EXPECT_EQ(feed.after(kRescanMs), Texts{"33"});
  // After the grace time it is closed; what is left of a line is a line.
  EXPECT_EQ(feed.after(kGraceMs), Texts{"4"});
  put(dir / "app.log.1", "lost\n", true);
  EXPECT_EQ(feed.after(kRescanMs), Texts{});
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceFollow, RenamedWithinThePatternIsNotReadAgain) {
  const TempDir dir;
  put(dir / "app.log", "1\n");
  FollowFeed feed(text_config(dir / "app.log*"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  ASSERT_EQ(std::rename((dir / "app.log").c_str(), (dir / "app.log.1").c_str()), 0);
  put(dir / "app.log", "2\n");
  EXPECT_EQ(feed.after(kRescanMs), Texts{"2"});
  feed.after(kGraceMs + kRescanMs);
  put(dir / "app.log.1", "3\n", true);  // still followed
  EXPECT_EQ(feed.after(kRescanMs), Texts{"3"});
}

TEST(FileSourceFollow, ARemovedFileIsLetGo) {
  const TempDir dir;
  put(dir / "a", "1\nrest");
  FollowFeed feed(text_config(dir / "a"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  ASSERT_EQ(::unlink((dir / "a").c_str()), 0);
  EXPECT_EQ(feed.after(kRescanMs), Texts{});
  EXPECT_EQ(feed.after(kGraceMs), Texts{"rest"});
  put(dir / "a", "2\n");
  EXPECT_EQ(feed.after(kRescanMs), Texts{"2"});
}

TEST(FileSourceFollow, TruncationStartsAnew) {
  const TempDir dir;
  put(dir / "a", "1111111\nhalf");
  FollowFeed feed(text_config(dir / "a"));
  EXPECT_EQ(feed.after(0), Texts{"1111111"});
  put(dir / "a", "2\n");  // the same inode, shorter
  Texts got = feed.after(kFollowIntervalMs);
  for (int i = 0; i < 2; ++i) {
    for (std::string& line : feed.after(kFollowIntervalMs)) got.push_back(line);
  }
  EXPECT_EQ(got, (Texts{"half", "2"}));
  put(dir / "a", "3\n", true);
  EXPECT_EQ(feed.after(kFollowIntervalMs), Texts{"3"});
}

TEST(FileSourceFollow, GzipThatIsStillBeingCopied) {
  const TempDir dir;
  const std::string packed = gzip("1\n2\n");
  put(dir / "a.gz", packed.substr(0, 1));
  FollowFeed feed(text_config(dir / "a.gz"));
  EXPECT_EQ(feed.after(0), Texts{});
  put(dir / "a.gz", packed.substr(1, packed.size() - 5), true);
  EXPECT_EQ(feed.after(kFollowIntervalMs), (Texts{"1", "2"}));
  put(dir / "a.gz", packed.substr(packed.size() - 4), true);
  EXPECT_EQ(feed.after(kFollowIntervalMs), Texts{});
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceFollow, GzipCutShortAndRemovedIsABadRecord) {
  const TempDir dir;
  const std::string packed = gzip("1\n2\n");
  put(dir / "a.gz", packed.substr(0, packed.size() - 4));
  FollowFeed feed(text_config(dir / "a.gz"));
  feed.after(0);
  ASSERT_EQ(::unlink((dir / "a.gz").c_str()), 0);
  feed.after(kRescanMs);
  feed.after(kGraceMs);
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_EQ(feed.bad[0].detail, "the gzip data ends too early");
}

TEST(FileSourceFollow, DamageIsReportedOnceAndTheFileLeft) {
  const TempDir dir;
  put(dir / "a.gz", gzip("1\n") + "garbage");
  put(dir / "b", "2\n");
  FollowFeed feed(text_config(dir / "*"));
  EXPECT_EQ(feed.after(0), (Texts{"1", "2"}));
  feed.after(kRescanMs);
  feed.after(kRescanMs);
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_THAT(feed.bad[0].detail, testing::HasSubstr("not gzip data"));
  put(dir / "b", "3\n", true);
  EXPECT_EQ(feed.after(kRescanMs), Texts{"3"});
  // Replaced by another file, it is read again.
  put(dir / "new", gzip("4\n"));
  ASSERT_EQ(std::rename((dir / "new").c_str(), (dir / "a.gz").c_str()), 0);
  EXPECT_EQ(feed.after(kRescanMs), Texts{"4"});
}

TEST(FileSourceFollow, WhatIsNoFileIsReportedOnce) {
  const TempDir dir;
  put(dir / "a", "1\n");
  FollowFeed feed(text_config(dir / "*"));
  EXPECT_EQ(feed.after(0), Texts{"1"});
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  feed.after(kRescanMs);
  feed.after(kRescanMs);
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_EQ(feed.bad[0].topic, dir / "fifo");
}

TEST(FileSourceFollow, ASinglePathThatIsNoFileIsAnErrorAtOnce) {
  const TempDir dir;
  EXPECT_THAT(open_error(follow(text_config(dir.path()))), testing::HasSubstr("it is a directory"));
}

TEST(FileSourceFollow, TooManyFiles) {
  const TempDir dir;
  for (std::size_t i = 0; i < kMaxFollowed; ++i) put(dir / ("f" + std::to_string(1000 + i)), "");
  FollowFeed feed(text_config(dir / "f*"));
  feed.after(0);
  EXPECT_EQ(*feed.source->wake_at_ms(), feed.clock.now_ms() + 10 * kFollowIntervalMs);
  put(dir / "f9998", "x\n");
  put(dir / "f9999", "x\n");
  EXPECT_EQ(feed.after(10 * kFollowIntervalMs), Texts{});
  EXPECT_EQ(feed.after(10 * kFollowIntervalMs), Texts{});
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_EQ(feed.bad[0].detail, "matches 514 files; only the first 512 are followed");
  EXPECT_THAT(open_error(follow(text_config(dir / "f*"))), testing::HasSubstr("514 files"));
}

TEST(FileSourceFollow, FilesTakeTurns) {
  const TempDir dir;
  std::string much;
  for (int i = 0; i < 100'000; ++i) much += std::string(100, 'x') + "\n";  // 10 MB
  put(dir / "a", much);
  put(dir / "b", "b\n");
  FollowFeed feed(text_config(dir / "*"));
  std::size_t before = 0;
  std::size_t rows = 0;
  for (bool found = false; !found;) {
    ports::SourceBatch out;
    ASSERT_TRUE(feed.source->poll(4096, out).ok());
    ASSERT_GT(out.rows.rows(), 0u);
    for (std::size_t i = 0; i < out.rows.rows(); ++i) {
      if (out.rows.columns[0].text(i) == "b") found = true;
      if (!found) ++before;
    }
    rows += out.rows.rows();
  }
  EXPECT_LT(before, 100'000u);
  EXPECT_EQ(rows + feed.lines().size(), 100'001u);
}

TEST(FileSourceFollow, CsvHeadersOfSeveralFiles) {
  const TempDir dir;
  put(dir / "a.csv", "n,s\n1,x\n");
  put(dir / "b.csv", "s,n\ny,2\n");
  FollowFeed feed(csv_config(dir / "*.csv"));
  using Rows = std::vector<std::vector<data::Value>>;
  EXPECT_EQ(feed.rows(), (Rows{{1, "x"}, {2, "y"}}));
  put(dir / "b.csv", "z,3\n", true);
  put(dir / "a.csv", "4,u\n", true);
  feed.clock.advance(kFollowIntervalMs);
  EXPECT_EQ(feed.rows(), (Rows{{4, "u"}, {3, "z"}}));
}

TEST(FileSourceFollow, SeekGoesOnInEveryFile) {
  const TempDir dir;
  put(dir / "a.csv", "n,s\n1,x\n2,y\n");
  put(dir / "b.csv", "s,n\nz,3\nhalf");
  put(dir / "c.csv", gzip("n,s\n4,u\n"));
  const FileSourceConfig config = csv_config(dir / "*.csv");
  using Rows = std::vector<std::vector<data::Value>>;
  std::string position;
  {
    FollowFeed feed(config);
    EXPECT_EQ(feed.rows(), (Rows{{1, "x"}, {2, "y"}, {3, "z"}, {4, "u"}}));
    position = feed.source->position();
  }
  put(dir / "a.csv", "5,v\n", true);
  put(dir / "b.csv", ",6\n", true);
  put(dir / "d.csv", "n,s\n7,w\n");
  FollowFeed feed(config);
  ASSERT_TRUE(feed.source->seek(position).ok());
  EXPECT_EQ(feed.rows(), (Rows{{5, "v"}, {6, "half"}, {7, "w"}}));
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceFollow, SeekFindsAFileRotatedMeanwhile) {
  const TempDir dir;
  put(dir / "app.log", "1\n");
  std::string position;
  {
    FollowFeed feed(text_config(dir / "app.log"));
    EXPECT_EQ(feed.after(0), Texts{"1"});
    position = feed.source->position();
  }
  put(dir / "app.log", "2\n", true);
  ASSERT_EQ(std::rename((dir / "app.log").c_str(), (dir / "app.log.1").c_str()), 0);
  put(dir / "app.log", "3\n");
  FollowFeed feed(text_config(dir / "app.log"));
  ASSERT_TRUE(feed.source->seek(position).ok());
  EXPECT_EQ(feed.after(0), (Texts{"2", "3"}));
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceFollow, SeekTellsWhatIsGoneOrReplaced) {
  const TempDir dir;
  put(dir / "a", "1\n");
  put(dir / "b", "22\n");
  std::string position;
  {
    FollowFeed feed(text_config(dir / "*"));
    EXPECT_EQ(feed.after(0), (Texts{"1", "22"}));
    position = feed.source->position();
  }
  ASSERT_EQ(::unlink((dir / "a").c_str()), 0);
  put(dir / "b", "9\n");  // the same inode, another content
  FollowFeed feed(text_config(dir / "*"));
  ASSERT_TRUE(feed.source->seek(position).ok());
  EXPECT_EQ(feed.after(0), Texts{"9"});
  ASSERT_EQ(feed.bad.size(), 2u);
  EXPECT_EQ(feed.bad[0].topic, dir / "a");
  EXPECT_EQ(feed.bad[0].detail,
            "is gone or was replaced since the last run: what followed its byte 2 was not read");
  EXPECT_EQ(feed.bad[1].topic, dir / "b");
}

TEST(FileSourceFollow, SeekRefusesRubbish) {
  const TempDir dir;
  put(dir / "a", "1\n");
  FollowFeed feed(text_config(dir / "a"));
  const std::string position = feed.source->position();
  Feed once(text_config(dir / "a"));
  for (const std::string& rubbish : {std::string("x"), position.substr(0, position.size() - 1),
                                     position + "x", once.source->position()}) {
    const auto result = feed.source->seek(rubbish);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace leat::file
