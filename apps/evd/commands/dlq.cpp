#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/dead_letters.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"
#include "shared/names.hpp"

namespace evd::cli {
namespace {

struct list_options {
  std::string status = "open";
  dead_letter_selection which;
  paging page;
};

void list(session& with, const list_options& wanted) {
  const auto& out = with.out();
  auto filter = wanted.which.filter();
  if (wanted.status != "any") filter.status = enum_from<dead_letter_status>(wanted.status, "--status");
  auto& store = with.store();
  const auto row = [&](const port::dead_letter_document& each) -> std::vector<cell> {
    const auto& letter = each.dead_letter;
    return {{letter.id.to_string(), tone::accent},
            {out.when(letter.at)},
            {letter.module + '.' + letter.subscription, tone::plain},
            {letter.subject},
            cell_of(each.status),
            {std::to_string(letter.attempts)},
            {letter.failure.message, tone::bad}};
  };
  print_list<port::dead_letter_document>(
      with, wanted.page, [&](const port::page_request& page) { return store.dead_letters(filter, page); },
      table({{"DEAD LETTER"},
             {"SINCE"},
             {"SUBSCRIPTION", align::left, fit::shrink},
             {"SUBJECT", align::left, fit::shrink},
             {"STATUS"},
             {"ATTEMPTS", align::right},
             {"ERROR", align::left, fit::shrink}}),
      row, wanted.status == "open" ? "no open dead letters" : "no such dead letters");
}

void print(const port::dead_letter_document& document, const output& out) {
  const auto& letter = document.dead_letter;
  out.fields({{"dead letter", {letter.id.to_string(), tone::accent}},
              {"status", cell_of(document.status)},
              {"changed", {out.when_exactly(document.changed_at)}},
              {"changed by", {document.changed_by}},
              {"subscription", {letter.module + '.' + letter.subscription, tone::bold}},
              {"subject", {letter.subject}},
              {"event", {letter.event.to_string()}},
              {"command", {letter.command.to_string()}},
              {"given up", {out.when_exactly(letter.at)}},
              {"reason", {name_of(letter.reason)}},
              {"attempts", {std::to_string(letter.attempts)}},
              {"instance", {letter.instance}}});
  out.text("\n");
  out.heading("last failure");
  out.line(out.paint()(tone::bad, printable(letter.failure.type + ": " + letter.failure.message)));
  if (!letter.failure.stack.empty()) out.line(printable(letter.failure.stack));
}

void show(session& with, const std::string& text) {
  const auto letters = dead_letters_named(with.store(), text);
  const auto& out = with.out();
  bool first = true;
  for (const auto& each : letters) {
    if (out.json()) {
      out.document(to_json(each));
      continue;
    }
    if (!first) out.text("\n");
    first = false;
    print(each, out);
  }
  out.flush();
  const auto id = letters.front().dead_letter.id.to_string();
  const auto status = letters.front().status;
  if (status == dead_letter_status::open) out.note("\nonce more: evd dlq retry " + id);
}

}  // namespace

void add_dlq(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("dlq", "The dead letter queue: lists, shows, retries and dismisses dead letters");
  self->require_subcommand(1);

  auto wanted = std::make_shared<list_options>();
  auto* listing = self->add_subcommand("list", "Lists dead letters, the newest first");
  listing->add_option("--status", wanted->status, "Only those of this status (default open)")
      ->type_name(choices<dead_letter_status>() + "|any");
  wanted->which.add_to(*listing);
  wanted->page.add_to(*listing);
  listing->footer("examples:\n  evd dlq list --module Comment\n  evd dlq list --json | jq -r .deadLetter.id");
  listing->callback([&with, wanted] { with.action = [wanted](session& s) { list(s, *wanted); }; });

  auto letter = std::make_shared<std::string>();
  auto* showing = self->add_subcommand("show", "Shows one dead letter: what failed, where, how often");
  showing->add_option("DEAD-LETTER", *letter, "The id of the dead letter, or of its event")->required();
  showing->callback([&with, letter] { with.action = [letter](session& s) { show(s, *letter); }; });

  add_dlq_change(*self, with);
}

}  // namespace evd::cli
