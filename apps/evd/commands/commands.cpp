#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"
#include "shared/names.hpp"

namespace evd::cli {
namespace {

struct list_options {
  std::string name, module, status, since, until;
  paging page;
};

void list(session& with, const list_options& wanted) {
  const auto& out = with.out();
  port::command_filter filter{wanted.name, wanted.module, std::nullopt, moment_from(wanted.since, "--since", out.now()),
                              moment_from(wanted.until, "--until", out.now())};
  if (!wanted.status.empty()) filter.status = enum_from<command_status>(wanted.status, "--status");
  auto& store = with.store();
  const auto row = [&](const port::command_document& each) -> std::vector<cell> {
    const auto& command = each.command;
    const auto& failure = each.outcome ? each.outcome->failure : std::nullopt;
    return {{command.id.to_string(), tone::accent},
            {out.when(command.accepted_at)},
            {command.module},
            {command.name},
            cell_of(each.status),
            {each.outcome ? span(each.outcome->duration) : ""},
            {command.source},
            {command.caller},
            failure ? cell{failure->message, tone::bad} : cell{command.input.text}};
  };
  print_list<port::command_document>(
      with, wanted.page, [&](const port::page_request& page) { return store.commands(filter, page); },
      table({{"COMMAND-ID"},
             {"ACCEPTED"},
             {"MODULE", align::left, fit::shrink},
             {"COMMAND", align::left, fit::shrink},
             {"STATUS"},
             {"TOOK", align::right},
             {"SOURCE"},
             {"CALLER", align::left, fit::shrink},
             {"INPUT OR ERROR", align::left, fit::shrink}}),
      row, "no such commands");
}

void print(const port::command_document& document, const output& out) {
  const auto& command = document.command;
  const auto& outcome = document.outcome;
  out.fields({{"command", {command.id.to_string(), tone::accent}},
              {"name", {command.module + '.' + command.name, tone::bold}},
              {"status", cell_of(document.status)},
              {"accepted", {out.when_exactly(command.accepted_at)}},
              {"ended", {outcome ? out.when_exactly(outcome->ended_at) : ""}},
              {"took", {outcome ? span(outcome->duration) : ""}},
              {"mode", {name_of(command.mode)}},
              {"source", {command.source}},
              {"caller", {command.caller}},
              {"instance", {outcome ? outcome->instance : ""}},
              {"published", {outcome ? counted(outcome->published.size(), "event", "events") : ""}}});
  for (const auto& [name, value] : command.headers) out.fields({{name, {value}}});
  out.text("\n");
  out.heading("input");
  out.json_block(command.input.text);
  if (outcome && outcome->failure) {
    out.text("\n");
    out.heading("failure");
    out.line(out.paint()(tone::bad, printable(outcome->failure->type + ": " + outcome->failure->message)));
    if (!outcome->failure->stack.empty()) out.line(printable(outcome->failure->stack));
  } else if (outcome && outcome->result.text != "null") {
    out.text("\n");
    out.heading("result");
    out.json_block(outcome->result.text);
  }
}

void show(session& with, const std::string& text) {
  const auto document = need(with.store().command(command_id{id_from(text, "command")}));
  if (!document) fail_not_found("command", "there is no command " + text, "see: evd commands list");
  const auto& out = with.out();
  if (out.json()) return out.document(to_json(*document));
  print(*document, out);
  out.flush();
  out.note("\nwhat came of it: evd chain show " + text);
}

}  // namespace

void add_commands(CLI::App& root, session& with) {
  auto* self = root.add_subcommand("commands", "Lists and shows commands: what started the chains");
  self->require_subcommand(1);

  auto wanted = std::make_shared<list_options>();
  auto* listing = self->add_subcommand("list", "Lists commands, the newest first");
  listing->add_option("--name", wanted->name, "Only this command")->type_name("COMMAND");
  listing->add_option("-m,--module", wanted->module, "Only those of this module")->type_name("MODULE");
  listing->add_option("--status", wanted->status, "Only those of this status")->type_name(choices<command_status>());
  listing->add_option("--since", wanted->since, "Accepted since: 10m, 2h, 7d ago, or RFC 3339")->type_name("TIME");
  listing->add_option("--until", wanted->until, "Accepted before")->type_name("TIME");
  wanted->page.add_to(*listing);
  listing->footer("examples:\n  evd commands list --status failed --since 1d");
  listing->callback([&with, wanted] { with.action = [wanted](session& s) { list(s, *wanted); }; });

  auto command = std::make_shared<std::string>();
  auto* showing = self->add_subcommand("show", "Shows one command: its input and how it ended");
  showing->add_option("COMMAND-ID", *command, "The command's id")->required();
  showing->callback([&with, command] { with.action = [command](session& s) { show(s, *command); }; });
}

}  // namespace evd::cli
