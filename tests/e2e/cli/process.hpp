#pragma once
/// Running the real `evd`, as a shell would.

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace evd::test {

struct ended {
  int exit_code = -1;  ///< 128 + the signal's number, when a signal ended it
  std::string out;
  std::string err;
};

/// A started program. Lifetime: destroying it kills what still runs.
class process {
 public:
  /// `input` is all of its standard input. The environment is `environment` and nothing else but PATH.
  process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
          const std::string& input = {});
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  /// Reads until `text` has been written to standard output or error. False: it ended or 20 s passed.
  [[nodiscard]] bool wait_for(const std::string& text);
  void signal(int number);
  /// Reads to its end. REQUIRES: called once.
  ended wait();

 private:
  /// False: both ends are closed, or `until` has passed.
  bool read_some(std::chrono::steady_clock::time_point until);

  int pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  ended so_far_;
};

}  // namespace evd::test
