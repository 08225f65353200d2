#include "core/ordered.hpp"

#include <algorithm>

namespace evd::core {

ordered_keys::ordered_keys(std::size_t concurrency, std::size_t max_held, std::chrono::milliseconds margin)
    : concurrency_(std::max<std::size_t>(concurrency, 1)),
      max_held_(std::max<std::size_t>(max_held, 1)),
      margin_(margin) {}

ordered_actions ordered_keys::arrived(delivery_handle delivery, std::string_view key, log_position position,
                                      timestamp handed_over) {
  if (handed_over < fresh_from_) return {{}, {delivery}};
  auto at = lanes_.find(key);
  if (at == lanes_.end()) at = lanes_.emplace(std::string(key), lane{}).first;
  deliveries_.emplace(delivery, known{at, position});
  at->second.waiting.emplace(position, delivery);
  ordered_actions actions;
  make_ready(at);
  begin_ready(actions);
  return actions;
}

ordered_actions ordered_keys::pauses(delivery_handle delivery) {
  ordered_actions actions;
  const auto found = deliveries_.find(delivery);
  if (found == deliveries_.end() || found->second.is != condition::active) return actions;
  found->second.is = condition::paused;
  --active_;
  begin_ready(actions);
  return actions;
}

void ordered_keys::resumes(delivery_handle delivery) {
  const auto found = deliveries_.find(delivery);
  if (found == deliveries_.end() || found->second.is != condition::paused) return;
  found->second.is = condition::active;
  ++active_;
}

ordered_actions ordered_keys::over(delivery_handle delivery, how_over how, timestamp now) {
  ordered_actions actions;
  const auto found = deliveries_.find(delivery);
  if (found == deliveries_.end()) return actions;
  const auto [at, position, is] = found->second;
  deliveries_.erase(found);
  auto& line = at->second;
  if (is == condition::waiting) {
    const auto [first, last] = line.waiting.equal_range(position);
    const auto place = std::find_if(first, last, [&](const auto& entry) { return entry.second == delivery; });
    line.waiting.erase(place);
  } else {
    line.occupied = false;
    if (is == condition::active) --active_;
  }
  if (how == how_over::gone) {
    fresh_from_ = std::max(fresh_from_, now + margin_);
    // Those behind it. One before it can only be there because it came again while this one ran.
    const auto behind = line.waiting.upper_bound(position);
    for (auto next = behind; next != line.waiting.end(); ++next) {
      actions.give_back.push_back(next->second);
      deliveries_.erase(next->second);
    }
    line.waiting.erase(behind, line.waiting.end());
  }
  if (line.queued && line.waiting.empty()) {
    ready_.erase(line.turn);
    line.queued = false;
  }
  make_ready(at);
  begin_ready(actions);
  forget_if_empty(at);
  return actions;
}

std::size_t ordered_keys::demand(timestamp now) const {
  if (now < fresh_from_) return 0;
  // Each may turn out to be of a closed key and be held, so there must be room to hold it.
  const auto soon = active_ + ready_.size();
  const auto startable = concurrency_ > soon ? concurrency_ - soon : 0;
  const auto holdable = max_held_ > held() ? max_held_ - held() : 0;
  return std::min(startable, holdable);
}

void ordered_keys::make_ready(lane_map::iterator at) {
  auto& line = at->second;
  if (line.occupied || line.queued || line.waiting.empty()) return;
  line.queued = true;
  line.turn = next_turn_++;
  ready_.emplace(line.turn, at);
}

void ordered_keys::begin_ready(ordered_actions& actions) {
  while (active_ < concurrency_ && !ready_.empty()) {
    const auto at = ready_.begin()->second;
    ready_.erase(ready_.begin());
    auto& line = at->second;
    line.queued = false;
    const auto first = line.waiting.begin()->second;
    line.waiting.erase(line.waiting.begin());
    line.occupied = true;
    deliveries_.at(first).is = condition::active;
    ++active_;
    actions.begin.push_back(first);
  }
}

void ordered_keys::forget_if_empty(lane_map::iterator at) {
  const auto& line = at->second;
  if (!line.occupied && !line.queued && line.waiting.empty()) lanes_.erase(at);
}

}  // namespace evd::core
