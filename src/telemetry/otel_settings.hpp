#pragma once
/// The variables of OpenTelemetry (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
/// as far as they concern traces over OTLP/HTTP.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "telemetry/otlp_json.hpp"
#include "telemetry/sampler.hpp"

namespace evd::telemetry {

struct otel_settings {
  std::string traces_url;  ///< empty: no traces are drawn
  std::vector<std::pair<std::string, std::string>> headers;
  std::string certificate;  ///< a file of trusted certificates; empty: the system's
  std::chrono::milliseconds timeout{10'000};
  telemetry::resource resource;  ///< service.name and what OTEL_RESOURCE_ATTRIBUTES says
  telemetry::sampler sampler;
  std::size_t max_queue = 2'048;
  std::size_t max_batch = 512;
  std::chrono::milliseconds schedule_delay{5'000};
  std::chrono::milliseconds export_timeout{30'000};
  std::vector<std::string> warnings;  ///< what was wrong; as the specification wants, it is said and ignored

  /// From variables by their names. Empty ones count as not set. Never throws.
  ///
  /// Traces are drawn when an endpoint is set (or `OTEL_TRACES_EXPORTER=otlp`, which means the default endpoint,
  /// http://localhost:4318), and `OTEL_SDK_DISABLED` is not true, and `OTEL_TRACES_EXPORTER` is not none.
  [[nodiscard]] static otel_settings read(const std::map<std::string, std::string>& variables);
};

}  // namespace evd::telemetry
