// What the engine asks of a sink: take rows, say when it cannot.
#pragma once

#include "core/base/result.h"
#include "core/data/batch.h"
#include "core/env/clock.h"
#include "core/env/executor.h"
#include "core/ports/ledger.h"

namespace leat::ports {

struct SinkContext {
  env::Waker* waker = nullptr;  // to be called when ready() turns true again
  const env::Clock* clock = nullptr;
  SinkLedger* ledger = nullptr;  // the sink counts what it forwards, refuses and holds
};

// Used by the task's thread only. Rows are written in the order of the calls.
class Sink {
 public:
  virtual ~Sink() = default;

  // Makes the destination ready; an error fails the job before it starts. A peer that is away is no
  // error: the sink holds rows back and turns unready.
  virtual Result<void> open(const SinkContext& context) = 0;

  // False: back-pressure. The task is not stepped until it is true again.
  virtual bool ready() const { return true; }

  // Takes all rows of the batch, at any time, ready or not (a bounded excess: one step's output).
  // An error fails the task.
  virtual Result<void> write(const data::Batch& rows) = 0;

  // Called when the task has nothing more to do right now, and at the latest once a step: hands
  // over what is buffered. May not wait for a peer.
  virtual Result<void> flush() = 0;

  // Rows taken and not yet handed over for good. Close waits for this to be zero, with a deadline.
  virtual std::size_t in_flight() const { return 0; }

  // The last call: flushes and releases.
  virtual Result<void> close() = 0;
};

}  // namespace leat::ports
