#pragma once
/// What the application shows of its events on the terminal, one line each:
///
///     Event! - [User-nameUpdated]
///     Failed 1 times, clientGroup: Comment, errMsg: Test Error!! eventId:622303733628c902f133004b
///     Error added to dead letter queue
///
/// Threads: any. Lifetime: longer than the application that it watches.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <evd/app.hpp>

class terminal {
 public:
  /// Whether events are shown from the start.
  enum class begin : unsigned char { shown, hidden };
  explicit terminal(begin how) : shown_(how == begin::shown) {}

  /// REQUIRES: before the application starts.
  void watch(evd::app& app);

  void show_from_now_on();
  /// Waits until that line is among the last ones shown, or for some seconds.
  void wait_for(const std::string& line);

 private:
  void event(const evd::event_record& record);
  void failed(const evd::invocation& call, const std::exception_ptr& why);
  void print(const std::string& line);
  void print_locked(const std::string& line);

  std::mutex mutex_;
  std::condition_variable shown_line_;
  std::set<evd::id> events_;       // guarded by mutex_: those shown of late
  std::deque<std::string> lines_;  // guarded by mutex_: the last ones shown
  bool shown_;                     // guarded by mutex_
};
