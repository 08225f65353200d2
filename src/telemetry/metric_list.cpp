#include "telemetry/metric_list.hpp"

#include <algorithm>
#include <stdexcept>

namespace evd::telemetry {

namespace {

using enum metric_kind;

// Base units (seconds, bytes), `_total` for what only grows: https://prometheus.io/docs/practices/naming/
constexpr metric_row rows[] = {
    {"evd_build_info", gauge, "version", "1, with the version of evd as a label."},
    {"evd_command_duration_seconds", histogram, "module command",
     "From the call of a command or query to its answer; of a durable command, one run of its handler."},
    {"evd_commands_running", gauge, "", "Commands and queries that this instance runs in place at present."},
    {"evd_commands_total", counter, "module command outcome",
     "Commands and queries: accepted (durable, recorded), succeeded, rejected, failed, retry (one attempt of a durable "
     "one), unknown, refused (never run)."},
    {"evd_dead_letters_open", gauge, "module subscription",
     "Dead letters that wait for somebody, as the store has it."},
    {"evd_dead_letters_total", counter, "module subscription reason",
     "Events that a subscription gave up on, recorded by this instance."},
    {"evd_deliveries_held", gauge, "", "Deliveries in this instance: waiting, running, being settled."},
    {"evd_deliveries_total", counter, "module subscription outcome",
     "Attempts: handled, retry (failed, another follows), dead_letter (failed, the last), dropped (past its "
     "deadline)."},
    {"evd_delivery_duration_seconds", histogram, "module subscription", "One run of a handler; of a batch, the whole."},
    {"evd_delivery_latency_seconds", histogram, "module subscription",
     "From an event's time to the begin of its handler, when it is handed over for the first time."},
    {"evd_events_published_bytes_total", counter, "module", "Data of the events published by this instance."},
    {"evd_events_published_total", counter, "module", "Events published by this instance, durable in the log."},
    {"evd_http_request_duration_seconds", histogram, "route method",
     "From a request that has been read to its answer."},
    {"evd_http_requests_total", counter, "route method status", "HTTP requests answered."},
    {"evd_log_bytes", gauge, "", "Size of the log."},
    {"evd_log_max_bytes", gauge, "", "Its limit; 0: the disk's."},
    {"evd_log_up", gauge, "", "1 when the log answered this scrape."},
    {"evd_recorder_delay_seconds", histogram, "",
     "From a record's time to its being in the store: the oldest of each batch."},
    {"evd_recorder_lag_seconds", gauge, "", "Age of the oldest record that is not in the store yet."},
    {"evd_recorder_quarantined_total", counter, "", "Records that the store refuses for ever, since the start."},
    {"evd_recorder_records_total", counter, "", "Records written to the store."},
    {"evd_spans_dropped_total", counter, "reason",
     "Spans that no collector got: queue_full, refused (by the collector), ended (the process did first)."},
    {"evd_spans_exported_total", counter, "", "Spans that the collector has taken."},
    {"evd_spans_queued", gauge, "", "Spans that wait to be exported."},
    {"evd_store_up", gauge, "", "1 when the store answered this scrape and the recorder can write to it."},
    {"evd_subscription_in_work_events", gauge, "module subscription", "Events handed over and not acknowledged."},
    {"evd_subscription_oldest_event_age_seconds", gauge, "module subscription",
     "Age of the oldest event that a subscription has still to handle; 0: there is none."},
    {"evd_subscription_pending_events", gauge, "module subscription",
     "Events that a subscription has still to handle, those in work included."},
    {"evd_subscription_waiting_retries", gauge, "module subscription", "Events that wait for another attempt."},
    {"evd_worker_threads", gauge, "", "Threads that run handlers."},
    {"evd_worker_threads_busy", gauge, "", "Of them, those that run something."},
};

}  // namespace

std::span<const metric_row> metric_list() {
  return rows;
}

const metric_row& metric(std::string_view name) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows), [&](const auto& row) { return row.name == name; });
  if (found == std::end(rows)) throw std::logic_error("no metric is named " + std::string(name));
  return *found;
}

std::string_view name_of(metric_kind kind) {
  switch (kind) {
    case counter:
      return "counter";
    case gauge:
      return "gauge";
    case histogram:
      return "histogram";
  }
  return "untyped";
}

std::string metrics_as_markdown() {
  std::string text = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const auto& row : rows) {
    std::string labels;
    for (const char c : row.labels) labels += c == ' ' ? std::string("`, `") : std::string(1, c);
    if (!labels.empty()) labels = "`" + labels + "`";
    text.append("| `").append(row.name).append("` | ").append(name_of(row.kind)).append(" | ").append(labels);
    text.append(" | ").append(row.help).append(" |\n");
  }
  return text;
}

}  // namespace evd::telemetry
