// What the Aggregator is made of: states, each with its own place in the cell. Private to this
// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "core/base/bytes.h"
#include "core/data/column.h"
#include "core/windows/window_config.h"

namespace leat::windows {

// Cells are raw bytes, aligned to 8; these compile to one move.
template <class T>
inline T load_at(const std::byte* place) {
  T value;
  std::memcpy(&value, place, sizeof value);
  return value;
}
template <class T>
inline void store_at(std::byte* place, T value) {
  std::memcpy(place, &value, sizeof value);
}

// Rows of the prepared batch on their way into cells: row begin + i to cells[i], null skips it.
struct AddRows {
  std::size_t begin = 0;
  std::span<std::byte*> cells;
  std::uint64_t arrival = 0;  // of row `begin`; row begin + i has arrival + i; never 0
};

// The columns of all arguments, by input number.
using Inputs = std::span<const data::Column* const>;

// One state of the cell, shared by the aggregates that can be read from it (every percentile of x
// reads one state). One virtual call for each add(), not for each row.
class AggregateState {
 public:
  virtual ~AggregateState() = default;

  // Bytes of the cell it needs, a multiple of 8.
  virtual std::size_t size() const = 0;
  void place(std::size_t offset) { offset_ = offset; }
  // Whether nothing hangs from the cell.
  virtual bool trivial() const { return true; }

  virtual void init(std::byte* cell) const = 0;
  virtual void destroy(std::byte* /*cell*/) const {}
  virtual std::size_t owned_bytes(const std::byte* /*cell*/) const { return 0; }
  virtual void add(Inputs inputs, const AddRows& rows) = 0;
  virtual void merge(std::byte* into, const std::byte* from) const = 0;
  // Appends one value, or null.
  virtual void result(const AggregateSpec& spec, const std::byte* cell,
                      data::Column& out) const = 0;
  virtual void save(const std::byte* cell, base::ByteWriter& out) const = 0;
  // Into a cell as init() left it. A failed reader leaves the cell valid.
  virtual void load(std::byte* cell, base::ByteReader& in) const = 0;

 protected:
  std::byte* at(std::byte* cell, std::size_t offset = 0) const { return cell + offset_ + offset; }
  const std::byte* at(const std::byte* cell, std::size_t offset = 0) const {
    return cell + offset_ + offset;
  }

 private:
  std::size_t offset_ = 0;
};

// Calls f(cell, row, arrival) for every row that has a cell and a value in `column`.
template <class F>
inline void for_each_value(const data::Column& column, const AddRows& rows, F f) {
  const std::size_t count = rows.cells.size();
  const std::uint8_t* const nulls = column.nulls().empty() ? nullptr : column.nulls().data();
  for (std::size_t i = 0; i < count; ++i) {
    std::byte* const cell = rows.cells[i];
    if (cell == nullptr || (nulls != nullptr && nulls[rows.begin + i] != 0)) continue;
    f(cell, rows.begin + i, rows.arrival + i);
  }
}

// A value that is not one of ours was read: every later read fails too.
inline void fail(base::ByteReader& in) { in.raw(in.remaining() + 1); }

// A T that hangs from the cell by a pointer (8 bytes wide on every machine); null at first. T has
// owned_bytes(), merge(const T&), save() and load(), which fails the reader on bytes not its own.
template <class T>
class OwningState : public AggregateState {
 public:
  std::size_t size() const final { return 8; }
  bool trivial() const final { return false; }
  void init(std::byte* cell) const final { store_at<std::uint64_t>(at(cell), 0); }
  void destroy(std::byte* cell) const final { delete get(cell); }
  std::size_t owned_bytes(const std::byte* cell) const final {
    const T* held = get(cell);
    return held == nullptr ? 0 : sizeof(T) + held->owned_bytes();
  }
  void merge(std::byte* into, const std::byte* from) const final {
    if (const T* source = get(from)) obtain(into).merge(*source);
  }
  void save(const std::byte* cell, base::ByteWriter& out) const final {
    const T* held = get(cell);
    out.boolean(held != nullptr);
    if (held != nullptr) held->save(out);
  }
  void load(std::byte* cell, base::ByteReader& in) const final {
    if (!in.boolean()) return;
    std::unique_ptr<T> held = make();
    held->load(in);
    if (in.ok()) set(cell, held.release());
  }

 protected:
  virtual std::unique_ptr<T> make() const = 0;
  T* get(const std::byte* cell) const {
    return reinterpret_cast<T*>(static_cast<std::uintptr_t>(load_at<std::uint64_t>(at(cell))));
  }
  T& obtain(std::byte* cell) const {
    T* held = get(cell);
    if (held == nullptr) {
      held = make().release();
      set(cell, held);
    }
    return *held;
  }

 private:
  void set(std::byte* cell, T* held) const {
    store_at<std::uint64_t>(at(cell), reinterpret_cast<std::uintptr_t>(held));
  }
};

}  // namespace leat::windows
