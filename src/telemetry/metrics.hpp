#pragma once
/// Counts and measures what the runtime and the gateway report, through prometheus-cpp.
///
/// Labels are bounded: modules, commands and subscriptions are those that are registered; whatever else comes counts
/// under `other`. All their series are made at the start, so that an event costs a look-up and an atomic addition, and
/// no memory.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/observer.hpp"
#include "runtime/registry.hpp"
#include "telemetry/watched.hpp"

namespace evd::telemetry {

/// A request was answered.
struct http_answered {
  std::string_view route;  ///< the path it is registered at, "/commands/"; empty: there is none
  std::string_view method;
  int status = 0;
  std::chrono::microseconds duration{};
};

/// Threads: all functions from any. Lifetime: the registry outlives it.
class metrics final : public runtime::observer {
 public:
  explicit metrics(const runtime::registry& registered);
  ~metrics() override;
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  void on(const runtime::command_ended& what) noexcept override;
  void on(const runtime::delivery_ended& what) noexcept override;
  void on(const runtime::events_published& what) noexcept override;
  void on(const runtime::dead_lettered& what) noexcept override;
  void on(const runtime::records_recorded& what) noexcept override;
  void on_http(const http_answered& what) noexcept;

  /// What is asked for only when somebody looks: of log, store, recorder and runtime. It may block as they do.
  /// Of a part that is not there the metrics are left out.
  [[nodiscard]] std::string page(const watched& parts) const;

 private:
  struct series;
  std::unique_ptr<series> series_;
};

/// The content type of `metrics::page`.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace evd::telemetry
