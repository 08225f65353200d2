#include "broker/embedded/commit_queue.hpp"

#include <algorithm>
#include <iterator>

namespace evd::broker_embedded {
namespace {
// A write made by a completion or a sink is for the queue's thread: else one commit would nest in the other.
thread_local bool in_completion = false;
}  // namespace

commit_queue::commit_queue(steps what, leading who)
    : steps_(std::move(what)), leading_(who), thread_([this] { run_thread(); }) {}

commit_queue::~commit_queue() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void commit_queue::add(pending_write write) {
  std::vector<pending_write> group;
  {
    const std::lock_guard hold{mutex_};
    // Settlements of deliveries come one after another without waiting for each other: they are better gathered.
    const bool is_alone = last_was_alone_ && write.write.acknowledged.empty();
    const bool leads = leading_ == leading::caller_when_idle && !in_completion && !has_leader_ && wanting_ == 0 &&
                       queue_.empty() && (is_alone || clock::now() - last_end_ > idle);
    queue_.push_back(std::move(write));
    if (leads) {
      has_leader_ = true;
      group = take();
    }
  }
  if (group.empty()) {
    changed_.notify_one();
  } else {
    lead(group);
  }
}

void commit_queue::add_and_wait(pending_write write) {
  std::vector<pending_write> group;
  {
    std::unique_lock hold{mutex_};
    ++wanting_;  // so that a caller who leads for one write after another makes way
    free_.wait(hold, [&] { return !has_leader_; });
    --wanting_;
    has_leader_ = true;
    group.push_back(std::move(write));
  }
  lead(group);
}

std::vector<pending_write> commit_queue::take() {
  const auto count = std::min(queue_.size(), writes_a_group);
  std::vector<pending_write> group;
  group.reserve(count);
  std::move(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(group));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  return group;
}

void commit_queue::run_thread() {
  for (;;) {
    std::vector<pending_write> group;
    {
      std::unique_lock hold{mutex_};
      changed_.wait(hold, [&] { return !has_leader_ && wanting_ == 0 && (stopping_ || !queue_.empty()); });
      if (queue_.empty()) return;
      has_leader_ = true;
      group = take();
    }
    lead(group);
  }
}

void commit_queue::lead(std::vector<pending_write>& group) {
  auto result = steps_.run(group);
  bool more = false;
  {
    const std::lock_guard hold{mutex_};
    has_leader_ = false;
    last_end_ = clock::now();
    last_was_alone_ = group.size() == 1 && queue_.empty();
    more = !queue_.empty() || stopping_;
  }
  free_.notify_one();
  if (more) changed_.notify_one();
  const bool nested = std::exchange(in_completion, true);
  for (std::size_t at = 0; at < group.size(); ++at) {
    if (group[at].done) group[at].done(std::move(result.receipts[at]));
  }
  if (result.wrote) steps_.after(result);
  in_completion = nested;
}

}  // namespace evd::broker_embedded
