#include "runtime/ticker.hpp"

#include <algorithm>

namespace evd::runtime {

ticker::ticker() : thread_([this] { run(); }) {}

ticker::~ticker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

ticker::ticket ticker::after(std::chrono::milliseconds delay, std::function<void()> work) {
  return add(delay, {}, std::move(work));
}

ticker::ticket ticker::every(std::chrono::milliseconds period, std::function<void()> work) {
  return add(period, period, std::move(work));
}

ticker::ticket ticker::add(std::chrono::milliseconds delay, std::chrono::milliseconds period,
                           std::function<void()> work) {
  const auto when = clock::now() + delay;
  ticket id = 0;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    id = next_++;
    const auto place = due_.emplace(when, entry{id, period, std::move(work)});
    first = place == due_.begin();
  }
  if (first) changed_.notify_all();
  return id;
}

void ticker::cancel(ticket which) {
  std::unique_lock lock(mutex_);
  const auto found =
      std::find_if(due_.begin(), due_.end(), [which](const auto& item) { return item.second.id == which; });
  if (found != due_.end()) {
    due_.erase(found);
    return;
  }
  if (running_ != which) return;
  running_cancelled_ = true;
  if (std::this_thread::get_id() == thread_.get_id()) return;
  changed_.wait(lock, [&] { return running_ != which; });
}

void ticker::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto when = due_.begin()->first;
    if (clock::now() < when) {
      changed_.wait_until(lock, when);
      continue;
    }
    auto node = due_.extract(due_.begin());
    running_ = node.mapped().id;
    running_cancelled_ = false;
    lock.unlock();
    node.mapped().work();
    lock.lock();
    running_ = 0;
    if (node.mapped().period.count() > 0 && !running_cancelled_) {
      node.key() = clock::now() + node.mapped().period;
      due_.insert(std::move(node));
    }
    changed_.notify_all();
  }
}

}  // namespace evd::runtime
