#include "transports/mqtt/publish_window.h"

#include <algorithm>
#include <utility>

namespace leat::mqtt {

using Lock = std::lock_guard<std::mutex>;

void PublishWindow::add(Outgoing message) {
  const Lock lock(mutex_);
  held_bytes_ += message.topic.size() + message.payload.size();
  waiting_.push_back({next_number_++, std::make_shared<const Outgoing>(std::move(message))});
}

std::shared_ptr<const Outgoing> PublishWindow::next(Attempt& attempt) {
  const Lock lock(mutex_);
  if (!connected_ || waiting_.empty() || sent_.size() >= limits_.max_sent) return nullptr;
  do {
    ++last_attempt_;
  } while (last_attempt_ == 0 || sent_.count(last_attempt_) != 0);
  attempt = last_attempt_;
  const Entry& entry = sent_[attempt] = std::move(waiting_.front());
  waiting_.pop_front();
  return entry.message;
}

void PublishWindow::on_connected() {
  const Lock lock(mutex_);
  connected_ = true;
}

void PublishWindow::on_connection_lost() {
  const Lock lock(mutex_);
  connected_ = false;
  for (auto& [attempt, entry] : sent_) wait_again(std::move(entry));
  sent_.clear();
}

bool PublishWindow::connected() const {
  const Lock lock(mutex_);
  return connected_;
}

bool PublishWindow::forget(Attempt attempt) {
  const auto found = sent_.find(attempt);
  if (found == sent_.end()) return false;
  const Outgoing& message = *found->second.message;
  held_bytes_ -= message.topic.size() + message.payload.size();
  sent_.erase(found);
  return true;
}

bool PublishWindow::acknowledge(Attempt attempt) {
  const Lock lock(mutex_);
  if (!forget(attempt)) return false;
  ++forwarded_;
  return true;
}

bool PublishWindow::refuse(Attempt attempt) {
  const Lock lock(mutex_);
  if (!forget(attempt)) return false;
  ++refused_;
  return true;
}

void PublishWindow::retry(Attempt attempt) {
  const Lock lock(mutex_);
  const auto found = sent_.find(attempt);
  if (found == sent_.end()) return;
  wait_again(std::move(found->second));
  sent_.erase(found);
}

void PublishWindow::wait_again(Entry entry) {
  const auto after = [](std::uint64_t number, const Entry& other) { return number < other.number; };
  const auto place = std::upper_bound(waiting_.begin(), waiting_.end(), entry.number, after);
  waiting_.insert(place, std::move(entry));
}

bool PublishWindow::full() const {
  const Lock lock(mutex_);
  return waiting_.size() + sent_.size() >= limits_.max_held ||
         held_bytes_ >= limits_.max_held_bytes;
}

std::size_t PublishWindow::held() const {
  const Lock lock(mutex_);
  return waiting_.size() + sent_.size();
}

std::uint64_t PublishWindow::forwarded() const {
  const Lock lock(mutex_);
  return forwarded_;
}

std::uint64_t PublishWindow::refused() const {
  const Lock lock(mutex_);
  return refused_;
}

}  // namespace leat::mqtt
