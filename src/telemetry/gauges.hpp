#pragma once
/// Metrics of what is, in contrast to what happens: asked for at a scrape.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "telemetry/watched.hpp"

namespace evd::telemetry {

/// Asks log and store at most once a second, however many look: their answers may be requests over a network.
///
/// Threads: any; who comes while another asks waits for the answer.
class gauges {
 public:
  /// `known`: the subscriptions, and durable commands, that have series of their own.
  explicit gauges(std::set<subscription_key> known) : known_(std::move(known)) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect(const watched& parts);

 private:
  using clock = std::chrono::steady_clock;
  struct answers {
    clock::time_point at;
    std::optional<port::log_status> log;
    std::vector<port::subscription_lag> lags;
    std::optional<std::vector<port::subscription_summary>> subscriptions;
  };

  const answers& ask(const watched& parts);
  [[nodiscard]] subscription_key bounded(const subscription_key& key) const;
  void add_subscriptions(const answers& from, std::vector<prometheus::MetricFamily>& into) const;

  std::set<subscription_key> known_;
  std::mutex mutex_;  // guards what follows
  std::optional<answers> last_;
};

}  // namespace evd::telemetry
