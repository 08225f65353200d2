#pragma once
/// One run of the application, in a process of its own.

#include <sys/types.h>

#include <map>
#include <string>

namespace evd::chaos {

/// Lifetime: destroying it kills what still runs. Threads: one.
class child {
 public:
  /// `settings` as `chaos_app` has them.
  explicit child(const std::map<std::string, std::string>& settings);
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  void signal(int number) const;
  [[nodiscard]] bool runs();
  /// Waits for its end: its exit code, or 128 + the signal that ended it.
  int wait();
  /// SIGKILL, and waits.
  void kill();

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace evd::chaos
