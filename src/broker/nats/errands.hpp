#pragma once
/// One thread for what has to wait for an answer of the server and must keep nobody else waiting: rare things only.
///
/// Threads: `post` from any. Lifetime: what is posted ends before this does; what has not begun then is dropped.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace evd::broker_nats {

class errands {
 public:
  errands() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  ~errands() { stop(); }
  errands(const errands&) = delete;
  errands& operator=(const errands&) = delete;

  void post(std::function<void()> what) {
    const std::lock_guard hold{mutex_};
    if (stopped_) return;
    waiting_.push_back(std::move(what));
    wake_.notify_one();
  }

  /// Ends what runs and drops the rest.
  void stop() {
    {
      const std::lock_guard hold{mutex_};
      stopped_ = true;
      waiting_.clear();
    }
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock hold{mutex_};
    while (wake_.wait(hold, stop, [&] { return !waiting_.empty(); })) {
      auto what = std::move(waiting_.front());
      waiting_.pop_front();
      hold.unlock();
      what();
      what = nullptr;
      hold.lock();
      if (stop.stop_requested()) break;
    }
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> waiting_;
  bool stopped_ = false;
  std::jthread thread_;
};

}  // namespace evd::broker_nats
