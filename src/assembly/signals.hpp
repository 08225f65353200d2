#pragma once
/// Waiting for the signals that end a service.

#include <csignal>

namespace evd::assembly {

/// Takes SIGINT and SIGTERM away from every thread that is made from now on, so that `wait` gets them. A second one
/// while the application drains ends the process at once.
///
/// Make it before other threads. Threads: `wait` from one.
class ending_signals {
 public:
  ending_signals();
  ~ending_signals();
  ending_signals(const ending_signals&) = delete;
  ending_signals& operator=(const ending_signals&) = delete;

  /// Returns the signal that came.
  int wait();
  /// From now on the signals have their usual effect again.
  void restore();

 private:
  sigset_t which_{};
  sigset_t before_{};
};

}  // namespace evd::assembly
