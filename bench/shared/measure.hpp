#pragma once
/// Runs what is measured and the bare parts beside it, turn by turn.
///
/// What a machine does varies by more between minutes than most changes are worth. So both sides run alternately, with
/// the same amount of work, and a run's ratio is taken from two neighbours; the order within a pair changes with each.

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "shared/figure.hpp"

namespace evd::bench {

using seconds = std::chrono::duration<double>;

/// What one run of one side has brought.
struct outcome {
  std::vector<double> values;  ///< one for each metric
  seconds took{};              ///< the part that was measured
};

/// `count` pieces of work in `took`.
[[nodiscard]] outcome rate_of(std::size_t count, seconds took);

/// Both sides of one benchmark. Each call does `count` pieces of work on a file of its own.
struct comparison {
  std::string name;
  std::vector<metric> metrics;
  std::function<outcome(std::size_t count)> evd;
  std::function<outcome(std::size_t count)> raw;  ///< may be empty
  std::size_t granularity = 1;                    ///< `count` is a multiple of this
};

struct effort {
  std::size_t runs = 5;
  seconds a_run{1.0};     ///< how long about a run of the measured side is to take
  seconds warm_up{0.05};  ///< after this much it is known how much that is
};

/// Progress goes to standard error. Throws what the sides throw.
[[nodiscard]] std::vector<figure> measure(const comparison& what, const effort& how_much);

/// Without the side beside it: what a profiler sees is evd's.
[[nodiscard]] std::vector<figure> measure_alone(comparison what, const effort& how_much);

/// Time since it was made.
class stopwatch {
 public:
  [[nodiscard]] seconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace evd::bench
