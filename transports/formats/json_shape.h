// What the objects of a source's messages have looked like so far: their keys, in the order in
// which they follow each other. Messages of one source look alike, so the next key is known before
// it is read: comparing it costs an instruction or two for each eight bytes, and finding it already
// seen in this object is what makes a key twice an error.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "transports/formats/field_tree.h"
#include "transports/formats/scan.h"

namespace leat::formats {

struct ShapeNode;

// A key of the objects at one place.
struct ShapeKey {
  // The key with its closing quote, zero-padded, when that is at most 32 bytes and the key holds
  // nothing that JSON escapes; otherwise word_count is 0 and it is never predicted.
  static constexpr std::size_t kWords = 4;
  std::array<std::uint64_t, kWords> words{};
  std::uint64_t last_mask = 0;  // of the last word
  std::uint32_t word_count = 0;
  std::uint32_t quoted_size = 0;      // with the closing quote
  std::uint64_t seen_in = 0;          // the last object that had it, by number
  ShapeKey* next = nullptr;           // what followed it last
  ShapeNode* child = nullptr;         // of the objects in its value; made when one is met
  const FieldNode* fields = nullptr;  // what the job wants of its value; null: nothing
  bool non_ascii = false;
  std::string text;  // the key, unescaped

  // `p` is behind an opening quote.
  bool matches(const char* p) const {
    std::uint32_t i = 0;
    for (; i + 1 < word_count; ++i) {
      if (load8(p + 8 * i) != words[i]) return false;
    }
    return word_count != 0 && ((load8(p + 8 * i) ^ words[i]) & last_mask) == 0;
  }
};

// The objects at one place: the reading itself, or the values of one key.
struct ShapeNode {
  const FieldNode* fields = nullptr;
  ShapeKey* first = nullptr;  // what came first last time
  std::vector<std::uint32_t> hashes;
  std::vector<ShapeKey*> keys;
};

// Bounded whatever comes in: when it is full, further keys are not learned (the walk keeps a list
// of such keys for each object, see KeyList), and when that happens often it starts anew.
class Shape {
 public:
  explicit Shape(const FieldNode* root) : root_fields_(root) { clear(); }
  Shape(const Shape&) = delete;
  Shape& operator=(const Shape&) = delete;

  // Before each message.
  void begin_message() {
    if (misses_ > kMissesToForget) clear();
  }
  ShapeNode& root() { return nodes_.front(); }
  // The entry of an unescaped key, learned if it is new; nullptr when there is no room.
  ShapeKey* find_or_learn(ShapeNode& node, std::string_view key);
  // nullptr when there is no room.
  ShapeNode* child_of(ShapeKey& key);

 private:
  static constexpr std::size_t kMaxKeys = 2048;
  static constexpr std::size_t kMaxKeysOfNode = 256;
  static constexpr std::size_t kMaxKeyBytes = 256 << 10;
  static constexpr std::uint64_t kMissesToForget = 100'000;

  void clear();

  const FieldNode* root_fields_;
  std::deque<ShapeNode> nodes_;  // addresses are stable
  std::deque<ShapeKey> keys_;
  std::size_t key_bytes_ = 0;
  std::uint64_t misses_ = 0;
};

// The keys of the objects being read that Shape had no room for, innermost object last. Equal ones
// are found when an object ends: by comparing all pairs when they are few, by sorting otherwise.
class KeyList {
 public:
  void clear() { keys_.clear(); }
  std::size_t mark() const { return keys_.size(); }
  // The text must stay until the object is closed.
  void add(std::string_view key);
  // Forgets the keys from `mark` on. False when two of them are equal.
  bool close(std::size_t mark);

 private:
  struct Key {
    std::uint64_t hash = 0;
    std::string_view text;
  };
  std::vector<Key> keys_;
};

// Of a text in a PaddedText.
std::uint64_t hash_text(std::string_view text);

}  // namespace leat::formats
