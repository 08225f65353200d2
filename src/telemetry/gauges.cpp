#include "telemetry/gauges.hpp"

#include <algorithm>
#include <map>

#include "runtime/environment.hpp"
#include "telemetry/families.hpp"

namespace evd::telemetry {

namespace {

constexpr std::chrono::seconds kept{1};

struct subscription_figures {
  double pending = 0;
  double in_work = 0;
  double retries = 0;
  double oldest = 0;
};

}  // namespace

const gauges::answers& gauges::ask(const watched& parts) {
  if (last_ && clock::now() - last_->at < kept) return *last_;
  answers made;
  if (parts.log != nullptr) {
    if (auto status = parts.log->status()) made.log = *std::move(status);
    // A log that is away would have to be waited for twice.
    if (made.log) {
      if (auto lags = parts.log->lags()) made.lags = *std::move(lags);
    }
  }
  if (parts.store != nullptr) {
    if (auto all = parts.store->subscriptions()) made.subscriptions = *std::move(all);
  }
  made.at = clock::now();
  last_ = std::move(made);
  return *last_;
}

subscription_key gauges::bounded(const subscription_key& key) const {
  if (known_.contains(key)) return key;
  return {std::string(other), std::string(other)};
}

void gauges::add_subscriptions(const answers& from, std::vector<prometheus::MetricFamily>& into) const {
  const auto now = runtime::now();
  std::map<subscription_key, subscription_figures> figures;
  for (const auto& lag : from.lags) {
    auto& one = figures[bounded(lag.key)];
    one.pending += static_cast<double>(lag.pending);
    one.in_work += static_cast<double>(lag.in_work);
    one.retries += static_cast<double>(lag.retries_waiting);
    if (lag.oldest && *lag.oldest < now) one.oldest = std::max(one.oldest, seconds(now - *lag.oldest));
  }
  auto pending = family("evd_subscription_pending_events");
  auto in_work = family("evd_subscription_in_work_events");
  auto retries = family("evd_subscription_waiting_retries");
  auto oldest = family("evd_subscription_oldest_event_age_seconds");
  for (const auto& [key, one] : figures) {
    const std::vector<prometheus::ClientMetric::Label> labels{{"module", key.module}, {"subscription", key.name}};
    add(pending, one.pending, labels);
    add(in_work, one.in_work, labels);
    add(retries, one.retries, labels);
    add(oldest, one.oldest, labels);
  }
  for (auto* each : {&pending, &in_work, &retries, &oldest}) into.push_back(std::move(*each));

  if (!from.subscriptions) return;
  std::map<subscription_key, double> letters;
  for (const auto& one : *from.subscriptions) {
    if (one.subscription.kind == subscription_kind::command) continue;
    letters[bounded({one.subscription.module, one.subscription.name})] += static_cast<double>(one.open_dead_letters);
  }
  auto open = family("evd_dead_letters_open");
  for (const auto& [key, count] : letters) add(open, count, {{"module", key.module}, {"subscription", key.name}});
  into.push_back(std::move(open));
}

std::vector<prometheus::MetricFamily> gauges::collect(const watched& parts) {
  std::vector<prometheus::MetricFamily> all;
  const auto one = [&all](std::string_view name, double value) { add(all.emplace_back(family(name)), value); };
  bool store_answers = false;
  {
    const std::lock_guard lock(mutex_);
    const auto& from = ask(parts);
    store_answers = from.subscriptions.has_value();
    if (parts.log != nullptr) {
      one("evd_log_up", from.log ? 1 : 0);
      if (from.log) {
        one("evd_log_bytes", static_cast<double>(from.log->bytes));
        one("evd_log_max_bytes", static_cast<double>(from.log->max_bytes));
      }
    }
    add_subscriptions(from, all);
  }
  bool recorder_writes = true;
  if (parts.recorder != nullptr) {
    const auto state = parts.recorder->state();
    recorder_writes = !state.store_is_away;
    one("evd_recorder_lag_seconds", seconds(state.lag(runtime::now())));
    one("evd_recorder_quarantined_total", static_cast<double>(state.quarantined));
  }
  if (parts.store != nullptr) one("evd_store_up", store_answers && recorder_writes ? 1 : 0);
  if (parts.runtime != nullptr) {
    const auto load = parts.runtime->load();
    one("evd_worker_threads", load.threads);
    one("evd_worker_threads_busy", load.busy);
    one("evd_commands_running", static_cast<double>(load.commands));
    one("evd_deliveries_held", static_cast<double>(load.deliveries));
  }
  if (parts.spans) {
    const auto counts = parts.spans();
    one("evd_spans_exported_total", static_cast<double>(counts.exported));
    one("evd_spans_queued", static_cast<double>(counts.queued));
    auto& dropped = all.emplace_back(family("evd_spans_dropped_total"));
    add(dropped, static_cast<double>(counts.dropped_queue_full), {{"reason", "queue_full"}});
    add(dropped, static_cast<double>(counts.dropped_refused), {{"reason", "refused"}});
    add(dropped, static_cast<double>(counts.dropped_ended), {{"reason", "ended"}});
  }
  add(all.emplace_back(family("evd_build_info")), 1, {{"version", EVD_PROJECT_VERSION}});
  return all;
}

}  // namespace evd::telemetry
