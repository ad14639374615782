#include "core/windows/cell_table.h"

#include <algorithm>
#include <bit>

#include "core/base/assert.h"

namespace leat::windows {
namespace {

// Chunks of 8, 16, ... 512 cells, then of 1024 each.
constexpr std::size_t kFirstChunk = 8;
constexpr std::size_t kLargeChunk = 1024;
constexpr std::size_t kSmallChunks = 7;
constexpr std::size_t kInSmallChunks = kLargeChunk - kFirstChunk;

struct Place {
  std::size_t chunk;
  std::size_t within;
};

Place place_of(std::size_t number) {
  if (number >= kInSmallChunks) {
    const std::size_t after = number - kInSmallChunks;
    return {kSmallChunks + after / kLargeChunk, after % kLargeChunk};
  }
  const std::size_t chunk = std::bit_width(number / kFirstChunk + 1) - 1u;
  return {chunk, number - kFirstChunk * ((std::size_t{1} << chunk) - 1)};
}

std::size_t chunk_cells(std::size_t chunk) {
  return chunk < kSmallChunks ? kFirstChunk << chunk : kLargeChunk;
}

std::size_t cells_in(std::size_t chunks) {
  if (chunks > kSmallChunks) return kInSmallChunks + (chunks - kSmallChunks) * kLargeChunk;
  return kFirstChunk * ((std::size_t{1} << chunks) - 1);
}

// Ids are our own and dense; a multiplication spreads them.
std::size_t slot_of(data::KeyId id, std::size_t slots) {
  return (id * 0x9e3779b1u) >> (32 - std::bit_width(slots - 1));
}

}  // namespace

std::byte* CellTable::cell(std::size_t number) const {
  const Place place = place_of(number);
  return chunks_[place.chunk].get() + place.within * aggregator_->cell_size();
}

std::byte* CellTable::find_sparse(data::KeyId id) const {
  const std::size_t mask = sparse_.size() - 1;
  for (std::size_t at = slot_of(id, sparse_.size());; at = (at + 1) & mask) {
    if (sparse_[at].number_plus_1 == 0) return nullptr;
    if (sparse_[at].id == id) return cell(sparse_[at].number_plus_1 - 1);
  }
}

void CellTable::put_sparse(data::KeyId id, std::uint32_t number) {
  const std::size_t mask = sparse_.size() - 1;
  std::size_t at = slot_of(id, sparse_.size());
  while (sparse_[at].number_plus_1 != 0) at = (at + 1) & mask;
  sparse_[at] = Slot{id, number + 1};
}

void CellTable::make_sparse(std::size_t slots) {
  dense_ = {};
  sparse_.assign(slots, Slot{0, 0});
  for (std::size_t i = 0; i < keys_.size(); ++i)
    put_sparse(keys_[i], static_cast<std::uint32_t>(i));
}

void CellTable::make_dense(std::size_t capacity) {
  sparse_ = {};
  dense_.resize(capacity, nullptr);
  for (std::size_t i = 0; i < keys_.size(); ++i) dense_[keys_[i]] = cell(i);
}

// keys_ holds the new key already.
void CellTable::index(data::KeyId id, std::uint32_t number, std::size_t capacity) {
  const std::size_t count = keys_.size();
  if (id < dense_.size()) {
    dense_[id] = cell(number);
  } else if (count * 4 >= capacity) {
    if (dense_.empty()) {
      make_dense(capacity);
    } else {
      dense_.resize(std::max(capacity, dense_.size() * 2), nullptr);
      dense_[id] = cell(number);
    }
  } else if (sparse_.size() < count * 2) {
    make_sparse(std::bit_ceil(std::max<std::size_t>(count * 4, 16)));
  } else {
    put_sparse(id, number);
  }
}

std::byte* CellTable::add(data::KeyId id, std::size_t capacity) {
  LEAT_ASSERT(id < capacity);
  const std::size_t number = keys_.size();
  const Place place = place_of(number);
  if (place.chunk >= chunks_.size()) {
    const std::size_t size_bytes = chunk_cells(place.chunk) * aggregator_->cell_size();
    chunks_.emplace_back(
        static_cast<std::byte*>(::operator new[](size_bytes, std::align_val_t{kChunkAlign})));
  }
  std::byte* added = cell(number);
  aggregator_->init(added);
  keys_.push_back(id);
  index(id, static_cast<std::uint32_t>(number), capacity);
  return added;
}

void CellTable::destroy_cells() {
  if (aggregator_->trivial()) return;
  for (std::size_t i = 0; i < keys_.size(); ++i) aggregator_->destroy(cell(i));
}

void CellTable::clear() {
  destroy_cells();
  keys_.clear();
  chunks_.clear();
  dense_ = {};
  sparse_ = {};
}

void CellTable::recycle() {
  destroy_cells();
  // An array that was not worth its size is not carried on.
  if (keys_.size() * 4 >= dense_.size()) {
    for (const data::KeyId id : keys_) {
      if (id < dense_.size()) dense_[id] = nullptr;
    }
  } else {
    dense_ = {};
  }
  sparse_ = {};
  if (chunks_.size() > 1 && keys_.size() * 4 < cells_in(chunks_.size())) {
    chunks_.resize(place_of(keys_.size()).chunk);
  }
  keys_.clear();
}

}  // namespace leat::windows
