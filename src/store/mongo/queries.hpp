#pragma once
/// The store's queries, each on one connection.

#include <optional>
#include <vector>

#include <evd/port/store.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

[[nodiscard]] result<std::optional<port::command_document>> find_command(client& with, const command_id& id);
[[nodiscard]] result<std::optional<port::event_document>> find_event(client& with, const event_id& id);
[[nodiscard]] result<std::optional<port::dead_letter_document>> find_dead_letter(client& with,
                                                                                 const dead_letter_id& id);
[[nodiscard]] result<std::vector<attempt_record>> find_attempts(client& with, const event_id& event);
[[nodiscard]] result<std::optional<port::chain_document>> find_chain(client& with, const id& command_or_event);

[[nodiscard]] result<port::page<port::command_document>> list_commands(client& with, const port::command_filter& filter,
                                                                       const port::page_request& page);
[[nodiscard]] result<port::page<port::event_document>> list_events(client& with, const port::event_filter& filter,
                                                                   const port::page_request& page);
[[nodiscard]] result<port::page<port::dead_letter_document>> list_dead_letters(client& with,
                                                                               const port::dead_letter_filter& filter,
                                                                               const port::page_request& page);

}  // namespace evd::store_mongo
