// The closed ledger: what came in is accounted for, term by term. Each is written by the thread
// that runs the task and read by anyone (progress line, metrics).
#pragma once

#include <cstdint>

#include "core/base/counter.h"

namespace leat::ports {

// received = accepted + rejected + malformed + duplicate + shed + in_flight, in readings; a message
// that cannot be taken apart counts as one.
struct SourceLedger {
  base::Counter received;
  base::Counter accepted;
  base::Counter rejected;  // event time too far ahead of the clock
  base::Counter malformed;
  base::Counter duplicate;
  base::Counter shed;  // refused by a quota or a limit
  base::Counter in_flight;
};

// in = used + filtered + late + errors + in_flight, over all inputs together.
struct NodeLedger {
  base::Counter in;
  base::Counter used;
  base::Counter filtered;
  base::Counter late;
  base::Counter errors;
  base::Counter in_flight;
  base::Counter out;  // rows sent on, all outputs together; not part of the sum
};

// emitted = forwarded + errors + in_outbox + dropped.
struct SinkLedger {
  base::Counter emitted;
  base::Counter forwarded;
  base::Counter errors;
  base::Counter in_outbox;
  base::Counter dropped;
};

}  // namespace leat::ports
