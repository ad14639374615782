#include "transports/file/file_source.h"

#include <sys/stat.h>

#include "tests/unit/transports/file/gzip.h"
#include "tests/unit/transports/file/source_feed.h"
#include "tests/unit/transports/file/support.h"

namespace leat::file {
namespace {

using Texts = std::vector<std::string>;

TEST(FileSourceOnce, ReadsLinesInTheOrderOfNamesAndEnds) {
  const TempDir dir;
  put(dir / "b.txt", "3\n4");  // the last line needs no end
  put(dir / "a.txt", "1\r\n\n2\n");
  Feed feed(text_config(dir / "*.txt"));
  EXPECT_EQ(feed.lines(), (Texts{"1", "", "2", "3", "4"}));
  EXPECT_EQ(feed.status, ports::SourceStatus::kEnded);
  EXPECT_TRUE(feed.bad.empty());
  EXPECT_EQ(feed.source->wake_at_ms(), std::nullopt);
}

TEST(FileSourceOnce, EventTimesAreTheArrival) {
  const TempDir dir;
  put(dir / "a", "1\n");
  Feed feed(text_config(dir / "a"), 77);
  ports::SourceBatch out;
  ASSERT_TRUE(feed.source->poll(10, out).ok());
  EXPECT_EQ(out.rows.event_times, (std::vector<TimestampMs>{77}));
}

TEST(FileSourceOnce, AnEmptyFileEndsAtOnce) {
  const TempDir dir;
  put(dir / "a", "");
  Feed feed(text_config(dir / "a"));
  EXPECT_EQ(feed.lines(), Texts{});
  EXPECT_EQ(feed.status, ports::SourceStatus::kEnded);
}

TEST(FileSourceOnce, AByteOrderMarkIsDropped) {
  const TempDir dir;
  put(dir / "a",
      "\xef\xbb\xbf"
      "one\n\xef\xbb\xbf"
      "two\n");
  EXPECT_EQ(Feed(text_config(dir / "a")).lines(), (Texts{"one",
                                                         "\xef\xbb\xbf"
                                                         "two"}));
}

TEST(FileSourceOnce, NothingThatMatchesIsAnErrorThatSaysWhereItLooked) {
  const TempDir dir;
  EXPECT_EQ(open_error(text_config(dir / "*.json")),
            "no file matches " + (dir / "*.json") + ": there is none in directory " + dir.path());
  EXPECT_EQ(
      open_error(text_config(dir / "sub/x*.json")),
      "no file matches " + (dir / "sub/x*.json") + ": there is no directory " + (dir / "sub"));
  EXPECT_EQ(open_error(text_config(dir / "a.json")),
            "no file matches " + (dir / "a.json") + ": there is none in directory " + dir.path());
}

TEST(FileSourceOnce, ASingleFileThatCannotBeReadIsAnError) {
  const TempDir dir;
  EXPECT_THAT(open_error(text_config(dir.path())), testing::HasSubstr("it is a directory"));
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_THAT(open_error(text_config(dir / "fifo")), testing::HasSubstr("not a regular file"));
}

TEST(FileSourceOnce, OneOfManyThatCannotBeReadIsABadRecord) {
  const TempDir dir;
  put(dir / "1", "a\n");
  ASSERT_EQ(::mkfifo((dir / "2").c_str(), 0600), 0);
  ASSERT_EQ(::mkdir((dir / "3").c_str(), 0700), 0);  // directories are passed over
  put(dir / "4", "b\n");
  Feed feed(text_config(dir / "*"));
  EXPECT_EQ(feed.lines(), (Texts{"a", "b"}));
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_EQ(feed.bad[0].topic, dir / "2");
  EXPECT_EQ(feed.bad[0].reason, ports::BadReason::kMalformed);
  EXPECT_THAT(feed.bad[0].detail, testing::HasSubstr("not a regular file"));
}

TEST(FileSourceOnce, ANameWithWildcardCharactersIsThatFile) {
  const TempDir dir;
  put(dir / "a[1].txt", "x\n");
  put(dir / "a1.txt", "y\n");
  EXPECT_EQ(Feed(text_config(dir / "a[1].txt")).lines(), Texts{"x"});
}

TEST(FileSourceOnce, LinesTooLargeAreSetAside) {
  const TempDir dir;
  put(dir / "a", "ok\n" + std::string(5'000'000, 'x') + "\nok\n");
  FileSourceConfig config = text_config(dir / "a");
  config.decoder.max_message_bytes = 100'000;
  Feed feed(config);
  EXPECT_EQ(feed.lines(), (Texts{"ok", "ok"}));
  ASSERT_EQ(feed.bad.size(), 1u);
  EXPECT_EQ(feed.bad[0].reason, ports::BadReason::kTooLarge);
  EXPECT_EQ(feed.bad[0].payload.size(), 65536u);
  EXPECT_EQ(feed.bad[0].detail, "line 2: 5000001 bytes; ingest.max_message is 100000");
}

TEST(FileSourceOnce, DamagedAndTruncatedGzipGoOnWithTheNextFile) {
  const TempDir dir;
  std::string packed = gzip("1\n2\n");
  packed[packed.size() - 8] ^= 1;  // its CRC
  put(dir / "a.gz", packed);
  const std::string whole = gzip("3\n");
  put(dir / "b.gz", whole.substr(0, whole.size() - 4));
  put(dir / "c.gz", gzip("4\n"));
  Feed feed(text_config(dir / "*.gz"));
  EXPECT_EQ(feed.lines(), (Texts{"1", "2", "3", "4"}));
  ASSERT_EQ(feed.bad.size(), 2u);
  EXPECT_EQ(feed.bad[0].topic, dir / "a.gz");
  EXPECT_THAT(feed.bad[0].detail, testing::HasSubstr("the gzip data is corrupt"));
  EXPECT_EQ(feed.bad[1].topic, dir / "b.gz");
  EXPECT_EQ(feed.bad[1].detail, "the gzip data ends too early");
}

TEST(FileSourceOnce, JsonLinesWithBlankAndBadOnes) {
  const TempDir dir;
  put(dir / "a.json", "{\"n\":1}\n\n  \r\n{\"n\":\n{\"n\":2}\n[{\"n\":3},{\"n\":\"x\"}]");
  Feed feed(json_config(dir / "a.json"));
  EXPECT_EQ(feed.numbers(), (std::vector<std::int64_t>{1, 2, 3}));
  ASSERT_EQ(feed.bad.size(), 2u);
  EXPECT_EQ(feed.bad[0].reason, ports::BadReason::kMalformed);
  EXPECT_EQ(feed.bad[0].detail.substr(0, 8), "line 4: ");
  EXPECT_EQ(feed.bad[0].topic, dir / "a.json");
  EXPECT_EQ(feed.bad[1].reason, ports::BadReason::kWrongType);
  EXPECT_EQ(feed.bad[1].detail.substr(0, 8), "line 6: ");
}

TEST(FileSourceOnce, CsvByTheHeaderOfEachFile) {
  const TempDir dir;
  put(dir / "a.csv",
      "\xef\xbb\xbf"
      "s,n\n\"x\ny\",1\nz,2\n");
  put(dir / "b.csv", "n,other,s\n3,?,u\n");
  put(dir / "c.csv", "s,n\nv,4");
  Feed feed(csv_config(dir / "*.csv"));
  EXPECT_EQ(feed.rows(),
            (std::vector<std::vector<data::Value>>{{1, "x\ny"}, {2, "z"}, {3, "u"}, {4, "v"}}));
  EXPECT_TRUE(feed.bad.empty());
}

TEST(FileSourceOnce, CsvWithoutHeaderAndWithAnotherDelimiter) {
  const TempDir dir;
  put(dir / "a.csv", "1;x\n2;\"y;z\"\n");
  FileSourceConfig config = csv_config(dir / "a.csv");
  config.csv_header = false;
  config.decoder.csv_delimiter = ';';
  EXPECT_EQ(Feed(config).rows(), (std::vector<std::vector<data::Value>>{{1, "x"}, {2, "y;z"}}));
}

TEST(FileSourceOnce, AFileWithAHeaderOfNoUseIsLeft) {
  const TempDir dir;
  put(dir / "a.csv", "n,n\n1,2\n");
  put(dir / "b.csv", "n," + std::string(70'000, 'x') + "\n1,2\n");
  put(dir / "c.csv", "n,s\n1,x\n");
  put(dir / "d.csv", "n,s\n");
  put(dir / "e.csv", "\"n\n1,x\n");
  Feed feed(csv_config(dir / "*.csv"));
  EXPECT_EQ(feed.rows(), (std::vector<std::vector<data::Value>>{{1, "x"}}));
  ASSERT_EQ(feed.bad.size(), 2u);
  EXPECT_EQ(feed.bad[0].topic, dir / "a.csv");
  EXPECT_THAT(feed.bad[0].detail, testing::StartsWith("the file is left: "));
  EXPECT_EQ(feed.bad[1].topic, dir / "b.csv");
  EXPECT_THAT(feed.bad[1].detail, testing::HasSubstr("longer than 64 KiB"));
}

TEST(FileSourceOnce, PollsAreBounded) {
  const TempDir dir;
  put(dir / "a", "1\n2\n3\n4\n5\n");
  Feed feed(text_config(dir / "a"));
  ports::SourceBatch out;
  ASSERT_TRUE(feed.source->poll(2, out).ok());
  EXPECT_EQ(out.rows.rows(), 2u);
  // Bad records count as well: a file of rubbish is not read in one go.
  put(dir / "b", "x\nx\nx\nx\n");
  Feed rubbish(json_config(dir / "b"));
  out = {};
  ASSERT_TRUE(rubbish.source->poll(3, out).ok());
  EXPECT_EQ(out.bad.size(), 3u);
  // Nor is one endless line.
  put(dir / "c", std::string(20'000'000, 'x'));
  Feed endless(text_config(dir / "c"));
  out = {};
  const auto status = endless.source->poll(10, out);
  EXPECT_EQ(*status, ports::SourceStatus::kMore);
  EXPECT_TRUE(out.rows.empty() && out.bad.empty());
}

// From every line of every kind of file: what is left is exactly the rest.
TEST(FileSourceOnce, SeeksToEveryRow) {
  const TempDir dir;
  put(dir / "1.csv", "n,s\n1,a\n2,\"b\nb\"\n3,c\n");
  put(dir / "2.csv", gzip("s,n\nd,4\ne,5\n") + gzip("f,6\n"));
  put(dir / "3.csv", "n,s\n");
  put(dir / "4.csv", "\xef\xbb\xbfn,s\r\n7,g\r\n8,h");
  const FileSourceConfig config = csv_config(dir / "*.csv");
  const auto all = Feed(config).rows();
  ASSERT_EQ(all.size(), 8u);
  for (std::size_t taken = 0; taken <= all.size(); ++taken) {
    Feed first(config);
    std::size_t rows = 0;
    while (rows < taken) {
      ports::SourceBatch out;
      ASSERT_TRUE(first.source->poll(1, out).ok());
      rows += out.rows.rows();
    }
    Feed second(config);
    ASSERT_TRUE(second.source->seek(first.source->position()).ok());
    const auto rest = second.rows();
    EXPECT_EQ(rest, std::vector<std::vector<data::Value>>(
                        all.begin() + static_cast<std::ptrdiff_t>(taken), all.end()))
        << taken;
  }
  Feed ended(config);
  ended.rows();
  Feed after(config);
  ASSERT_TRUE(after.source->seek(ended.source->position()).ok());
  EXPECT_TRUE(after.rows().empty());
  EXPECT_EQ(after.status, ports::SourceStatus::kEnded);
}

TEST(FileSourceOnce, SeekRefusesOtherFilesAndRubbish) {
  const TempDir dir;
  put(dir / "a", "1\n2\n3\n");
  put(dir / "b", "4\n");
  Feed feed(text_config(dir / "*"));
  ports::SourceBatch out;
  ASSERT_TRUE(feed.source->poll(2, out).ok());
  const std::string position = feed.source->position();
  const auto code = [&](std::string_view at) {
    Feed other(text_config(dir / "*"));
    const auto result = other.source->seek(at);
    return result.ok() ? "ok" : std::string(base::to_string(result.error().code()));
  };
  EXPECT_EQ(code(position), "ok");
  const std::string corrupt(base::to_string(ErrorCode::kCorrupt));
  for (std::size_t i = 0; i < position.size(); ++i) EXPECT_EQ(code(position.substr(0, i)), corrupt);
  EXPECT_EQ(code(position + "x"), corrupt);
  EXPECT_EQ(code("rubbish"), corrupt);
  put(dir / "a", "9\n8\n7\n");  // another content
  EXPECT_EQ(code(position), corrupt);
  put(dir / "a", "1\n");  // shorter
  EXPECT_EQ(code(position), corrupt);
  ASSERT_EQ(::unlink((dir / "a").c_str()), 0);
  EXPECT_EQ(code(position), base::to_string(ErrorCode::kNotFound));
}

TEST(FileSource, FormatsThatAreNotBuiltAreRefused) {
  FileSourceConfig config = text_config("x");
  config.decoder.format = "senml";
  EXPECT_FALSE(FileSource::make(config).ok());
  config = csv_config("x");
  config.decoder.csv_delimiter = '"';
  EXPECT_FALSE(FileSource::make(config).ok());
}

}  // namespace
}  // namespace leat::file
