#pragma once
/// Rows of an evd file as the records they hold. The column lists here and the readers below belong together.

#include <string>

#include <evd/port/store.hpp>
#include <evd/record.hpp>

#include "sqlite/statement.hpp"

namespace evd::store_embedded {

inline constexpr const char* event_columns =
    "e.sequence, e.id, e.subject, e.version, e.command, e.parents, e.linked, e.module, e.subscription, e.key, e.time,"
    " e.not_before, e.headers, e.data";
[[nodiscard]] event_record read_event(const sqlite::rows& rows);

inline constexpr const char* command_columns =
    "c.sequence, c.id, c.name, c.module, c.input, c.caller, c.source, c.mode, c.accepted_at, c.time_limit, c.headers";
inline constexpr int command_column_count = 11;
[[nodiscard]] command_record read_command(const sqlite::rows& rows);

/// With `command_columns` and these, from commands c left join command_outcomes o left join instances i.
inline constexpr const char* command_outcome_columns =
    "o.status, o.ended_at, o.duration, o.result, o.failure_type, o.failure_message, o.failure_stack, o.published, "
    "i.name";
[[nodiscard]] port::command_document read_command_document(const sqlite::rows& rows);

/// From attempts a join subscriptions s join instances i.
inline constexpr const char* attempt_columns =
    "a.event, a.command, a.subject, s.module, s.name, a.number, a.failure_type, a.failure_message, a.failure_stack,"
    " a.started_at, a.duration, a.retry_at, i.name";
[[nodiscard]] attempt_record read_attempt(const sqlite::rows& rows);

/// From outcomes o join events e join subscriptions s join instances i.
inline constexpr const char* outcome_columns =
    "o.event, e.command, e.subject, s.module, s.name, o.attempt, o.started_at, o.duration, o.published, i.name";
[[nodiscard]] outcome_record read_outcome(const sqlite::rows& rows);

/// From dead_letters d join subscriptions s join instances i.
inline constexpr const char* dead_letter_columns =
    "d.id, d.event, d.command, d.subject, s.module, s.name, d.attempts, d.reason, d.failure_type, d.failure_message,"
    " d.failure_stack, d.at, i.name, d.status, d.changed_at, d.changed_by";
[[nodiscard]] port::dead_letter_document read_dead_letter(const sqlite::rows& rows);

/// From subscriptions s.
inline constexpr const char* subscription_columns =
    "s.number, s.module, s.name, s.kind, s.filters, s.attempts, s.ack_wait, s.time_limit, s.concurrency, s.max_crashes,"
    " s.from_now, s.registered_at, s.removed";
inline constexpr int subscription_column_count = 13;
[[nodiscard]] subscription_record read_subscription(const sqlite::rows& rows);

}  // namespace evd::store_embedded
