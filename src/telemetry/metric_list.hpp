#pragma once
/// Every metric there is: the one list that the code makes them from, that the reference shows and a golden file keeps.

#include <span>
#include <string>
#include <string_view>

namespace evd::telemetry {

enum class metric_kind : unsigned char { counter, gauge, histogram };

struct metric_row {
  std::string_view name;
  metric_kind kind;
  std::string_view labels;  ///< separated by blanks
  std::string_view help;
};

/// By name.
[[nodiscard]] std::span<const metric_row> metric_list();

/// The row of that name. REQUIRES: there is one.
[[nodiscard]] const metric_row& metric(std::string_view name);

/// `counter`, `gauge`, `histogram`.
[[nodiscard]] std::string_view name_of(metric_kind kind);

/// The list as the table of docs/reference/metrics.md.
[[nodiscard]] std::string metrics_as_markdown();

}  // namespace evd::telemetry
