#include <algorithm>
#include <map>
#include <set>

#include "completion.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"

namespace evd::cli {
namespace {

/// So many at the most, the newest: more is no choice, and reading them must not be felt.
constexpr std::size_t enough = 30;

using source = std::vector<candidate> (*)(port::store&);

std::vector<candidate> subjects(port::store& store) {
  std::vector<candidate> found;
  for (const auto& each : need(store.subjects()))
    found.push_back({each.subject, std::to_string(each.events) + " events"});
  return found;
}

std::vector<candidate> events(port::store& store) {
  std::vector<candidate> found;
  for (const auto& each : need(store.events({}, newest(enough))).items) {
    found.push_back({each.event.id.to_string(), each.event.subject + ' ' + each.event.data.text});
  }
  return found;
}

std::vector<candidate> command_ids(port::store& store) {
  std::vector<candidate> found;
  for (const auto& each : need(store.commands({}, newest(enough))).items) {
    found.push_back({each.command.id.to_string(), each.command.name + ' ' + each.command.input.text});
  }
  return found;
}

std::vector<candidate> chains(port::store& store) {
  auto found = command_ids(store);
  for (auto& each : events(store)) found.push_back(std::move(each));
  return found;
}

std::vector<candidate> dead_letters(port::store& store) {
  port::dead_letter_filter filter;
  filter.status = dead_letter_status::open;
  std::vector<candidate> found;
  for (const auto& each : need(store.dead_letters(filter, newest(enough))).items) {
    const auto& letter = each.dead_letter;
    found.push_back({letter.id.to_string(), letter.module + '.' + letter.subscription + ' ' + letter.failure.message});
  }
  return found;
}

std::vector<candidate> subscriptions(port::store& store) {
  std::vector<candidate> found;
  for (const auto& each : need(store.subscriptions())) {
    const auto& what = each.subscription;
    found.push_back({what.module + '.' + what.name, what.filters.empty() ? std::string{} : what.filters.front()});
  }
  return found;
}

std::vector<candidate> modules(port::store& store) {
  std::set<std::string> names;
  for (const auto& each : need(store.subscriptions())) names.insert(each.subscription.module);
  std::vector<candidate> found;
  found.reserve(names.size());
  for (const auto& each : names) found.push_back({each, ""});
  return found;
}

std::vector<candidate> commands(port::store& store) {
  std::vector<candidate> found;
  for (const auto& each : need(store.subscriptions())) {
    if (each.subscription.kind != subscription_kind::command) continue;
    for (const auto& name : each.subscription.filters)
      found.push_back({name, "command of " + each.subscription.module});
  }
  return found;
}

const std::map<std::string, source, std::less<>>& sources() {
  static const std::map<std::string, source, std::less<>> all{{"SUBJECT", subjects},
                                                              {"EVENT", events},
                                                              {"COMMAND-ID", command_ids},
                                                              {"ID", chains},
                                                              {"MODULE", modules},
                                                              {"DEAD-LETTER", dead_letters},
                                                              {"SUBSCRIPTION", subscriptions},
                                                              {"COMMAND", commands}};
  return all;
}

}  // namespace

std::vector<candidate> values_of(const completion_question& asked) {
  const auto found = sources().find(asked.kind);
  if (found == sources().end()) return {};
  try {
    session with{output{}};
    with.given.url = asked.url;
    with.given.store = asked.store;
    with.given.config = asked.config;
    with.prepare();
    return found->second(with.store());
  } catch (const failed&) {
    return {};
  }
}

}  // namespace evd::cli
