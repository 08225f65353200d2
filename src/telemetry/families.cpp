#include "telemetry/families.hpp"

#include "telemetry/metric_list.hpp"

namespace evd::telemetry {

prometheus::MetricFamily family(std::string_view name) {
  const auto& row = metric(name);
  prometheus::MetricFamily made;
  made.name = row.name;
  made.help = row.help;
  made.type = row.kind == metric_kind::counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  return made;
}

void add(prometheus::MetricFamily& into, double value, std::vector<prometheus::ClientMetric::Label> labels) {
  auto& made = into.metric.emplace_back();
  made.label = std::move(labels);
  if (into.type == prometheus::MetricType::Counter) {
    made.counter.value = value;
  } else {
    made.gauge.value = value;
  }
}

}  // namespace evd::telemetry
