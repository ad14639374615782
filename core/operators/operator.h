// The one interface of everything that stands between a source and a sink.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/ports/ledger.h"

namespace leat::operators {

// Where an operator's rows go. Output 0 is the main one; the side outputs follow in the order in
// which the job graph declares them for the node (NodeSpec::outputs).
class Output {
 public:
  virtual ~Output() = default;
  // Takes the batch on. Watermarks travel on every output: an operator emits on each of its
  // outputs, rows or none, so that what is behind a side output keeps time too. Watermarks of
  // successive batches on one output never go back.
  virtual void emit(std::size_t output, data::Batch&& batch) = 0;
};

// One subtask of a node, owned and called by one thread. No virtual call per row: a batch at a
// time.
//
// The caller merges the watermarks of several inputs before it calls: `batch` carries the
// operator's own watermark, the minimum over its inputs, and it never goes back from one call to
// the next.
//
// An operator counts what it does with each row in ledger(): `in` equals the sum of the other terms
// at the end of every call. A bad row is no Error (it goes to the `errors` output); an Error fails
// the task.
class Operator {
 public:
  virtual ~Operator() = default;

  // Rows in order, each followed by the watermark that holds after it.
  virtual Result<void> process(std::size_t input, data::Batch&& batch, Output& out) = 0;

  // The clock stands at `now_ms`; called when next_processing_time() has come.
  virtual Result<void> on_processing_time(TimestampMs /*now_ms*/, Output& /*out*/) { return {}; }
  virtual std::optional<TimestampMs> next_processing_time() const { return std::nullopt; }

  // All inputs have ended, after a final watermark of kMaxTimestamp: fire what is still open.
  virtual Result<void> end_input(Output& /*out*/) { return {}; }

  // The whole state, between two calls. What restore() reads back goes on byte for byte as if
  // nothing had happened. kCorrupt when the bytes are not this operator's.
  virtual void snapshot(base::ByteWriter& out) const = 0;
  virtual Result<void> restore(base::ByteReader& in) = 0;

  const ports::NodeLedger& ledger() const { return ledger_; }

 protected:
  ports::NodeLedger ledger_;
};

}  // namespace leat::operators
