#include "assembly/watching.hpp"

#include "runtime/environment.hpp"
#include "telemetry/otel_settings.hpp"

namespace evd::assembly {

namespace {

using namespace std::chrono_literals;

constexpr auto last_export = 3s;

bool anybody_may_look(const config& settings) {
  return settings.metrics != "off" && !(settings.metrics == "on" && settings.http.empty());
}

}  // namespace

watching::watching(const config& settings, const std::string& instance, const runtime::registry& registered,
                   log_sink& sink)
    : where_(settings.metrics), ready_lag_(settings.ready_lag), sink_(sink) {
  if (anybody_may_look(settings)) metrics_ = std::make_unique<telemetry::metrics>(registered);

  auto otel = telemetry::otel_settings::read(settings.otel);
  for (const auto& one : otel.warnings) logger(sink).warning("a setting of OpenTelemetry is not used", {{"why", one}});
  if (otel.traces_url.empty()) return;
  otel.resource.emplace("service.instance.id", instance);
  spans_ = std::make_unique<telemetry::span_exporter>(otel, otel.resource, sink);
  tracer_ = std::make_unique<telemetry::span_tracer>(otel.sampler,
                                                     [this](telemetry::span&& made) { spans_->add(std::move(made)); });
}

watching::~watching() {
  stop_serving();
  if (spans_) spans_->stop(last_export);
}

void watching::look_at(const telemetry::watched& parts) {
  parts_ = parts;
  if (spans_) parts_.spans = [this] { return spans_->counts(); };
}

result<void> watching::recorder_keeps_up() const {
  const auto lag = parts_.recorder->state().lag(runtime::now());
  if (lag <= ready_lag_) return {};
  return error{errc::unavailable,
               "readiness",
               "the store is " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lag).count()) +
                   " s behind the log, more than EVD_READY_LAG allows",
               "",
               {}};
}

void watching::add_to(gateway::http_options& options) {
  if (parts_.recorder != nullptr && ready_lag_.count() > 0) {
    options.readiness.push_back({"recorder", [this] { return recorder_keeps_up(); }});
  }
  if (!metrics_) return;
  options.on_answered = [this](const gateway::answered_request& what) {
    metrics_->on_http({what.route, what.method, what.status, what.duration});
  };
}

result<void> watching::serve(gateway::http_gateway* main, runtime::command_service& commands) {
  if (!metrics_) return {};
  auto* on = main;
  if (where_ != "on") {
    gateway::http_options options;
    options.address = where_;
    options.probes_only = true;
    options.threads = 1;
    add_to(options);
    auto serving = gateway::http_gateway::start(std::move(options), commands, sink_);
    if (!serving) return serving.error();
    own_ = *std::move(serving);
    on = own_.get();
  }
  if (on == nullptr) return {};
  on->add_route({"GET", "/metrics",
                 [this](const gateway::http_request&, const gateway::answer& reply) {
                   reply({.content_type = std::string(telemetry::metrics_content_type),
                          .body = metrics_->page(parts_),
                          .headers = {{"Cache-Control", "no-store"}}});
                 },
                 gateway::run_on::worker, gateway::caller_is::ignored});
  address_ = on->address();
  return {};
}

void watching::stop_serving() {
  own_.reset();
}

}  // namespace evd::assembly
