// What evaluation works on: vectors of values for a selection of rows, and the scratch memory they
// lie in. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/data/batch.h"
#include "core/expression/expression.h"

namespace leat::expression {

// Scratch memory for one block of rows: a bump allocator that starts in its own buffer, so that a
// small batch allocates nothing, and keeps its largest chunk between blocks. Holds trivial types
// only.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T)));
  }
  // Everything given out is void after this.
  void reset();
  std::size_t used() const { return used_; }

 private:
  static constexpr std::size_t kInline = 8 * 1024;
  static constexpr std::size_t kFirstChunk = 32 * 1024;
  static constexpr std::size_t kKept = 1024 * 1024;
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  void* allocate(std::size_t bytes) {
    const std::size_t rounded = (bytes + 15) & ~std::size_t{15};
    if (rounded > static_cast<std::size_t>(end_ - next_)) grow(rounded);
    std::byte* const place = next_;
    next_ += rounded;
    used_ += rounded;
    return place;
  }
  void grow(std::size_t bytes);

  alignas(16) std::byte inline_[kInline];
  std::byte* next_ = inline_;
  std::byte* end_ = inline_ + kInline;
  std::size_t used_ = 0;
  std::vector<Chunk> chunks_;
};

// Rows of the batch, ascending: a range, or those listed.
struct Selection {
  const std::uint32_t* rows = nullptr;  // null: the range from `first`
  std::uint32_t first = 0;
  std::size_t size = 0;
  std::uint32_t row(std::size_t i) const {
    return rows != nullptr ? rows[i] : first + static_cast<std::uint32_t>(i);
  }
};

// A list within a column of elements.
struct ListRef {
  const data::Column* elements = nullptr;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// The values of an expression for the rows of a selection, position by position; or one value that
// stands for all of them. Held as int64 (bigint, timestamp), double, std::uint8_t (boolean),
// std::string_view (string, bytes) or ListRef. What lies under a null is unspecified, but may be
// read. Views a column, a constant or the arena.
struct Vec {
  const void* data = nullptr;
  const std::uint8_t* nulls = nullptr;  // null pointer: none is null
  bool constant = false;

  std::size_t mask() const { return constant ? 0 : ~std::size_t{0}; }
  bool is_null(std::size_t i) const { return nulls != nullptr && nulls[i & mask()] != 0; }
  bool all_null() const { return constant && nulls != nullptr && nulls[0] != 0; }
  template <class T>
  const T* values() const {
    return static_cast<const T*>(data);
  }
};

// The values of a Vec as T, whether they are many or one.
template <class T>
class Input {
 public:
  explicit Input(const Vec& vec) : data_(vec.values<T>()), mask_(vec.mask()) {}
  const T& operator[](std::size_t i) const { return data_[i & mask_]; }

 private:
  const T* data_;
  std::size_t mask_;
};

// A string made by an expression is at most this long, and the strings made for one batch together
// at most kMaxBatchText; a row that would go beyond gets EvalError::kInvalidArgument.
inline constexpr std::size_t kMaxText = std::size_t{1} << 20;
inline constexpr std::size_t kMaxBatchText = std::size_t{256} << 20;

// The state of one evaluate() call.
class Context {
 public:
  Context(const data::Batch& batch, std::size_t rows) : batch_(batch) { errors_.reset(rows); }

  const data::Batch& batch() const { return batch_; }
  Arena& arena() { return arena_; }
  void fail(std::uint32_t row, EvalError error) { errors_.set(row, error); }
  const RowErrors& errors() const { return errors_; }
  // Room for a string; null when it would be too large.
  char* text(std::size_t size) {
    if (size > kMaxText || text_bytes_ + size > kMaxBatchText) return nullptr;
    text_bytes_ += size;
    return arena_.array<char>(size);
  }

 private:
  const data::Batch& batch_;
  Arena arena_;
  RowErrors errors_;
  std::size_t text_bytes_ = 0;
};

// Calls f with a zero of the C++ type that values of `kind` are held as.
template <class F>
decltype(auto) with_physical(data::Kind kind, F&& f) {
  switch (kind) {
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      return f(std::int64_t{});
    case data::Kind::kDouble:
      return f(double{});
    case data::Kind::kBoolean:
      return f(std::uint8_t{});
    case data::Kind::kList:
      return f(ListRef{});
    case data::Kind::kString:
    case data::Kind::kBytes:
      break;
  }
  return f(std::string_view{});
}

// Null where any of the vectors is; null pointer when nowhere. At most `count` of them.
const std::uint8_t* combine_nulls(Context& context, std::size_t rows, const Vec* vecs,
                                  std::size_t count);
// One null for all rows, of any type.
Vec null_vec();
// The values at `positions`, in that order.
Vec gather(Context& context, data::Type type, const Vec& from, const std::uint32_t* positions,
           std::size_t count);

// Some positions of a selection, and the rows they stand for.
struct Part {
  const std::uint32_t* positions = nullptr;
  Selection selection;
};
// The positions for which `keep` holds.
template <class Keep>
Part narrow(Context& context, const Selection& of, Keep&& keep) {
  auto* positions = context.arena().array<std::uint32_t>(of.size);
  auto* rows = context.arena().array<std::uint32_t>(of.size);
  std::size_t count = 0;
  for (std::size_t i = 0; i < of.size; ++i) {
    positions[count] = static_cast<std::uint32_t>(i);
    rows[count] = of.row(i);
    count += keep(i) ? 1 : 0;
  }
  return {positions, Selection{rows, 0, count}};
}

// Values put together from parts of a selection; what no part fills is null.
class Assembly {
 public:
  Assembly(Context& context, data::Type type, std::size_t rows);
  // positions null: all of them.
  void put(const std::uint32_t* positions, std::size_t count, const Vec& values);
  Vec finish() const { return {values_, nulls_, false}; }

 private:
  data::Type type_;
  void* values_;
  std::uint8_t* nulls_;
};

}  // namespace leat::expression
