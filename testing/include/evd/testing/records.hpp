#pragma once
/// Records for tests: complete, different from each other, and with ids that nobody else has.

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <evd/port/log.hpp>
#include <evd/record.hpp>

namespace evd::testing {

inline timestamp present() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// An id of now, never given before.
inline id fresh_id() {
  static const std::uint64_t process = std::random_device{}();
  static std::atomic<std::uint32_t> number{0};
  const auto seconds =
      static_cast<std::uint32_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds{1});
  const std::uint32_t own = ++number;
  id::byte_array bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
    bytes[4 + i] = static_cast<std::uint8_t>(process >> (24 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(own >> (24 - 8 * i));
  }
  return id{bytes};
}

inline command_record make_command(std::string name = "userUpdateNames", command_mode mode = command_mode::in_place) {
  command_record command;
  command.id = command_id{fresh_id()};
  command.name = std::move(name);
  command.module = "User";
  command.input.text = R"({"firstName":"Ada"})";
  command.caller = "u1";
  command.source = "http";
  command.mode = mode;
  command.accepted_at = present();
  command.time_limit = std::chrono::seconds{60};
  command.headers = {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  return command;
}

inline event_record make_event(std::string subject = "User.nameUpdated", command_id command = command_id{fresh_id()}) {
  event_record event;
  event.id = event_id{fresh_id()};
  event.module = subject.substr(0, subject.find('.'));
  event.subject = std::move(subject);
  event.version = 2;
  event.command = command;
  event.parents = {command};
  event.subscription = "";
  event.time = present();
  event.data.text = R"({"userId":"u1","firstName":"Ada"})";
  return event;
}

inline std::vector<event_record> make_events(std::size_t count, const std::string& subject = "User.nameUpdated") {
  std::vector<event_record> events;
  for (std::size_t i = 0; i < count; ++i) events.push_back(make_event(subject));
  return events;
}

inline subscription_record make_subscription(std::string name = "updateAuthor",
                                             std::vector<std::string> filters = {"User.nameUpdated"},
                                             subscription_kind kind = subscription_kind::single) {
  subscription_record subscription;
  subscription.module = "Blog";
  subscription.name = std::move(name);
  subscription.filters = std::move(filters);
  subscription.kind = kind;
  subscription.ack_wait = std::chrono::seconds{30};
  subscription.time_limit = std::chrono::seconds{600};
  subscription.concurrency = 16;
  subscription.registered_at = present();
  return subscription;
}

inline outcome_record make_outcome(const event_record& event, const subscription_record& by,
                                   std::uint32_t attempt = 1) {
  outcome_record outcome;
  outcome.event = event.id;
  outcome.command = event.command;
  outcome.subject = event.subject;
  outcome.module = by.module;
  outcome.subscription = by.name;
  outcome.attempt = attempt;
  outcome.started_at = present();
  outcome.duration = std::chrono::microseconds{1500};
  outcome.published = {event_id{fresh_id()}, event_id{fresh_id()}};
  outcome.instance = "host-1";
  return outcome;
}

inline attempt_record make_attempt(const event_record& event, const subscription_record& by, std::uint32_t number = 1) {
  attempt_record attempt;
  attempt.event = event.id;
  attempt.command = event.command;
  attempt.subject = event.subject;
  attempt.module = by.module;
  attempt.subscription = by.name;
  attempt.number = number;
  attempt.failure = {"std::runtime_error", "Test Error!!", "frame 1\nframe 2"};
  attempt.started_at = present();
  attempt.duration = std::chrono::microseconds{700};
  attempt.retry_at = attempt.started_at + std::chrono::seconds{1};
  attempt.instance = "host-1";
  return attempt;
}

inline port::retry_request make_retry(const event_record& event, const subscription_record& by, std::uint32_t attempt,
                                      timestamp due) {
  return {event.id, event.command, by.module, by.name, attempt, due, std::make_shared<const event_record>(event), {}};
}

inline dead_letter_record make_dead_letter(const event_record& event, const subscription_record& by) {
  dead_letter_record letter;
  letter.id = dead_letter_id{fresh_id()};
  letter.event = event.id;
  letter.command = event.command;
  letter.subject = event.subject;
  letter.module = by.module;
  letter.subscription = by.name;
  letter.attempts = 5;
  letter.failure = {"std::runtime_error", "Test Error!!", ""};
  letter.at = present();
  letter.instance = "host-1";
  return letter;
}

inline command_outcome_record make_command_outcome(const command_record& command,
                                                   command_status status = command_status::succeeded) {
  command_outcome_record outcome;
  outcome.command = command.id;
  outcome.module = command.module;
  outcome.name = command.name;
  outcome.status = status;
  outcome.ended_at = present();
  outcome.duration = std::chrono::microseconds{2500};
  outcome.result.text = R"({"ok":true})";
  outcome.published = {event_id{fresh_id()}};
  outcome.instance = "host-1";
  if (status == command_status::failed) outcome.failure = failure{"std::logic_error", "no", ""};
  return outcome;
}

}  // namespace evd::testing
