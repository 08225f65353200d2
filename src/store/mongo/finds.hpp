#pragma once
/// What is asked of the server for each query of the port. Pure, so that a test can have each of them explained.

#include <string>
#include <vector>

#include <evd/port/store.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

[[nodiscard]] find_spec by_id(std::string_view collection, const id& what);
[[nodiscard]] find_spec by_ids(std::string_view collection, const std::vector<id>& which);

/// Of these events: attempts, outcomes or dead letters.
[[nodiscard]] find_spec of_events(std::string_view collection, const std::vector<event_id>& events);
/// Those of the command itself, and those linked to it.
[[nodiscard]] find_spec chain_events(const command_id& command);
[[nodiscard]] find_spec linked_events(const command_id& command);

/// Finds whose results, one after the other, are the page and what follows it.
using find_specs = std::vector<find_spec>;

/// Pages. The server answers a superset in the right order: what a filter says of microseconds and wildcards is looked
/// at again by who reads. A page that goes on within an epoch is two finds (the rest of the epoch, then the others),
/// because not every server serves an `$or` by an index. Errors: invalid_input: `page.after` is no page, or a filter is
/// none.
[[nodiscard]] result<find_specs> commands_page(const port::command_filter& filter, const port::page_request& page);
[[nodiscard]] result<find_specs> events_page(const port::event_filter& filter, const port::page_request& page);
[[nodiscard]] result<find_specs> dead_letters_page(const port::dead_letter_filter& filter,
                                                   const port::page_request& page);

/// How many items a page has at most.
[[nodiscard]] std::size_t limit_of(const port::page_request& page);

/// `next` of a page that ends with what lies there.
[[nodiscard]] std::string page_after(log_position last);
[[nodiscard]] std::string page_after(const dead_letter_record& last);

/// Appends to `filter` that the position in `member` is lower or higher.
enum class side : std::uint8_t { lower, higher };
[[nodiscard]] std::vector<document> beyond(std::string_view member, side where, log_position than);

}  // namespace evd::store_mongo
