// A file's content as a stream of bytes, gzip or plain.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::file {

// What makes an open file the same file.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};

// What a file looks like at its beginning, to recognise it after a restart: inodes are reused.
struct Fingerprint {
  std::uint32_t bytes = 0;  // how many, at most kBytes
  std::uint32_t crc = 0;    // CRC-32 of them
  static constexpr std::uint32_t kBytes = 1024;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// A regular file open for reading; owns the descriptor. Content that begins with gzip's magic
// number (RFC 1952) is decompressed, all members of it, zero padding after them ignored. Offsets
// count decompressed bytes, raw offsets those of the file itself. One thread; reads may wait for
// the disk.
class InputFile {
 public:
  // kInvalidArgument for what is no regular file (FIFOs and devices are never read from).
  static Result<std::unique_ptr<InputFile>> open(const std::string& path);
  // Which file a path leads to now.
  static Result<FileId> identify(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Up to `size` bytes; 0 when there is nothing more now (the file may grow). kCorrupt: the gzip
  // data is damaged here; kIo. After an error the file is through.
  Result<std::size_t> read(char* to, std::size_t size);
  // False while the gzip data that was read is not complete.
  bool complete() const;

  // Moves forward or, plain files only, back. kCorrupt when the content ends before.
  Result<void> seek(std::uint64_t offset);

  std::uint64_t offset() const { return offset_; }
  std::uint64_t raw_offset() const { return raw_offset_; }
  // Of the file now; an unreadable size is 0.
  std::uint64_t raw_size() const;
  const FileId& id() const { return id_; }
  bool is_gzip() const { return inflater_ != nullptr; }

  // Of the first `bytes` of the raw file (what was read of it, at most kBytes); fewer when the file
  // is shorter.
  Fingerprint fingerprint(std::uint64_t bytes) const;

 private:
  struct Inflater;
  InputFile(int descriptor, FileId id, std::string path);
  Result<std::size_t> read_raw(char* to, std::size_t size);
  Result<std::size_t> read_inflated(char* to, std::size_t size);
  Result<bool> begin_member();
  bool has_magic() const;

  int descriptor_;
  FileId id_;
  std::string path_;
  bool decided_ = false;  // whether it is gzip: known when there are two bytes
  std::uint64_t offset_ = 0;
  std::uint64_t raw_offset_ = 0;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace leat::file
