#include "store/embedded/rows.hpp"

#include <chrono>

#include "store/embedded/columns.hpp"

namespace evd::store_embedded {
namespace {

using sqlite::rows;
using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string string(const rows& from, int column) {
  return std::string{from.text(column)};
}
std::uint32_t number(const rows& from, int column) {
  return static_cast<std::uint32_t>(from.integer(column));
}

std::optional<timestamp> optional_time(const rows& from, int column) {
  if (from.is_null(column)) return std::nullopt;
  return from.time(column);
}

failure read_failure(const rows& from, int column) {
  return {string(from, column), string(from, column + 1), string(from, column + 2)};
}

}  // namespace

event_record read_event(const rows& from) {
  event_record event;
  event.id = event_id{from.id(1)};
  event.subject = string(from, 2);
  event.version = number(from, 3);
  event.command = command_id{from.id(4)};
  event.parents = separated<id>(from.blob(5));
  event.linked = separated<command_id>(from.blob(6));
  event.module = string(from, 7);
  event.subscription = string(from, 8);
  event.key = string(from, 9);
  event.time = from.time(10);
  event.not_before = optional_time(from, 11);
  event.headers = headers_of(from.text(12));
  event.data.text = string(from, 13);
  return event;
}

command_record read_command(const rows& from) {
  command_record command;
  command.id = command_id{from.id(1)};
  command.name = string(from, 2);
  command.module = string(from, 3);
  command.input.text = string(from, 4);
  command.caller = string(from, 5);
  command.source = string(from, 6);
  command.mode = static_cast<command_mode>(from.integer(7));
  command.accepted_at = from.time(8);
  command.time_limit = milliseconds{from.integer(9)};
  command.headers = headers_of(from.text(10));
  return command;
}

port::command_document read_command_document(const rows& from) {
  port::command_document document;
  document.command = read_command(from);
  constexpr int at = command_column_count;
  if (from.is_null(at)) return document;
  document.status = static_cast<command_status>(from.integer(at));
  command_outcome_record outcome;
  outcome.command = document.command.id;
  outcome.module = document.command.module;
  outcome.name = document.command.name;
  outcome.status = document.status;
  outcome.ended_at = from.time(at + 1);
  outcome.duration = microseconds{from.integer(at + 2)};
  outcome.result.text = string(from, at + 3);
  if (!from.is_null(at + 4)) outcome.failure = read_failure(from, at + 4);
  outcome.published = separated<event_id>(from.blob(at + 7));
  outcome.instance = string(from, at + 8);
  document.outcome = std::move(outcome);
  return document;
}

attempt_record read_attempt(const rows& from) {
  attempt_record attempt;
  attempt.event = event_id{from.id(0)};
  attempt.command = command_id{from.id(1)};
  attempt.subject = string(from, 2);
  attempt.module = string(from, 3);
  attempt.subscription = string(from, 4);
  attempt.number = number(from, 5);
  attempt.failure = read_failure(from, 6);
  attempt.started_at = from.time(9);
  attempt.duration = microseconds{from.integer(10)};
  attempt.retry_at = optional_time(from, 11);
  attempt.instance = string(from, 12);
  return attempt;
}

outcome_record read_outcome(const rows& from) {
  outcome_record outcome;
  outcome.event = event_id{from.id(0)};
  outcome.command = command_id{from.id(1)};
  outcome.subject = string(from, 2);
  outcome.module = string(from, 3);
  outcome.subscription = string(from, 4);
  outcome.attempt = number(from, 5);
  outcome.started_at = from.time(6);
  outcome.duration = microseconds{from.integer(7)};
  outcome.published = separated<event_id>(from.blob(8));
  outcome.instance = string(from, 9);
  return outcome;
}

port::dead_letter_document read_dead_letter(const rows& from) {
  port::dead_letter_document document;
  auto& letter = document.dead_letter;
  letter.id = dead_letter_id{from.id(0)};
  letter.event = event_id{from.id(1)};
  letter.command = command_id{from.id(2)};
  letter.subject = string(from, 3);
  letter.module = string(from, 4);
  letter.subscription = string(from, 5);
  letter.attempts = number(from, 6);
  letter.reason = static_cast<dead_letter_reason>(from.integer(7));
  letter.failure = read_failure(from, 8);
  letter.at = from.time(11);
  letter.instance = string(from, 12);
  document.status = static_cast<dead_letter_status>(from.integer(13));
  document.changed_at = from.time(14);
  document.changed_by = string(from, 15);
  return document;
}

subscription_record read_subscription(const rows& from) {
  subscription_record subscription;
  subscription.module = string(from, 1);
  subscription.name = string(from, 2);
  subscription.kind = static_cast<subscription_kind>(from.integer(3));
  if (auto filters = from_json<std::vector<std::string>>(from.text(4))) subscription.filters = std::move(*filters);
  subscription.attempts = number(from, 5);
  subscription.ack_wait = milliseconds{from.integer(6)};
  subscription.time_limit = milliseconds{from.integer(7)};
  subscription.concurrency = number(from, 8);
  subscription.max_crashes = number(from, 9);
  subscription.from_now = from.integer(10) != 0;
  subscription.registered_at = from.time(11);
  subscription.removed = from.integer(12) != 0;
  return subscription;
}

}  // namespace evd::store_embedded
