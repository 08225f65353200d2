#pragma once
/// Metrics and traces of an application: made from its configuration, and put where they are to be seen.

#include <memory>
#include <string>

#include <evd/config.hpp>
#include <evd/error.hpp>
#include <evd/logger.hpp>

#include "gateway/http/http_gateway.hpp"
#include "runtime/registry.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/span_exporter.hpp"
#include "telemetry/span_tracer.hpp"

namespace evd::assembly {

/// What nobody asked for is not there: `observer` and `tracer` are null then, and cost nothing.
///
/// Lifetime: outlives the runtime, the recorder and the gateway that use it; destroying it sends what spans are left,
/// for a few seconds at the most.
class watching {
 public:
  watching(const config& settings, const std::string& instance, const runtime::registry& registered, log_sink& sink);
  ~watching();
  watching(const watching&) = delete;
  watching& operator=(const watching&) = delete;

  [[nodiscard]] runtime::observer* observer() { return metrics_.get(); }
  [[nodiscard]] runtime::tracer* tracer() { return tracer_.get(); }

  /// What a look at the metrics asks.
  void look_at(const telemetry::watched& parts);
  /// Makes a gateway count its requests and ask, for `/readyz`, how far behind the store is.
  void add_to(gateway::http_options& options);
  /// Puts `/metrics` on `main` (null: there is none), or on an address of its own, with `/livez` and `/readyz`.
  /// Errors: invalid_configuration, as the gateway's.
  [[nodiscard]] result<void> serve(gateway::http_gateway* main, runtime::command_service& commands);
  void stop_serving();
  /// Where `/metrics` is; empty: nowhere.
  [[nodiscard]] std::string address() const { return address_; }

 private:
  [[nodiscard]] result<void> recorder_keeps_up() const;

  const std::string where_;
  const std::chrono::milliseconds ready_lag_;
  log_sink& sink_;
  std::string address_;
  telemetry::watched parts_;
  std::unique_ptr<telemetry::metrics> metrics_;
  std::unique_ptr<telemetry::span_exporter> spans_;
  std::unique_ptr<telemetry::span_tracer> tracer_;
  std::unique_ptr<gateway::http_gateway> own_;
};

}  // namespace evd::assembly
