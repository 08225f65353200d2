#pragma once
/// The store's queries, each on one connection in one snapshot. Errors: `failure_exception`.

#include <optional>
#include <vector>

#include <evd/port/store.hpp>

#include "sqlite/database.hpp"

namespace evd::store_embedded {

[[nodiscard]] std::optional<port::command_document> find_command(sqlite::database& db, const command_id& id);
[[nodiscard]] std::optional<port::event_document> find_event(sqlite::database& db, const event_id& id);
[[nodiscard]] std::optional<port::dead_letter_document> find_dead_letter(sqlite::database& db,
                                                                         const dead_letter_id& id);
[[nodiscard]] std::optional<port::chain_document> find_chain(sqlite::database& db, const id& command_or_event);
[[nodiscard]] std::vector<attempt_record> find_attempts(sqlite::database& db, const event_id& event);

[[nodiscard]] port::page<port::command_document> list_commands(sqlite::database& db, const port::command_filter& filter,
                                                               const port::page_request& page);
[[nodiscard]] port::page<port::event_document> list_events(sqlite::database& db, const port::event_filter& filter,
                                                           const port::page_request& page);
[[nodiscard]] port::page<port::dead_letter_document> list_dead_letters(sqlite::database& db,
                                                                       const port::dead_letter_filter& filter,
                                                                       const port::page_request& page);
[[nodiscard]] std::vector<port::subject_summary> list_subjects(sqlite::database& db);
[[nodiscard]] std::vector<port::subscription_summary> list_subscriptions(sqlite::database& db);
[[nodiscard]] port::store_totals read_totals(sqlite::database& db);

}  // namespace evd::store_embedded
