#include "store/mongo/queries.hpp"

#include <evd/subject.hpp>

#include "store/mongo/dead_letter_writes.hpp"
#include "store/mongo/documents.hpp"
#include "store/mongo/event_counts.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

bool within(timestamp when, const std::optional<timestamp>& since, const std::optional<timestamp>& until) {
  return (!since || when >= *since) && (!until || when < *until);
}

std::optional<port::dead_letter_document> read_dead_letter_document(const bson_t& from) {
  auto letter = read_dead_letter(from);
  if (!letter.record) return std::nullopt;
  return port::dead_letter_document{*std::move(letter.record), letter.status, letter.changed_at,
                                    std::move(letter.changed_by)};
}

// The one document found, read, unless it is a change that waits for it.
template <class Document, class Read>
result<std::optional<Document>> find_one(client& with, const find_spec& what, Read&& read) {
  std::optional<Document> document;
  auto done = with.find(what, [&](const bson_t& found) {
    if (is_complete(found)) document = read(found);
    return false;
  });
  if (!done) return std::move(done).error();
  return document;
}

/// Reads until the page is full; `next` leads on from its last item if there is another one that fits.
template <class Document, class Read, class Accept, class Place>
result<port::page<Document>> fill(client& with, const result<find_specs>& what, std::size_t limit, Read&& read,
                                  Accept&& accept, Place&& place) {
  if (!what) return what.error();
  port::page<Document> page;
  const auto take = [&](const bson_t& found) {
    auto item = read(found);
    if (!accept(item)) return true;
    if (page.items.size() == limit) {
      page.next = place(page.items.back());
      return false;
    }
    page.items.push_back(std::move(item));
    return true;
  };
  for (const auto& find : *what) {
    if (auto done = with.find(find, take); !done) return std::move(done).error();
    if (!page.next.empty()) break;
  }
  return page;
}

}  // namespace

result<std::optional<port::command_document>> find_command(client& with, const command_id& id) {
  return find_one<port::command_document>(with, by_id(collections::commands, id), read_command);
}

result<std::optional<port::event_document>> find_event(client& with, const event_id& id) {
  auto found = find_one<port::event_document>(with, by_id(collections::events, id), read_event);
  if (!found || !*found) return found;
  std::vector<port::event_document> one{**std::move(found)};
  if (auto counted = count_failures(with, one); !counted) return std::move(counted).error();
  return std::optional{std::move(one.front())};
}

result<std::optional<port::dead_letter_document>> find_dead_letter(client& with, const dead_letter_id& id) {
  return find_one<port::dead_letter_document>(with, by_id(collections::dead_letters, id),
                                              [](const bson_t& found) { return *read_dead_letter_document(found); });
}

result<port::page<port::command_document>> list_commands(client& with, const port::command_filter& filter,
                                                         const port::page_request& page) {
  struct placed {
    port::command_document document;
    log_position position;
  };
  auto found = fill<placed>(
      with, commands_page(filter, page), limit_of(page),
      [](const bson_t& one) {
        return placed{read_command(one), read_position(one, "position")};
      },
      [&](const placed& one) { return within(one.document.command.accepted_at, filter.since, filter.until); },
      [](const placed& last) { return page_after(last.position); });
  if (!found) return std::move(found).error();
  port::page<port::command_document> commands;
  commands.next = std::move(found->next);
  for (auto& one : found->items) commands.items.push_back(std::move(one.document));
  return commands;
}

result<port::page<port::event_document>> list_events(client& with, const port::event_filter& filter,
                                                     const port::page_request& page) {
  auto found = fill<port::event_document>(
      with, events_page(filter, page), limit_of(page), read_event,
      [&](const port::event_document& one) {
        return (filter.subject.empty() || matches(filter.subject, one.event.subject)) &&
               within(one.event.time, filter.since, filter.until);
      },
      [](const port::event_document& last) { return page_after(last.position); });
  if (!found) return found;
  if (auto counted = count_failures(with, found->items); !counted) return std::move(counted).error();
  return found;
}

result<port::page<port::dead_letter_document>> list_dead_letters(client& with, const port::dead_letter_filter& filter,
                                                                 const port::page_request& page) {
  return fill<port::dead_letter_document>(
      with, dead_letters_page(filter, page), limit_of(page),
      [](const bson_t& one) { return read_dead_letter_document(one).value_or(port::dead_letter_document{}); },
      [&](const port::dead_letter_document& one) {
        return filter.subject.empty() || matches(filter.subject, one.dead_letter.subject);
      },
      [](const port::dead_letter_document& last) { return page_after(last.dead_letter); });
}

}  // namespace evd::store_mongo
