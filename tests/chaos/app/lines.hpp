#pragma once
/// What an application says about itself, in a way that survives its own end: one write(2) a line, appended. Only the
/// process is killed, not the machine, so what was written is in the file.
///
///   A <command>                          the call was answered with success
///   R <error>                            the call was answered with an error
///   H <module>.<subscription> <event> <microseconds>
///                                        a handler has reached its end, just before it returns; by the monotonic
///                                        clock, which all processes share
///
/// Threads: any.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace evd::chaos {

/// Microseconds of the monotonic clock.
inline std::int64_t moment() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class lines {
 public:
  explicit lines(const std::string& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {}
  lines(const lines&) = delete;
  lines& operator=(const lines&) = delete;
  ~lines() { ::close(file_); }

  void note(std::string line) const {
    line += '\n';
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(70);
  }

 private:
  int file_;
};

}  // namespace evd::chaos
