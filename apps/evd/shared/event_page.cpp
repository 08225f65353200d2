#include "shared/event_page.hpp"

#include <algorithm>

#include "shared/names.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

template <class T>
void keep_of(const std::vector<T>& from, const event_id& event, std::vector<T>& into) {
  std::ranges::copy_if(from, std::back_inserter(into), [&](const T& each) { return each.event == event; });
}

std::string joined(const std::vector<id>& ids) {
  std::string out;
  for (const auto& each : ids) out += (out.empty() ? "" : ", ") + each.to_string();
  return out;
}

void print_outcomes(const std::vector<outcome_record>& outcomes, const output& out) {
  if (outcomes.empty()) return;
  out.text("\n");
  out.heading("handled by");
  table rows({{"SUBSCRIPTION"},
              {"WHEN"},
              {"TOOK", align::right},
              {"ATTEMPT", align::right},
              {"PUBLISHED", align::right},
              {"INSTANCE", align::left, fit::shrink}});
  for (const auto& each : outcomes) {
    rows.add({{each.module + '.' + each.subscription},
              {out.when(each.started_at)},
              {span(each.duration)},
              {std::to_string(each.attempt)},
              {std::to_string(each.published.size())},
              {each.instance}});
  }
  out.rows(rows);
}

void print_attempts(const std::vector<attempt_record>& attempts, const output& out) {
  if (attempts.empty()) return;
  out.text("\n");
  out.heading("failed attempts");
  table rows({{"SUBSCRIPTION"},
              {"ATTEMPT", align::right},
              {"WHEN"},
              {"TOOK", align::right},
              {"ERROR", align::left, fit::shrink}});
  for (const auto& each : attempts) {
    rows.add({{each.module + '.' + each.subscription},
              {std::to_string(each.number)},
              {out.when(each.started_at)},
              {span(each.duration)},
              {each.failure.type + ": " + each.failure.message, tone::bad}});
  }
  out.rows(rows);
}

void print_dead_letters(const std::vector<port::dead_letter_document>& letters, const output& out) {
  if (letters.empty()) return;
  out.text("\n");
  out.heading("dead letters");
  table rows({{"DEAD LETTER"}, {"SUBSCRIPTION"}, {"STATUS"}, {"SINCE"}, {"ATTEMPTS", align::right}});
  for (const auto& each : letters) {
    const auto& letter = each.dead_letter;
    rows.add({{letter.id.to_string(), tone::accent},
              {letter.module + '.' + letter.subscription},
              cell_of(each.status),
              {out.when(each.changed_at)},
              {std::to_string(letter.attempts)}});
  }
  out.rows(rows);
}

}  // namespace

std::optional<event_page> event_page::of(const port::chain_document& chain, const event_id& event) {
  const auto found = std::ranges::find(chain.events, event, [](const auto& each) { return each.event.id; });
  if (found == chain.events.end()) return std::nullopt;
  event_page page;
  page.event = *found;
  keep_of(chain.outcomes, event, page.outcomes);
  keep_of(chain.attempts, event, page.attempts);
  for (const auto& each : chain.dead_letters) {
    if (each.dead_letter.event == event) page.dead_letters.push_back(each);
  }
  for (const auto& each : chain.events) {
    const auto& parents = each.event.parents;
    if (std::ranges::find(parents, static_cast<const id&>(event)) != parents.end())
      page.children.push_back(each.event.id);
  }
  return page;
}

void event_page::print(const output& out) const {
  const auto& shown = event.event;
  const auto publisher = shown.subscription.empty() ? shown.module : shown.module + '.' + shown.subscription;
  out.fields({{"event", {shown.id.to_string(), tone::accent}},
              {"subject", {shown.subject, tone::bold}},
              {"version", {std::to_string(shown.version)}},
              {"published", {out.when_exactly(shown.time)}},
              {"not before", {shown.not_before ? out.when_exactly(*shown.not_before) : ""}},
              {"published by", {publisher}},
              {"key", {shown.key}},
              {"command", {shown.command.to_string()}},
              {"parents", {joined(shown.parents)}},
              {"children", {joined({children.begin(), children.end()})}}});
  for (const auto& [name, value] : shown.headers) out.fields({{name, {value}}});
  out.text("\n");
  out.json_block(shown.data.text);
  print_outcomes(outcomes, out);
  print_attempts(attempts, out);
  print_dead_letters(dead_letters, out);
}

}  // namespace evd::cli
