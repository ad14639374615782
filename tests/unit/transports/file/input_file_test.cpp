#include "transports/file/input_file.h"

#include <sys/stat.h>
#include <zlib.h>

#include "tests/unit/transports/file/gzip.h"
#include "tests/unit/transports/file/support.h"

namespace leat::file {
namespace {

std::unique_ptr<InputFile> open_ok(const std::string& path) {
  auto opened = InputFile::open(path);
  EXPECT_TRUE(opened.ok());
  return std::move(opened).value();
}

// What can be read, and the error that ends it, if any.
std::pair<std::string, std::string> read_all(InputFile& file, std::size_t piece = 1000) {
  std::string content;
  std::vector<char> buffer(piece);
  for (;;) {
    const auto n = file.read(buffer.data(), buffer.size());
    if (!n.ok()) return {content, std::string(base::to_string(n.error().code()))};
    if (*n == 0) return {content, ""};
    content.append(buffer.data(), *n);
  }
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  return text;
}

TEST(InputFile, ReadsPlainContent) {
  const TempDir dir;
  put(dir / "f", "abc");
  const auto file = open_ok(dir / "f");
  EXPECT_EQ(read_all(*file, 2), std::make_pair(std::string("abc"), std::string()));
  EXPECT_EQ(file->offset(), 3u);
  EXPECT_TRUE(file->complete());
  put(dir / "f", "def", true);
  EXPECT_EQ(read_all(*file).first, "def");
}

TEST(InputFile, ReadsGzipWhateverItsName) {
  const TempDir dir;
  put(dir / "f.txt", gzip(sample()));
  const auto file = open_ok(dir / "f.txt");
  EXPECT_EQ(read_all(*file).first, sample());
  EXPECT_TRUE(file->is_gzip());
  EXPECT_TRUE(file->complete());
  EXPECT_EQ(file->offset(), sample().size());
  EXPECT_EQ(file->raw_offset(), gzip(sample()).size());
}

TEST(InputFile, PlainContentMayHaveTheNameOfGzip) {
  const TempDir dir;
  put(dir / "f.gz", "plain");
  EXPECT_EQ(read_all(*open_ok(dir / "f.gz")).first, "plain");
}

TEST(InputFile, SeveralMembersAndPadding) {
  const TempDir dir;
  put(dir / "f.gz", gzip("a") + gzip("") + gzip("b") + std::string(700, '\0'));
  const auto file = open_ok(dir / "f.gz");
  EXPECT_EQ(read_all(*file), std::make_pair(std::string("ab"), std::string()));
  EXPECT_TRUE(file->complete());
}

TEST(InputFile, EmptyAndTinyFiles) {
  const TempDir dir;
  put(dir / "empty", "");
  EXPECT_EQ(read_all(*open_ok(dir / "empty")).first, "");
  EXPECT_TRUE(open_ok(dir / "empty")->complete());
  put(dir / "x", "x");
  EXPECT_EQ(read_all(*open_ok(dir / "x")).first, "x");
  // The first byte of the magic number: gzip or not is not known yet.
  put(dir / "half", "\x1f");
  const auto half = open_ok(dir / "half");
  EXPECT_EQ(read_all(*half).first, "");
  EXPECT_FALSE(half->complete());
  put(dir / "half", "y", true);
  EXPECT_EQ(read_all(*half).first, "\x1fy");
}

TEST(InputFile, TruncatedGzipGivesWhatThereIs) {
  const TempDir dir;
  const std::string packed = gzip(sample());
  put(dir / "f.gz", packed.substr(0, packed.size() / 2));
  const auto file = open_ok(dir / "f.gz");
  const auto [content, error] = read_all(*file);
  EXPECT_EQ(error, "");
  EXPECT_GT(content.size(), sample().size() / 3);
  EXPECT_EQ(content, sample().substr(0, content.size()));
  EXPECT_FALSE(file->complete());
  put(dir / "f.gz", packed.substr(packed.size() / 2), true);
  EXPECT_EQ(content + read_all(*file).first, sample());
  EXPECT_TRUE(file->complete());
}

TEST(InputFile, DamagedGzipIsCorruptAfterWhatWasGood) {
  const TempDir dir;
  std::string packed = gzip(sample());
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 0x55);  // the CRC
  put(dir / "crc.gz", packed);
  const auto crc = read_all(*open_ok(dir / "crc.gz"));
  EXPECT_EQ(crc, std::make_pair(sample(), std::string(base::to_string(ErrorCode::kCorrupt))));
  packed = gzip("a");
  put(dir / "tail.gz", packed + "garbage");
  const auto tail = read_all(*open_ok(dir / "tail.gz"));
  EXPECT_EQ(tail,
            std::make_pair(std::string("a"), std::string(base::to_string(ErrorCode::kCorrupt))));
  packed[2] = 9;  // a compression method that is not one
  put(dir / "method.gz", packed);
  EXPECT_EQ(read_all(*open_ok(dir / "method.gz")).second, base::to_string(ErrorCode::kCorrupt));
}

TEST(InputFile, SeeksInBothKinds) {
  const TempDir dir;
  const std::string text = sample();
  put(dir / "plain", text);
  put(dir / "packed", gzip(text));
  for (const char* name : {"plain", "packed"}) {
    for (const std::size_t offset :
         {std::size_t{0}, std::size_t{1}, text.size() - 3, text.size()}) {
      const auto file = open_ok(dir / name);
      ASSERT_TRUE(file->seek(offset).ok());
      EXPECT_EQ(file->offset(), offset);
      EXPECT_EQ(read_all(*file), std::make_pair(text.substr(offset), std::string())) << name;
    }
    const auto beyond = open_ok(dir / name)->seek(text.size() + 1);
    ASSERT_FALSE(beyond.ok());
    EXPECT_EQ(beyond.error().code(), ErrorCode::kCorrupt);
  }
}

TEST(InputFile, FingerprintsAreOfTheBeginning) {
  const TempDir dir;
  put(dir / "f", "123456789");
  // CRC-32's check value (of "123456789") is cbf43926.
  EXPECT_EQ(open_ok(dir / "f")->fingerprint(5000), (Fingerprint{9, 0xcbf43926}));
  EXPECT_EQ(open_ok(dir / "f")->fingerprint(0), (Fingerprint{0, 0}));
  put(dir / "f", std::string(5000, 'x'), true);
  EXPECT_EQ(open_ok(dir / "f")->fingerprint(9), (Fingerprint{9, 0xcbf43926}));
  EXPECT_EQ(open_ok(dir / "f")->fingerprint(5000).bytes, 1024u);
}

TEST(InputFile, OnlyRegularFilesAreOpened) {
  const TempDir dir;
  const auto message = [](const std::string& path) {
    const auto opened = InputFile::open(path);
    return opened.ok() ? "no error" : opened.error().message();
  };
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(message(dir / "fifo"), "cannot read " + (dir / "fifo") + ": it is not a regular file");
  EXPECT_EQ(message("/dev/zero"), "cannot read /dev/zero: it is not a regular file");
  EXPECT_EQ(message(dir.path()), "cannot read " + dir.path() +
                                     ": it is a directory; expected a file or a pattern, such as " +
                                     dir.path() + "/*.json");
  EXPECT_EQ(message(dir / "none"), "cannot open " + (dir / "none") + ": No such file or directory");
  if (::geteuid() != 0) {
    put(dir / "locked", "x");
    ASSERT_EQ(::chmod((dir / "locked").c_str(), 0), 0);
    EXPECT_EQ(message(dir / "locked"), "cannot open " + (dir / "locked") + ": Permission denied");
  }
}

TEST(InputFile, IdentifiesByInode) {
  const TempDir dir;
  put(dir / "a", "x");
  put(dir / "b", "x");
  const auto a = InputFile::identify(dir / "a");
  EXPECT_EQ(*a, open_ok(dir / "a")->id());
  EXPECT_FALSE(*a == *InputFile::identify(dir / "b"));
  EXPECT_FALSE(InputFile::identify(dir / "c").ok());
}

}  // namespace
}  // namespace leat::file
