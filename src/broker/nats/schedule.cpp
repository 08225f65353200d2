#include "broker/nats/schedule.hpp"

#include <chrono>

#include <evd/time.hpp>

namespace evd::broker_nats {

namespace {

constexpr const char* expected = "Nats-Expected-Last-Subject-Sequence";

headers encoded(const port::delivered_item& item) {
  return std::visit([](const auto& one) { return encode(*one); }, item);
}

std::string_view body_of(const port::delivered_item& item) {
  if (const auto* event = std::get_if<std::shared_ptr<const event_record>>(&item)) return (*event)->data.text;
  return std::get<std::shared_ptr<const command_record>>(item)->input.text;
}

void wait_until(outgoing& what, timestamp due, std::string target) {
  what.head.emplace_back("Nats-Schedule", "@at " + to_rfc3339(std::chrono::ceil<std::chrono::milliseconds>(due)));
  what.head.emplace_back("Nats-Schedule-Target", std::move(target));
  what.head.emplace_back(expected, "0");
}

}  // namespace

outgoing scheduled_event(const event_record& event, const names& called) {
  outgoing what;
  const auto id = event.id.to_string();
  what.subject = called.scheduled_event(id);
  what.head = encode(event);
  what.data = event.data.text;
  wait_until(what, *event.not_before, called.due_event(id));
  return what;
}

outgoing retry_now(const port::retry_request& retry, std::uint64_t follows, const names& called) {
  outgoing what;
  what.subject = called.retry({retry.module, retry.subscription}, retry.event.to_string());
  what.head = encoded(retry.item);
  what.data = body_of(retry.item);
  add_retry(retry, what.head);
  what.head.emplace_back(expected, std::to_string(follows));
  return what;
}

outgoing scheduled_retry(const port::retry_request& retry, std::uint64_t follows, const names& called) {
  outgoing what;
  const subscription_key key{retry.module, retry.subscription};
  const auto item = retry.event.to_string();
  what.subject = called.scheduled_retry(key, item);
  what.head = encoded(retry.item);
  what.data = body_of(retry.item);
  add_retry(retry, what.head);
  what.head.emplace_back("evd-follows", std::to_string(follows));
  wait_until(what, retry.due, called.due_retry(key, item));
  return what;
}

std::optional<outgoing> due_message(const header_source& from, std::string_view subject, const names& called) {
  outgoing what;
  std::string message_id;
  std::string follows;
  if (const auto id = called.rest_of(subject, "due.event")) {
    what.subject = called.event(percent_decoded(from.find("ce-type").value_or("")));
    message_id = *id;
  } else if (const auto rest = called.rest_of(subject, "due.retry")) {
    what.subject = called.retry_of(*rest);
    // <module>.<subscription>.<event>, and the id is <event>.<module>.<subscription>.<attempt>
    const auto last = rest->rfind('.');
    if (last == std::string_view::npos) return std::nullopt;
    message_id = std::string(rest->substr(last + 1)) + '.' + std::string(rest->substr(0, last)) + '.' +
                 std::string(from.find("evd-attempt").value_or("0"));
    follows = from.find("evd-follows").value_or("0");
  } else {
    return std::nullopt;
  }
  what.head.emplace_back("Nats-Msg-Id", std::move(message_id));
  for (const auto& [name, value] : from.all_with("")) {
    // The server's own, and ours that only counted while it waited.
    if (name.starts_with("Nats-") || name == "evd-follows") continue;
    what.head.emplace_back(name, value);
  }
  if (!follows.empty()) what.head.emplace_back(expected, std::move(follows));
  return what;
}

}  // namespace evd::broker_nats
