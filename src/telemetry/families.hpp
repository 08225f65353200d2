#pragma once
/// Small steps from the metric list to prometheus-cpp's types.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

namespace evd::telemetry {

/// The label's value for names that nobody registered.
inline constexpr std::string_view other = "other";

[[nodiscard]] inline double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

/// An empty family with name, type and help of the list.
[[nodiscard]] prometheus::MetricFamily family(std::string_view name);

/// Adds a series to it.
void add(prometheus::MetricFamily& into, double value, std::vector<prometheus::ClientMetric::Label> labels = {});

}  // namespace evd::telemetry
