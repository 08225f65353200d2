#pragma once
/// One result: what was measured, beside what bare parts do with the same work.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evd::bench {

enum class better { higher, lower };

/// What is measured, without the measuring.
struct metric {
  std::string name;
  std::string unit;
  bench::better better = better::higher;
};

/// `value` and `raw` are of one run: the one whose ratio is the median of all runs.
struct figure {
  metric what;
  double value = 0;
  std::optional<double> raw;  ///< none: there is nothing to compare it with
  double lowest = 0;          ///< of the ratios; without `raw`, of the values
  double highest = 0;
  std::size_t runs = 0;

  [[nodiscard]] std::optional<double> ratio() const { return raw ? std::optional{value / *raw} : std::nullopt; }
};

/// Chooses the run that stands for all. `raws` is empty, or has one for each of `values`. REQUIRES: one value.
[[nodiscard]] figure median_of(metric what, const std::vector<double>& values, const std::vector<double>& raws);

/// The smallest value that `share` (0 to 1) of all values do not exceed. REQUIRES: one value.
[[nodiscard]] double percentile(std::vector<double> values, double share);

}  // namespace evd::bench
