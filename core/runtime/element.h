// What travels between tasks.
#pragma once

#include <cstdint>

#include "core/data/batch.h"

namespace leat::runtime {

struct Element {
  enum class Kind : std::uint8_t {
    kBatch,
    kIdle,  // no rows and no watermarks until further notice: the receiver's minimum leaves it out
    kActive,  // it counts again; a batch with rows says so too
    kEnd,     // the last one on this channel
  };
  Kind kind = Kind::kBatch;
  // kEnd: all rows of a bounded input have come, and what is still open may fire. False when the
  // job is being stopped.
  bool final = false;
  // The last element that came of one element of the sender's input. Ordered exchanges take turns
  // by it.
  bool unit_end = false;
  data::Batch batch;

  static Element of(Kind kind) {
    Element element;
    element.kind = kind;
    return element;
  }
  static Element of(data::Batch&& batch) {
    Element element;
    element.batch = std::move(batch);
    return element;
  }
  static Element end(bool final) {
    Element element;
    element.kind = Kind::kEnd;
    element.final = final;
    return element;
  }
};

}  // namespace leat::runtime
