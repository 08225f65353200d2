#include "runtime/admission.hpp"

#include <vector>

namespace evd::runtime {

void admission::enter(manner how, std::function<void()> start) {
  std::unique_lock lock(mutex_);
  if (how == manner::beside_others && !alone_ && suspects_.empty() && others_.empty()) {
    ++running_;
    lock.unlock();
    start();
    return;
  }
  (how == manner::alone ? suspects_ : others_).push_back(std::move(start));
  admit(lock);
}

void admission::leave(manner how) {
  std::unique_lock lock(mutex_);
  if (how == manner::alone) {
    alone_ = false;
  } else {
    --running_;
  }
  if (!suspects_.empty() || !others_.empty()) admit(lock);
}

void admission::admit(std::unique_lock<std::mutex>& lock) {
  std::vector<std::function<void()>> starting;
  if (!alone_) {
    if (!suspects_.empty()) {
      if (running_ == 0) {
        alone_ = true;
        starting.push_back(std::move(suspects_.front()));
        suspects_.pop_front();
      }
    } else {
      running_ += others_.size();
      starting.assign(std::make_move_iterator(others_.begin()), std::make_move_iterator(others_.end()));
      others_.clear();
    }
  }
  lock.unlock();
  for (const auto& start : starting) start();
}

}  // namespace evd::runtime
