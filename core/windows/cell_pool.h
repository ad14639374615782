// Cells that come and go one by one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/windows/aggregator.h"

namespace leat::windows {

// Memory of cells given back is used again. Whoever takes a cell gives it back before the pool
// goes, or what hangs from it leaks.
class CellPool {
 public:
  explicit CellPool(const Aggregator& aggregator) : aggregator_(aggregator) {}

  std::byte* take() {  // initialised
    if (free_.empty()) grow();
    std::byte* const cell = free_.back();
    free_.pop_back();
    aggregator_.init(cell);
    return cell;
  }
  void give_back(std::byte* cell) {
    aggregator_.destroy(cell);
    free_.push_back(cell);
  }

 private:
  static constexpr std::size_t kFirstChunk = 8;
  static constexpr std::size_t kLargestChunk = 1024;

  void grow() {
    const std::size_t cells =
        std::min(kFirstChunk << std::min<std::size_t>(chunks_.size(), 7), kLargestChunk);
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(cells * aggregator_.cell_size()));
    for (std::size_t i = cells; i-- > 0;) {
      free_.push_back(chunks_.back().get() + i * aggregator_.cell_size());
    }
  }

  const Aggregator& aggregator_;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::vector<std::byte*> free_;
};

}  // namespace leat::windows
