#pragma once
/// The event store: the queryable projection of the log.
///
/// An adapter (`store/embedded`, `store/mongo`) implements `store`; the conformance suite is in
/// `evd/testing/store_suite.hpp`. Calls block their thread for as long as the server takes, and are safe from any
/// thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <evd/error.hpp>
#include <evd/export.hpp>
#include <evd/record.hpp>

namespace evd::port {

// ---- changes: what a record does to the store; made by core's `project()` ----

/// Inserts by id are harmless to repeat.
struct insert_command {
  command_record document;
};
struct insert_event {
  event_record document;
};
struct insert_attempt {
  attempt_record document;
};
struct insert_outcome {
  outcome_record document;
};

/// Changes of a mutable document apply only from a higher position than the document has seen. The document may come
/// later than its change; then the change waits in it.
struct close_command {
  command_outcome_record outcome;
};
struct open_dead_letter {
  dead_letter_record document;
};
struct change_dead_letter {
  dead_letter_change change;
};
/// A later success of the pair: an open or retrying dead letter of it, if there is one, is resolved.
struct resolve_dead_letter {
  dead_letter_id id;
  timestamp at;
};
struct put_subscription {
  subscription_record document;
};

using change = std::variant<insert_command, insert_event, insert_attempt, insert_outcome, close_command,
                            open_dead_letter, change_dead_letter, resolve_dead_letter, put_subscription>;

struct positioned_change {
  log_position position;
  port::change change;
};

/// A record that the store refuses for ever. It is set aside so that the recorder can go on.
struct quarantined_record {
  log_position position;
  std::string kind;  ///< "event", "command", ...
  json_text record;
  error why;
  timestamp at;
};

// ---- documents ----

struct command_document {
  command_record command;
  command_status status = command_status::accepted;
  std::optional<command_outcome_record> outcome;
};

struct event_document {
  event_record event;
  log_position position;
  std::uint32_t failed_attempts = 0;
  std::uint32_t open_dead_letters = 0;
};

struct dead_letter_document {
  dead_letter_record dead_letter;
  dead_letter_status status = dead_letter_status::open;
  timestamp changed_at;
  std::string changed_by;
};

/// A command and everything that came of it. Events are in the order of the log.
struct chain_document {
  command_document command;
  std::vector<event_document> events;
  std::vector<attempt_record> attempts;
  std::vector<outcome_record> outcomes;
  std::vector<dead_letter_document> dead_letters;
};

struct subject_summary {
  std::string subject;
  std::uint32_t version = 1;  ///< the newest seen
  std::uint64_t events = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t open_dead_letters = 0;
  timestamp last;
};

struct subscription_summary {
  subscription_record subscription;
  std::uint64_t handled = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t open_dead_letters = 0;
  std::chrono::microseconds mean_duration{};
};

struct store_totals {
  std::uint64_t commands = 0, events = 0, outcomes = 0, attempts = 0, open_dead_letters = 0, quarantined = 0;
};

// ---- queries ----

/// Newest first unless said otherwise; `after` is the `next` of the page before.
struct page_request {
  std::size_t limit = 50;
  std::string after;
  bool oldest_first = false;
};

template <class T>
struct page {
  std::vector<T> items;
  std::string next;  ///< empty: there is no more
};

struct command_filter {
  std::string name, module;  ///< empty: any
  std::optional<command_status> status;
  std::optional<timestamp> since, until;
};

struct event_filter {
  std::string subject;  ///< a subject filter; empty: any
  std::optional<command_id> command;
  std::optional<timestamp> since, until;
  bool failed_only = false;  ///< only those with a failed attempt or a dead letter
};

struct dead_letter_filter {
  std::string module, subscription, subject;
  std::optional<dead_letter_status> status;
};

class EVD_API store {
 public:
  store() = default;
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  virtual ~store() = default;

  /// Applies changes in bulk, durably, and notes `recorded` as how far the recorder is; each of its two positions only
  /// moves forward. Repeating it is harmless.
  /// Errors: unavailable, disk_full: repeat the call. A change that the store refuses for ever fails with
  ///   `error_code invalid_input` and nothing applied: apply them one by one and set that one aside.
  [[nodiscard]] virtual result<void> apply(std::span<const positioned_change> changes, const log_cursor& recorded) = 0;
  [[nodiscard]] virtual result<log_cursor> recorded() = 0;
  [[nodiscard]] virtual result<void> quarantine(const quarantined_record& record) = 0;

  [[nodiscard]] virtual result<std::optional<command_document>> command(const command_id& id) = 0;
  [[nodiscard]] virtual result<std::optional<event_document>> event(const event_id& id) = 0;
  [[nodiscard]] virtual result<std::optional<dead_letter_document>> dead_letter(const dead_letter_id& id) = 0;
  /// The chain of a command, or the chain that an event belongs to.
  [[nodiscard]] virtual result<std::optional<chain_document>> chain(const id& command_or_event) = 0;
  [[nodiscard]] virtual result<std::vector<attempt_record>> attempts(const event_id& event) = 0;

  [[nodiscard]] virtual result<page<command_document>> commands(const command_filter& filter,
                                                                const page_request& page) = 0;
  [[nodiscard]] virtual result<page<event_document>> events(const event_filter& filter, const page_request& page) = 0;
  [[nodiscard]] virtual result<page<dead_letter_document>> dead_letters(const dead_letter_filter& filter,
                                                                        const page_request& page) = 0;
  [[nodiscard]] virtual result<std::vector<subject_summary>> subjects() = 0;
  [[nodiscard]] virtual result<std::vector<subscription_summary>> subscriptions() = 0;
  [[nodiscard]] virtual result<store_totals> totals() = 0;
};

}  // namespace evd::port
