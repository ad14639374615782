#include "core/windows/session_windows.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/windows/slice_geometry.h"
#include "core/windows/window_snapshot.h"

namespace leat::windows {

SessionWindows::SessionWindows(const WindowConfig& config, const data::Schema& input,
                               std::vector<data::SchemaPtr> outputs)
    : gap_(std::clamp<DurationMs>(config.gap_ms, 1, kMaxWindowMs)),
      lateness_(std::clamp<DurationMs>(config.allowed_lateness_ms, 0, kMaxWindowMs)),
      intake_(config),
      output_(config, input, std::move(outputs)),
      pool_(intake_.aggregator()) {}

SessionWindows::~SessionWindows() {
  for (const auto& [place, session] : sessions_) pool_.give_back(session.cell);
}

Result<void> SessionWindows::process(std::size_t /*input*/, data::Batch&& batch,
                                     operators::Output& out) {
  output_.begin(out, watermark_);
  if (batch.watermark_before > watermark_) advance(batch.watermark_before);
  intake_.begin_batch(batch, ledger_, output_);
  if (newest_.size() < intake_.keys().capacity()) newest_.resize(intake_.keys().capacity());
  work_off(batch);
  intake_.end_batch();
  output_.advance(watermark_);
  ledger_.out.add(output_.finish());
  return {};
}

void SessionWindows::work_off(const data::Batch& batch) {
  const bool any_error = intake_.any_error();
  const data::KeyId* const ids = intake_.ids().data();
  std::byte** const cells = intake_.cells();
  std::size_t begin = 0;
  TimestampMs due = next_due();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const TimestampMs time = batch.event_times[row];
    if (any_error && intake_.has_error(row)) {
      cells[row] = nullptr;
    } else if (time < base::kMinEventTime || time > base::kMaxEventTime) {
      intake_.set_bad(row);
    } else {
      // Most rows go on with the newest session of their key.
      Session* session = newest_[ids[row]];
      if (session != nullptr && time >= session->start && time <= session->end &&
          !has_fired(*session)) {
        session->end = std::max(session->end, time + gap_);
      } else {
        session = join(ids[row], time, row, begin);
        due = next_due();
      }
      if (session != nullptr) cells[row] = session->cell;
      if (session != nullptr && has_fired(*session)) {
        intake_.flush(begin, row);
        intake_.flush(row, row + 1);
        begin = row + 1;
        output_.advance(watermark_);
        if (cells[row] != nullptr) fire(*session);
      }
    }
    const TimestampMs after = batch.watermark_after(row);
    if (after >= due) {
      intake_.flush(begin, row + 1);
      begin = row + 1;
      advance(after);
      due = next_due();
    }
    watermark_ = after;
  }
  intake_.flush(begin, batch.rows());
}

SessionWindows::Session* SessionWindows::join(data::KeyId id, TimestampMs time, std::size_t row,
                                              std::size_t& begin) {
  const TimestampMs end = time + gap_;
  // Sessions of a key are apart, so those that [time, end] touches stand together.
  const auto last = sessions_.upper_bound({id, end});
  auto first = last;
  while (first != sessions_.begin()) {
    const auto before = std::prev(first);
    if (before->first.first != id || before->second.end < time) break;
    first = before;
  }
  if (first == last) {
    if (base::saturating_add(end - 1, lateness_) <= watermark_) {
      intake_.set_late(row);
      return nullptr;
    }
    return &open(id, time, end);
  }
  if (std::next(first) != last) {
    intake_.flush(begin, row);
    begin = row;
  }
  return merge(first, last, time, end);
}

SessionWindows::Session* SessionWindows::merge(Map::iterator first, Map::iterator last,
                                               TimestampMs start, TimestampMs end) {
  Session& session = first->second;
  for (auto other = std::next(first); other != last;) {
    intake_.aggregator().merge(session.cell, other->second.cell);
    session.end = other->second.end;
    const auto merged = other++;
    close(merged);
  }
  session.end = std::max(session.end, end);
  if (start < session.start) move_start(session, start);
  const auto next = std::next(sessions_.find({session.key, session.start}));
  const bool newest = next == sessions_.end() || next->first.first != session.key;
  if (newest) newest_[session.key] = &session;
  set_timer(session, has_fired(session) ? over_at(session) : session.end - 1);
  return &session;
}

SessionWindows::Session& SessionWindows::open(data::KeyId id, TimestampMs start, TimestampMs end) {
  Session& session = sessions_[{id, start}];
  session.key = id;
  session.start = start;
  session.end = end;
  session.cell = pool_.take();
  session.timer = has_fired(session) ? over_at(session) : end - 1;
  timers_.emplace(session.timer, &session);
  intake_.hold(id);
  if (newest_[id] == nullptr || newest_[id]->start < start) newest_[id] = &session;
  return session;
}

// The session's address stays.
void SessionWindows::move_start(Session& session, TimestampMs start) {
  auto node = sessions_.extract({session.key, session.start});
  session.start = start;
  node.key().second = start;
  sessions_.insert(std::move(node));
}

void SessionWindows::close(Map::iterator at) {
  Session& session = at->second;
  const data::KeyId id = session.key;
  timers_.erase({session.timer, &session});
  pool_.give_back(session.cell);
  if (newest_[id] == &session) {
    const bool another = at != sessions_.begin() && std::prev(at)->first.first == id;
    newest_[id] = another ? &std::prev(at)->second : nullptr;
  }
  sessions_.erase(at);
  intake_.let_go(id);
}

TimestampMs SessionWindows::over_at(const Session& session) const {
  return base::saturating_add(session.end - 1, lateness_);
}

void SessionWindows::set_timer(Session& session, TimestampMs due) {
  if (session.timer == due) return;
  timers_.erase({session.timer, &session});
  session.timer = due;
  timers_.emplace(due, &session);
}

void SessionWindows::advance(TimestampMs watermark) {
  output_.advance(watermark_);
  std::vector<Session*> due;
  std::vector<Session*> over;
  while (next_due() <= watermark && !timers_.empty()) {
    Session& session = *timers_.begin()->second;
    if (!has_fired(session) && session.end - 1 <= watermark) due.push_back(&session);
    if (over_at(session) <= watermark) {
      over.push_back(&session);
      timers_.erase(timers_.begin());
      session.timer = kMinTimestamp;  // in no timer
    } else {
      set_timer(session, session.end - 1 <= watermark ? over_at(session) : session.end - 1);
    }
  }
  fire_in_order(due);
  for (Session* const session : over) close(sessions_.find({session->key, session->start}));
  watermark_ = watermark;
  output_.advance(watermark);
}

void SessionWindows::fire_in_order(std::vector<Session*>& due) {
  std::sort(due.begin(), due.end(),
            [](const Session* a, const Session* b) { return a->end < b->end; });
  if (firing_of_.size() < newest_.size()) firing_of_.resize(newest_.size());
  for (auto at = due.begin(); at != due.end();) {
    const TimestampMs end = (*at)->end;
    firing_.clear();
    for (; at != due.end() && (*at)->end == end; ++at) {
      firing_.push_back((*at)->key);
      firing_of_[(*at)->key] = *at;
    }
    intake_.keys().sort(firing_);
    for (const data::KeyId id : firing_) fire(*firing_of_[id]);
  }
}

void SessionWindows::fire(const Session& session) {
  output_.result(intake_.keys(), session.key, {session.start, session.end, session.end - 1},
                 intake_.aggregator(), session.cell);
}

Result<void> SessionWindows::end_input(operators::Output& out) {
  output_.begin(out, watermark_);
  if (watermark_ < kMaxTimestamp) advance(kMaxTimestamp);
  ledger_.out.add(output_.finish());
  return {};
}

void SessionWindows::snapshot(base::ByteWriter& out) const {
  write_header(out, {WindowShape::kSession, gap_, 0, 0});
  std::vector<std::uint32_t> numbers;
  intake_.save(out, numbers);
  out.i64(watermark_);
  out.varint(sessions_.size());
  for (const auto& [place, session] : sessions_) {
    out.varint(numbers[session.key]);
    out.i64(session.start);
    out.i64(session.end);
    intake_.aggregator().save(session.cell, out);
  }
}

Result<void> SessionWindows::restore(base::ByteReader& in) {
  LEAT_TRY(read_header(in, {WindowShape::kSession, gap_, 0, 0}));
  std::vector<data::KeyId> ids;
  LEAT_TRY(intake_.load(in, ids));
  watermark_ = in.i64();
  newest_.resize(ids.size());
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t key = in.varint();
    const TimestampMs start = in.i64();
    const TimestampMs end = in.i64();
    if (!in.ok() || key >= ids.size()) return corrupt_state("a key is missing");
    const data::KeyId id = ids[static_cast<std::size_t>(key)];
    const Session* const before = newest_[id];
    if (start < base::kMinEventTime || start > base::kMaxEventTime ||
        end > base::kMaxEventTime + gap_ || end < start + gap_ ||
        (before != nullptr && before->end >= start)) {
      return corrupt_state("a session is out of place");
    }
    intake_.aggregator().load(open(id, start, end).cell, in);
  }
  return in.finish("window state");
}

}  // namespace leat::windows
