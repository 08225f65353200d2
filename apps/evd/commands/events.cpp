#include <algorithm>
#include <memory>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/event_page.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"
#include "shared/names.hpp"

namespace evd::cli {
namespace {

struct list_options {
  std::string subject, command, since, until;
  bool failed = false;
  paging page;
};

void list(session& with, const list_options& wanted) {
  port::event_filter filter;
  filter.subject = wanted.subject;
  if (!wanted.subject.empty()) need(check_subject_filter(wanted.subject));
  if (!wanted.command.empty()) filter.command = command_id{id_from(wanted.command, "--command")};
  filter.since = moment_from(wanted.since, "--since", with.out().now());
  filter.until = moment_from(wanted.until, "--until", with.out().now());
  filter.failed_only = wanted.failed;
  auto& store = with.store();
  const auto row = [&](const port::event_document& each) -> std::vector<cell> {
    const auto& event = each.event;
    return {{event.id.to_string(), tone::accent},
            {with.out().when(event.time)},
            {event.subject},
            {std::to_string(event.version)},
            {number(each.failed_attempts), each.failed_attempts > 0 ? tone::warn : tone::dim},
            {number(each.open_dead_letters), each.open_dead_letters > 0 ? tone::bad : tone::dim},
            {event.data.text}};
  };
  print_list<port::event_document>(
      with, wanted.page, [&](const port::page_request& page) { return store.events(filter, page); },
      table({{"EVENT"},
             {"PUBLISHED"},
             {"SUBJECT", align::left, fit::shrink},
             {"V", align::right},
             {"FAILED", align::right},
             {"DEAD", align::right},
             {"DATA", align::left, fit::shrink}}),
      row, "no such events");
}

void show(session& with, const std::string& text) {
  const auto wanted = event_id{id_from(text, "event")};
  const auto chain = need(with.store().chain(wanted));
  auto page = chain ? event_page::of(*chain, wanted) : std::nullopt;
  if (!page) {
    // An event whose command has expired, or whose command comes with a later projection, is still there by itself.
    const auto alone = need(with.store().event(wanted));
    if (!alone) fail_not_found("event", "there is no event " + text, "see: evd events list");
    page.emplace();
    page->event = *alone;
    page->attempts = need(with.store().attempts(wanted));
  }
  if (with.out().json()) return with.out().document(to_json(*page));
  page->print(with.out());
}

}  // namespace

void add_events(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("events", "Lists, shows and follows events");
  self->require_subcommand(1);

  auto wanted = std::make_shared<list_options>();
  auto* listing = self->add_subcommand("list", "Lists events, the newest first");
  listing
      ->add_option("-s,--subject", wanted->subject, "Only these: a subject, or a filter such as 'User.*' or 'User.>'")
      ->type_name("SUBJECT");
  listing->add_option("--command", wanted->command, "Only those of this command's chain")->type_name("COMMAND-ID");
  listing->add_option("--since", wanted->since, "Published since: 10m, 2h, 7d ago, or RFC 3339")->type_name("TIME");
  listing->add_option("--until", wanted->until, "Published before")->type_name("TIME");
  listing->add_flag("--failed", wanted->failed, "Only those with a failed attempt or a dead letter");
  wanted->page.add_to(*listing);
  listing->footer(
      "examples:\n  evd events list --subject 'User.*' --since 1h\n"
      "  evd events list --failed --json | jq -r .event.id");
  listing->callback([&with, wanted] { with.action = [wanted](session& s) { list(s, *wanted); }; });

  auto event = std::make_shared<std::string>();
  auto* showing = self->add_subcommand("show", "Shows one event: its data, who handled it, what failed");
  showing->add_option("EVENT", *event, "The event's id")->required();
  showing->callback([&with, event] { with.action = [event](session& s) { show(s, *event); }; });

  add_events_tail(*self, with);
}

}  // namespace evd::cli
