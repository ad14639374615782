#include "transports/formats/json_shape.h"

#include <algorithm>
#include <tuple>

namespace leat::formats {
namespace {

constexpr std::size_t kFewKeys = 16;

bool is_plain(std::string_view key) {
  return std::none_of(key.begin(), key.end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
}

bool has_non_ascii(std::string_view key) {
  return std::any_of(key.begin(), key.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

void prepare_prediction(ShapeKey& entry) {
  entry.non_ascii = has_non_ascii(entry.text);
  entry.quoted_size = static_cast<std::uint32_t>(entry.text.size() + 1);
  if (entry.quoted_size > sizeof entry.words || !is_plain(entry.text)) return;
  const std::string quoted = entry.text + '"';
  std::memcpy(entry.words.data(), quoted.data(), quoted.size());
  entry.word_count = (entry.quoted_size + 7) / 8;
  const std::uint32_t bytes_of_last = entry.quoted_size - 8 * (entry.word_count - 1);
  entry.last_mask = ~std::uint64_t{0} >> (64 - 8 * bytes_of_last);
}

}  // namespace

// Multiply and mix, eight bytes at a time. Collisions cost time, never a wrong answer.
std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;
  std::uint64_t hash = text.size() * kMultiplier;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 32;
  };
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, p += 8) mix(load8(p));
  if (left > 0) mix(load8(p) & (~std::uint64_t{0} >> (64 - 8 * left)));
  return hash;
}

void Shape::clear() {
  keys_.clear();
  nodes_.clear();
  nodes_.emplace_back();
  nodes_.front().fields = root_fields_;
  key_bytes_ = 0;
  misses_ = 0;
}

ShapeKey* Shape::find_or_learn(ShapeNode& node, std::string_view key) {
  const auto hash = static_cast<std::uint32_t>(hash_text(key));
  for (std::size_t i = 0; i < node.hashes.size(); ++i) {
    if (node.hashes[i] == hash && node.keys[i]->text == key) return node.keys[i];
  }
  if (keys_.size() >= kMaxKeys || node.keys.size() >= kMaxKeysOfNode ||
      key_bytes_ + key.size() > kMaxKeyBytes) {
    ++misses_;
    return nullptr;
  }
  ShapeKey& entry = keys_.emplace_back();
  entry.text = key;
  key_bytes_ += key.size();
  prepare_prediction(entry);
  if (node.fields != nullptr) entry.fields = node.fields->find(key);
  node.hashes.push_back(hash);
  node.keys.push_back(&entry);
  return &entry;
}

ShapeNode* Shape::child_of(ShapeKey& key) {
  if (key.child == nullptr && nodes_.size() < kMaxKeys) {
    key.child = &nodes_.emplace_back();
    key.child->fields = key.fields;
  }
  return key.child;
}

void KeyList::add(std::string_view key) { keys_.push_back({hash_text(key), key}); }

bool KeyList::close(std::size_t mark) {
  const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(mark);
  const auto end = keys_.end();
  const auto equal = [](const Key& a, const Key& b) {
    return a.hash == b.hash && a.text == b.text;
  };
  bool distinct = true;
  if (end - begin <= static_cast<std::ptrdiff_t>(kFewKeys)) {
    for (auto a = begin; a != end && distinct; ++a) {
      distinct = std::none_of(a + 1, end, [&](const Key& b) { return equal(*a, b); });
    }
  } else {
    std::sort(begin, end, [](const Key& a, const Key& b) {
      return std::tuple(a.hash, a.text) < std::tuple(b.hash, b.text);
    });
    distinct = std::adjacent_find(begin, end, equal) == end;
  }
  keys_.resize(mark);
  return distinct;
}

}  // namespace leat::formats
