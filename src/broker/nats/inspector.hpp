#pragma once
/// What the server knows about subscriptions and waiting retries, for people.
///
/// Threads: safe from any; every call waits for the server. Lifetime: its `api` outlives it.

#include <vector>

#include <evd/port/log.hpp>

#include "broker/nats/api.hpp"
#include "broker/nats/names.hpp"

namespace evd::broker_nats {

class inspector {
 public:
  inspector(api& server, const names& called) : server_(server), called_(called) {}

  [[nodiscard]] result<std::vector<port::subscription_lag>> lags();
  /// The retry of a pair that waits in the schedules. None: there is none.
  [[nodiscard]] result<std::optional<retry_record>> waiting_retry(const event_id& event, const subscription_key& key);

 private:
  [[nodiscard]] result<std::optional<timestamp>> oldest(const consumer_info& of);

  api& server_;
  const names& called_;
};

}  // namespace evd::broker_nats
