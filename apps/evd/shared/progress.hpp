#pragma once
/// Says on standard error how far something is, when it takes long and a person is looking.

#include <chrono>
#include <string>

#include "shared/output.hpp"

namespace evd::cli {

/// Shows nothing during the first half second, and nothing at all when standard error is no terminal or with --json.
/// Lifetime: the line is wiped when it ends.
class progress {
 public:
  progress(const output& out, std::string what);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  /// `state` follows the name: "120 of 5,000". Cheap enough for every step.
  void show(const std::string& state);

 private:
  using clock = std::chrono::steady_clock;

  std::string what_;
  bool wanted_;
  bool shown_ = false;
  clock::time_point next_;
};

}  // namespace evd::cli
