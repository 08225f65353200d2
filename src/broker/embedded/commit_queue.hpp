#pragma once
/// Group commit. Whoever writes puts it here; one leader at a time writes all that is there in one transaction.
///
/// When a commit needs no fsync and there is one write at a time (nothing is going on, or the last group was a single
/// write that nobody came to wait behind and this one settles no delivery), the caller leads for its own write, which
/// saves a change of threads. Otherwise the queue's thread leads, so that callers never wait for the disk and writes
/// gather into groups.
///
/// Threads: `add` from any thread. `run` is called by one thread at a time, `after` possibly beside the next `run`.
/// Lifetime: destroying it writes what was added first.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "broker/embedded/writer.hpp"

namespace evd::broker_embedded {

class commit_queue {
 public:
  struct steps {
    std::function<group_result(std::span<pending_write>)> run;  ///< writes, in the order of the log
    std::function<void(const group_result&)> after;             ///< what may follow: deliveries
  };
  enum class leading : std::uint8_t { own_thread, caller_when_idle };

  commit_queue(steps what, leading who);
  commit_queue(const commit_queue&) = delete;
  commit_queue& operator=(const commit_queue&) = delete;
  ~commit_queue();

  void add(pending_write write);

  /// Writes on the calling thread, once whoever leads has finished. Also from a completion or a sink.
  void add_and_wait(pending_write write);

 private:
  using clock = std::chrono::steady_clock;

  void run_thread();
  void lead(std::vector<pending_write>& group);
  [[nodiscard]] std::vector<pending_write> take();  // REQUIRES: mutex_ held

  static constexpr std::size_t writes_a_group = 1'000;
  static constexpr std::chrono::microseconds idle{10};

  const steps steps_;
  const leading leading_;
  std::mutex mutex_;
  std::condition_variable changed_;  // for the thread
  std::condition_variable free_;     // for those who want to lead
  std::deque<pending_write> queue_;  // guarded by mutex_
  bool has_leader_ = false;          // guarded by mutex_
  std::size_t wanting_ = 0;          // guarded by mutex_; those who wait to lead
  bool stopping_ = false;            // guarded by mutex_
  clock::time_point last_end_{};     // guarded by mutex_
  bool last_was_alone_ = false;      // guarded by mutex_
  std::thread thread_;
};

}  // namespace evd::broker_embedded
