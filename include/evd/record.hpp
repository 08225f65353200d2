#pragma once
/// The records of the log. Everything that is ever known about a chain is one of these, written once.
///
/// Commands and events are facts of the user; the journal's records say what became of them. Each is an aggregate whose
/// member names are its JSON names (`user_id` is `userId`), so the log, the CLI's `--json` and the console show the
/// same.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <evd/id.hpp>
#include <evd/time.hpp>

namespace evd {

/// JSON text, known to be valid and UTF-8. It is embedded as it stands wherever a record is written as JSON.
struct json_text {
  std::string text = "null";
  friend bool operator==(const json_text&, const json_text&) = default;
};

using header_map = std::map<std::string, std::string, std::less<>>;

/// Where a record lies in the log. A new epoch begins when a log is made anew; positions compare across epochs.
struct log_position {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  friend constexpr auto operator<=>(const log_position&, const log_position&) = default;
};

/// How far a reader of the log is. A broker may keep commands and events in one stream and the journal in another,
/// which are read side by side; one that has a single stream uses `log` alone.
struct log_cursor {
  log_position log;
  log_position journal;
  friend constexpr auto operator<=>(const log_cursor&, const log_cursor&) = default;
};

/// Names one subscription: one handler of one module. Also names the consumer of a durable command.
struct subscription_key {
  std::string module;
  std::string name;
  [[nodiscard]] std::string to_string() const { return module + '.' + name; }
  friend auto operator<=>(const subscription_key&, const subscription_key&) = default;
};

enum class command_mode : std::uint8_t {
  in_place,  ///< the instance that accepted it runs it and answers
  durable,   ///< accepted with its PubAck; a consumer runs it, at least once
};

/// What starts a chain.
struct command_record {
  command_id id;
  std::string name;    ///< "userUpdateNames"
  std::string module;  ///< "User"
  json_text input;     ///< secrets masked
  std::string caller;  ///< who asked, as the gateway authenticated it; empty: nobody known
  std::string source;  ///< "http", "cli", "call", "cron", ...
  command_mode mode = command_mode::in_place;
  timestamp accepted_at;
  std::chrono::milliseconds time_limit{};  ///< an in-place command not closed by then is closed as `unknown`
  header_map headers;                      ///< `traceparent` and the like
  friend bool operator==(const command_record&, const command_record&) = default;
};

/// An immutable fact.
struct event_record {
  event_id id;
  std::string subject;
  std::uint32_t version = 1;
  command_id command;                   ///< the chain it belongs to
  std::vector<evd::id> parents;         ///< commands or events it came of; the first one is its place in the tree
  std::vector<command_id> linked;       ///< further chains, when a batch handler had several parents
  std::string module;                   ///< the module that published it
  std::string subscription;             ///< the handler that published it; empty: the command itself
  std::string key;                      ///< the publisher's key; empty: none
  timestamp time;                       ///< when it was published
  std::optional<timestamp> not_before;  ///< a delayed event enters the log then
  header_map headers;
  json_text data;
  friend bool operator==(const event_record&, const event_record&) = default;
};

/// Why something failed.
struct failure {
  std::string type;     ///< the exception's type as the user wrote it: `std::runtime_error`
  std::string message;  ///< its `what()`
  std::string stack;    ///< one frame a line; empty where the build has no stack traces
  friend bool operator==(const failure&, const failure&) = default;
};

// ---- journal: what became of commands and events ----

/// One failed attempt.
struct attempt_record {
  event_id event;
  command_id command;
  std::string subject;
  std::string module;
  std::string subscription;
  std::uint32_t number = 1;
  evd::failure failure;
  timestamp started_at;
  std::chrono::microseconds duration{};
  std::optional<timestamp> retry_at;  ///< none: it was the last one
  std::string instance;
  friend bool operator==(const attempt_record&, const attempt_record&) = default;
};

/// A subscription has handled an event.
struct outcome_record {
  event_id event;
  command_id command;
  std::string subject;
  std::string module;
  std::string subscription;
  std::uint32_t attempt = 1;
  timestamp started_at;
  std::chrono::microseconds duration{};
  std::vector<event_id> published;
  std::string instance;
  friend bool operator==(const outcome_record&, const outcome_record&) = default;
};

enum class command_status : std::uint8_t {
  accepted,  ///< recorded; running, or waiting for its consumer
  succeeded,
  rejected,  ///< its handler refused it
  failed,    ///< its handler threw
  unknown,   ///< the instance that ran it died; it is never run again silently
};

/// A command has ended.
struct command_outcome_record {
  command_id command;
  std::string module;
  std::string name;
  command_status status = command_status::succeeded;
  timestamp ended_at;
  std::chrono::microseconds duration{};
  json_text result;
  std::optional<evd::failure> failure;
  std::vector<event_id> published;
  std::string instance;
  friend bool operator==(const command_outcome_record&, const command_outcome_record&) = default;
};

enum class dead_letter_reason : std::uint8_t {
  attempts_exhausted,
  permanent,    ///< the handler threw `permanent_error`
  crashes,      ///< handling it ended the process too often
  undecodable,  ///< its data are not of the form that the subscription's type has
};

enum class dead_letter_status : std::uint8_t { open, retrying, resolved, dismissed };

/// One subscription gives up on one event.
struct dead_letter_record {
  dead_letter_id id;  ///< a hash of event and subscription
  event_id event;
  command_id command;
  std::string subject;
  std::string module;
  std::string subscription;
  std::uint32_t attempts = 0;
  dead_letter_reason reason = dead_letter_reason::attempts_exhausted;
  evd::failure failure;  ///< of the last attempt
  timestamp at;
  std::string instance;
  friend bool operator==(const dead_letter_record&, const dead_letter_record&) = default;
};

/// A person, or a later success, changes a dead letter's status.
struct dead_letter_change {
  dead_letter_id id;
  dead_letter_status status = dead_letter_status::retrying;
  timestamp at;
  std::string by;  ///< who; "evd" for a later success
  friend bool operator==(const dead_letter_change&, const dead_letter_change&) = default;
};

enum class subscription_kind : std::uint8_t { single, batch, group, ordered, command };

/// A subscription exists, with these options, or exists no longer.
struct subscription_record {
  std::string module;
  std::string name;
  std::vector<std::string> filters;  ///< subjects with wildcards; for `command` the command's name
  subscription_kind kind = subscription_kind::single;
  std::uint32_t attempts = 5;
  std::chrono::milliseconds ack_wait{};
  std::chrono::milliseconds time_limit{};
  std::uint32_t concurrency = 1;
  std::uint32_t max_crashes = 10;
  bool from_now = false;  ///< events from before its first registration are not for it
  timestamp registered_at;
  bool removed = false;
  friend bool operator==(const subscription_record&, const subscription_record&) = default;
};

using journal_record = std::variant<attempt_record, outcome_record, command_outcome_record, dead_letter_record,
                                    dead_letter_change, subscription_record>;

/// One subscription is to get one event once more. At most one of these waits for a pair of event and subscription.
struct retry_record {
  event_id event;
  command_id command;
  std::string module;
  std::string subscription;
  std::uint32_t attempt = 2;  ///< the number of the attempt to come
  timestamp due;
  friend bool operator==(const retry_record&, const retry_record&) = default;
};

/// Anything the recorder reads from a log.
using log_record = std::variant<command_record, event_record, attempt_record, outcome_record, command_outcome_record,
                                dead_letter_record, dead_letter_change, subscription_record>;

struct positioned_record {
  log_position position;
  log_record record;
};

}  // namespace evd
