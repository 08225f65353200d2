#pragma once
/// Time for the runtime: work done regularly or at a moment, on a thread of its own.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace evd::runtime {

/// Has a thread of its own because keeping deliveries alive must not wait until a worker is free.
///
/// Threads: every function from any thread, also from the work itself. Work must be short. Lifetime: destruction joins;
/// work that was not due is dropped.
class ticker {
 public:
  using clock = std::chrono::steady_clock;
  using ticket = std::uint64_t;

  ticker();
  ~ticker();
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

  /// Runs `work` once, `delay` from now.
  ticket after(std::chrono::milliseconds delay, std::function<void()> work);
  /// Runs `work` every `period`, beginning one period from now.
  ticket every(std::chrono::milliseconds period, std::function<void()> work);
  /// No run begins after this has returned; one that is going on is waited for, unless the caller is it.
  void cancel(ticket which);

 private:
  struct entry {
    ticket id;
    std::chrono::milliseconds period;  // zero: once
    std::function<void()> work;
  };

  ticket add(std::chrono::milliseconds delay, std::chrono::milliseconds period, std::function<void()> work);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<clock::time_point, entry> due_;
  ticket next_ = 1;
  ticket running_ = 0;
  bool running_cancelled_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace evd::runtime
