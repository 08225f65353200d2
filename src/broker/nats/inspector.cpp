#include "broker/nats/inspector.hpp"

#include <algorithm>

#include "broker/nats/header_view.hpp"

namespace evd::broker_nats {

namespace {

std::string text_in(const std::map<std::string, std::string>& all, const char* name) {
  const auto found = all.find(name);
  return found == all.end() ? std::string() : found->second;
}

}  // namespace

// The first message behind the acknowledged ones that is for it. It may be one acknowledged already, out of order.
result<std::optional<timestamp>> inspector::oldest(const consumer_info& of) {
  std::uint64_t first = 0;
  std::optional<timestamp> when;
  for (const auto& filter : of.filters) {
    auto found = server_.next_of(called_.log_stream(), of.ack_floor + 1, filter);
    if (!found) return found.error();
    if (!*found || (first != 0 && (*found)->sequence > first)) continue;
    const auto time = parse_rfc3339(header_of((*found)->content.get(), "ce-time").value_or(""));
    first = (*found)->sequence;
    if (time) when = *time;
  }
  return when;
}

result<std::vector<port::subscription_lag>> inspector::lags() {
  const auto consumers = server_.consumers(called_.log_stream());
  if (!consumers) return consumers.error();
  const auto prefix = called_.scheduled_retry({"", ""}, "");  // <name space>.schedule.retry...
  const auto head = prefix.substr(0, prefix.size() - 2);      // without the empty tokens
  const auto schedules = server_.stream(called_.schedules_stream(), head + ">");
  if (!schedules) return schedules.error();
  std::map<std::string, std::uint64_t> waiting;  // by <module>.<subscription>
  if (*schedules) {
    for (const auto& [subject, count] : (*schedules)->subjects) {
      if (!subject.starts_with(head)) continue;
      const auto rest = subject.substr(head.size());
      waiting[rest.substr(0, rest.rfind('.'))] += count;
    }
  }
  std::vector<port::subscription_lag> all;
  for (const auto& each : *consumers) {
    port::subscription_lag lag;
    lag.key = {text_in(each.metadata, "evd-module"), text_in(each.metadata, "evd-subscription")};
    if (lag.key.module.empty()) continue;  // somebody else's
    lag.in_work = each.ack_pending;
    lag.retries_waiting = waiting[lag.key.to_string()];
    lag.pending = each.pending + each.ack_pending + lag.retries_waiting;
    if (each.pending + each.ack_pending > 0) {
      auto when = oldest(each);
      if (!when) return when.error();
      lag.oldest = *when;
    }
    all.push_back(std::move(lag));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

result<std::optional<retry_record>> inspector::waiting_retry(const event_id& event, const subscription_key& key) {
  const auto found = server_.last_of(called_.schedules_stream(), called_.scheduled_retry(key, event.to_string()));
  if (!found) return found.error();
  if (!*found) return std::optional<retry_record>{};
  const header_view head{(*found)->content.get()};
  const auto retry = decode_retry(head);
  if (!retry) return std::optional<retry_record>{};
  retry_record record{event, {}, key.module, key.name, retry->attempt, retry->due};
  const auto data = data_of((*found)->content.get());
  if (retry->is_command) {
    record.command = command_id{event};
  } else if (const auto whole = decode_event(head, data, head.find("ce-type").value_or(""))) {
    record.command = whole->command;
  }
  return std::optional{record};
}

}  // namespace evd::broker_nats
