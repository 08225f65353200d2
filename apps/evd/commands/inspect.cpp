#include <algorithm>
#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "core/ids.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/explanation.hpp"
#include "shared/subscription_page.hpp"
#include "shared/text.hpp"

namespace evd::cli {

/// The answer of `evd inspect delivery`.
struct delivery_page {
  delivery_facts facts;
  cli::explanation explanation;
};

namespace {

delivery_facts facts_of(session& with, const event_id& wanted, const subscription_key& key) {
  auto& store = with.store();
  auto event = need(store.event(wanted));
  if (!event) fail_not_found("event", "there is no event " + wanted.to_string(), "see: evd events list");
  const auto page = subscription_page_named(subscription_pages(with.log(), store, true), key);
  delivery_facts facts;
  facts.event = std::move(event->event);
  facts.subscription = page.subscription;
  facts.pending = page.pending;
  facts.state = need(with.log().inspect(wanted, key));
  facts.dead_letter = need(store.dead_letter(core::derive_dead_letter_id(wanted, key.module, key.name)));
  const auto is_of_it = [&](const auto& each) { return each.module == key.module && each.subscription == key.name; };
  for (auto& each : need(store.attempts(wanted))) {
    if (is_of_it(each)) facts.attempts.push_back(std::move(each));
  }
  std::ranges::sort(facts.attempts, {}, &attempt_record::started_at);
  if (const auto chain = need(store.chain(wanted))) {
    for (const auto& each : chain->outcomes) {
      if (each.event == wanted && is_of_it(each)) facts.outcome = each;
    }
  }
  return facts;
}

tone tone_of(const std::string& state) {
  if (state == "handled") return tone::good;
  return state == "dead letter" ? tone::bad : tone::warn;
}

void print(const delivery_page& page, const output& out) {
  const auto& event = page.facts.event;
  out.line(out.paint()(tone_of(page.explanation.state), page.explanation.state) + "  " + one_line(event.subject) + ' ' +
           out.paint()(tone::accent, event.id.to_string()) + " at " +
           one_line(page.facts.subscription.module + '.' + page.facts.subscription.name));
  for (const auto& each : page.explanation.sentences) out.line("  " + one_line(each));
  if (page.explanation.next.empty()) return;
  out.text("\n");
  for (const auto& each : page.explanation.next) out.line(out.paint()(tone::dim, "  → " + one_line(each)));
}

void inspect(session& with, const std::string& event, const std::string& subscription) {
  const auto wanted = event_id{id_from(event, "event")};
  const auto key = subscription_from(subscription);
  delivery_page page{facts_of(with, wanted, key), {}};
  page.explanation = explain(page.facts, with.out().now());
  if (with.out().json()) return with.out().document(to_json(page));
  print(page, with.out());
}

}  // namespace

void add_inspect(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("inspect", "Says in words why things are as they are");
  self->require_subcommand(1);
  struct arguments {
    std::string event, subscription;
  };
  auto wanted = std::make_shared<arguments>();
  auto* delivery = self->add_subcommand("delivery", "Why is this event (not) handled by this subscription?");
  delivery->add_option("EVENT", wanted->event, "The event's id")->required();
  delivery->add_option("SUBSCRIPTION", wanted->subscription, "MODULE.SUBSCRIPTION")->required();
  delivery->footer("examples:\n  evd inspect delivery 622303733628c902f133004b Comment.updateAuthor");
  delivery->callback(
      [&with, wanted] { with.action = [wanted](session& s) { inspect(s, wanted->event, wanted->subscription); }; });
}

}  // namespace evd::cli
