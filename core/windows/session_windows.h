// Session windows: rows of a key with at most a gap between one and the next.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/operators/operator.h"
#include "core/windows/cell_pool.h"
#include "core/windows/window_intake.h"
#include "core/windows/window_output.h"

namespace leat::windows {

// A row is a session [time, time + gap); sessions of a key that overlap or touch are one (Flink's
// MergingWindowSet). A row is late when its session is over, unless it joins one that is still
// there. With an allowance a session that has fired stays; a row that joins it fires it anew, at
// once when the merged session's end is behind the watermark as well, otherwise when that end is
// reached.
class SessionWindows final : public operators::Operator {
 public:
  SessionWindows(const WindowConfig& config, const data::Schema& input,
                 std::vector<data::SchemaPtr> outputs);
  ~SessionWindows() override;

  Result<void> process(std::size_t input, data::Batch&& batch, operators::Output& out) override;
  Result<void> end_input(operators::Output& out) override;
  void snapshot(base::ByteWriter& out) const override;
  Result<void> restore(base::ByteReader& in) override;

 private:
  struct Session {
    data::KeyId key = 0;
    TimestampMs start = 0;
    TimestampMs end = 0;  // exclusive: the last row's time + gap
    std::byte* cell = nullptr;
    TimestampMs timer = 0;  // its entry in timers_; nothing is due earlier, something may be later
  };
  using Place = std::pair<data::KeyId, TimestampMs>;  // the key and the start
  using Map = std::map<Place, Session>;

  void work_off(const data::Batch& batch);
  // The session that row [time, time + gap) of the key joins or opens; null when the row is late.
  // Rows [begin, row) are added before sessions merge; `begin` moves on then.
  Session* join(data::KeyId id, TimestampMs time, std::size_t row, std::size_t& begin);
  Session* merge(Map::iterator first, Map::iterator last, TimestampMs start, TimestampMs end);
  Session& open(data::KeyId id, TimestampMs start, TimestampMs end);
  void move_start(Session& session, TimestampMs start);
  void close(Map::iterator at);
  // Fired already, for all that watermark_ says.
  bool has_fired(const Session& session) const { return session.end - 1 <= watermark_; }
  TimestampMs over_at(const Session& session) const;
  void set_timer(Session& session, TimestampMs due);

  void advance(TimestampMs watermark);
  void fire_in_order(std::vector<Session*>& due);
  void fire(const Session& session);
  TimestampMs next_due() const { return timers_.empty() ? kMaxTimestamp : timers_.begin()->first; }

  DurationMs gap_;
  DurationMs lateness_;
  WindowIntake intake_;
  WindowOutput output_;
  CellPool pool_;
  Map sessions_;
  std::vector<Session*> newest_;  // by key id
  // A session's end moves with every row; its timer is set again only when it comes.
  std::set<std::pair<TimestampMs, Session*>> timers_;
  TimestampMs watermark_ = kMinTimestamp;
  std::vector<data::KeyId> firing_;
  std::vector<Session*> firing_of_;  // by key id, within one end
};

}  // namespace leat::windows
