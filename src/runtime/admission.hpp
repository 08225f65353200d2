#pragma once
/// Who may run beside whom.

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace evd::runtime {

/// Lets deliveries run side by side, and a suspect (one whose handling may have ended a process) quite alone, so that a
/// poison event implicates nobody else.
///
/// Threads: any. `start` runs on the thread that admits it: the caller of `enter`, or of the `leave` that made room; it
/// must only hand the work to somebody.
class admission {
 public:
  enum class manner : std::uint8_t { beside_others, alone };

  void enter(manner how, std::function<void()> start);
  void leave(manner how);

 private:
  void admit(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::uint64_t running_ = 0;
  bool alone_ = false;
  std::deque<std::function<void()>> suspects_;  // go first: nothing new begins while one waits
  std::deque<std::function<void()>> others_;
};

}  // namespace evd::runtime
