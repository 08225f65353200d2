// A command and all that came of it, in seven finds at most, whatever its length.

#include <algorithm>
#include <map>
#include <tuple>

#include "store/mongo/dead_letter_writes.hpp"
#include "store/mongo/documents.hpp"
#include "store/mongo/event_counts.hpp"
#include "store/mongo/finds.hpp"
#include "store/mongo/queries.hpp"
#include "store/mongo/schema.hpp"

namespace evd::store_mongo {
namespace {

result<std::optional<port::command_document>> command_of(client& with, const id& command_or_event) {
  auto command = find_command(with, command_id{command_or_event});
  if (!command || *command) return command;
  const auto event = find_event(with, event_id{command_or_event});
  if (!event) return event.error();
  if (!*event) return command;
  return find_command(with, (*event)->event.command);
}

result<std::vector<port::event_document>> events_of(client& with, const command_id& command) {
  std::map<log_position, port::event_document> in_order;
  for (const auto& what : {chain_events(command), linked_events(command)}) {
    auto read = with.find(what, [&](const bson_t& found) {
      if (!is_complete(found)) return true;
      auto event = read_event(found);
      in_order.insert_or_assign(event.position, std::move(event));
      return true;
    });
    if (!read) return std::move(read).error();
  }
  std::vector<port::event_document> events;
  events.reserve(in_order.size());
  for (auto& [position, event] : in_order) events.push_back(std::move(event));
  if (auto counted = count_failures(with, events); !counted) return std::move(counted).error();
  return events;
}

// All records of a collection that belong to these events, in the order of the events and, for each, by `key`.
template <class Record, class Read, class Event, class Key>
result<std::vector<Record>> records_of(client& with, std::string_view collection, const std::vector<event_id>& events,
                                       Read&& read, Event&& event, Key&& key) {
  std::vector<Record> records;
  if (events.empty()) return records;
  auto done = with.find(of_events(collection, events), [&](const bson_t& found) {
    if (is_complete(found)) records.push_back(read(found));
    return true;
  });
  if (!done) return std::move(done).error();
  std::map<event_id, std::size_t> place;
  for (std::size_t i = 0; i < events.size(); ++i) place.emplace(events[i], i);
  std::sort(records.begin(), records.end(), [&](const Record& a, const Record& b) {
    return std::pair{place[event(a)], key(a)} < std::pair{place[event(b)], key(b)};
  });
  return records;
}

result<std::vector<attempt_record>> attempts_of(client& with, const std::vector<event_id>& events) {
  return records_of<attempt_record>(
      with, collections::attempts, events, read_record<attempt_record>, [](const auto& each) { return each.event; },
      [](const auto& each) {
        return std::pair{each.started_at, each.number};
      });
}

result<std::vector<outcome_record>> outcomes_of(client& with, const std::vector<event_id>& events) {
  return records_of<outcome_record>(
      with, collections::outcomes, events, read_record<outcome_record>, [](const auto& each) { return each.event; },
      [](const auto& each) {
        return std::tuple{each.started_at, each.module, each.subscription};
      });
}

result<std::vector<port::dead_letter_document>> dead_letters_of(client& with, const std::vector<event_id>& events) {
  return records_of<port::dead_letter_document>(
      with, collections::dead_letters, events,
      [](const bson_t& found) {
        auto letter = read_dead_letter(found);
        return port::dead_letter_document{letter.record.value_or(dead_letter_record{}), letter.status,
                                          letter.changed_at, letter.changed_by};
      },
      [](const auto& each) { return each.dead_letter.event; }, [](const auto& each) { return each.dead_letter.at; });
}

}  // namespace

result<std::vector<attempt_record>> find_attempts(client& with, const event_id& event) {
  return attempts_of(with, {event});
}

result<std::optional<port::chain_document>> find_chain(client& with, const id& command_or_event) {
  auto command = command_of(with, command_or_event);
  if (!command) return std::move(command).error();
  if (!*command) return std::optional<port::chain_document>{};
  port::chain_document chain;
  chain.command = **std::move(command);
  auto events = events_of(with, chain.command.command.id);
  if (!events) return std::move(events).error();
  chain.events = *std::move(events);
  std::vector<event_id> ids;
  for (const auto& each : chain.events) ids.push_back(each.event.id);
  auto attempts = attempts_of(with, ids);
  if (!attempts) return std::move(attempts).error();
  chain.attempts = *std::move(attempts);
  auto outcomes = outcomes_of(with, ids);
  if (!outcomes) return std::move(outcomes).error();
  chain.outcomes = *std::move(outcomes);
  auto letters = dead_letters_of(with, ids);
  if (!letters) return std::move(letters).error();
  chain.dead_letters = *std::move(letters);
  return std::optional{std::move(chain)};
}

}  // namespace evd::store_mongo
