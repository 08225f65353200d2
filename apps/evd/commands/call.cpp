#include <algorithm>
#include <memory>
#include <thread>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/fresh_id.hpp"
#include "shared/names.hpp"
#include "shared/progress.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

struct call_options {
  std::string name, input, module, caller;
  std::string timeout = "30s";
  bool no_wait = false;
};

/// Who runs the command: the registration of its consumer, which applications journal when they start.
struct command_consumer {
  subscription_key key;
  std::chrono::milliseconds time_limit{};
};

command_consumer consumer_of(port::store& store, const call_options& wanted) {
  std::vector<std::string> known;
  for (const auto& each : need(store.subscriptions())) {
    const auto& registered = each.subscription;
    if (registered.kind != subscription_kind::command || registered.removed) continue;
    known.insert(known.end(), registered.filters.begin(), registered.filters.end());
    const bool same =
        std::find(registered.filters.begin(), registered.filters.end(), wanted.name) != registered.filters.end();
    if (same && (wanted.module.empty() || wanted.module == registered.module)) {
      return {{registered.module, registered.name}, registered.time_limit};
    }
  }
  if (!wanted.module.empty()) return {{wanted.module, wanted.name}, {}};
  const auto meant = closest(wanted.name, known);
  fail_not_found("command", "no application handles a command '" + one_line(wanted.name) + "'",
                 meant.empty() ? "start the application that has it; or --module MODULE to record it for one to come"
                               : "did you mean '" + meant + "'?");
}

command_record record_of(const call_options& wanted, const command_consumer& consumer, json_text input, timestamp now) {
  command_record command;
  command.id = fresh_id(now);
  command.name = wanted.name;
  command.module = consumer.key.module;
  command.input = std::move(input);
  command.caller = wanted.caller.empty() ? login_name() : wanted.caller;
  command.source = "cli";
  command.mode = command_mode::durable;
  command.accepted_at = now;
  command.time_limit = consumer.time_limit;
  return command;
}

/// Waits for the command's end, asking rarely enough to be no load. None: the time is over.
std::optional<port::command_document> wait_for(session& with, const command_id& command,
                                               std::chrono::milliseconds timeout) {
  using clock = std::chrono::steady_clock;
  progress waiting(with.out(), "waiting for the command");
  const auto begun = clock::now();
  auto pause = std::chrono::milliseconds{5};
  while (true) {
    auto document = need(with.store().command(command));
    if (document && document->outcome) return document;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun);
    if (waited >= timeout) return std::nullopt;
    waiting.show(span(waited));
    std::this_thread::sleep_for(std::min(pause, timeout - waited));
    pause = std::min(pause * 2, std::chrono::milliseconds{250});
  }
}

[[noreturn]] void give_up(session& with, const command_record& command, const command_consumer& consumer,
                          const std::string& timeout) {
  const auto id = command.id.to_string();
  const auto state = with.log().inspect(event_id{command.id}, consumer.key);
  const bool running = state && state->in_work;
  fail(exit_code::timed_out, errc::timed_out, "call " + command.name,
       "the command " + id + " has not ended after " + timeout,
       running ? "it is running at " + state->holder + "; look again: evd commands show " + id
               : "no application has taken it up yet: is one running? It stays recorded: evd commands show " + id);
}

void print(const port::command_document& document, const output& out) {
  if (out.json()) return out.document(to_json(document));
  const auto& outcome = *document.outcome;
  if (document.status == command_status::succeeded) out.json_block(outcome.result.text);
  out.flush();
  const auto published = counted(outcome.published.size(), "event", "events");
  out.note(name_of(document.status) + " after " + span(outcome.duration) + ", published " + published +
           ": evd chain show " + document.command.id.to_string());
}

void call(session& with, const call_options& wanted) {
  const auto timeout = parse_duration(wanted.timeout);
  if (!timeout) fail_usage("--timeout", "'" + one_line(wanted.timeout) + "' is no duration", "as in 500ms, 10s, 5m");
  auto input = json_from(wanted.input, "input");
  with.writing();
  const auto consumer = consumer_of(with.store(), wanted);
  const auto command = record_of(wanted, consumer, std::move(input), with.out().now());
  port::write what;
  what.commands.push_back(command);
  with.commit(std::move(what));
  if (wanted.no_wait) {
    if (with.out().json()) return with.out().document(to_json(port::command_document{command, {}, {}}));
    with.out().line(with.out().paint()(tone::accent, command.id.to_string()) + " accepted");
    return with.out().note("how it ends: evd commands show " + command.id.to_string());
  }
  const auto ended = wait_for(with, command.id, *timeout);
  if (!ended) give_up(with, command, consumer, wanted.timeout);
  print(*ended, with.out());
  if (ended->status == command_status::succeeded) return;
  const auto& failure = ended->outcome->failure;
  fail(exit_code::failed, ended->status == command_status::rejected ? errc::rejected : errc::handler_failed,
       "call " + command.name, name_of(ended->status) + (failure ? ": " + one_line(failure->message) : std::string{}));
}

}  // namespace

void add_call(CLI::App& root, session& with) {
  auto wanted = std::make_shared<call_options>();
  auto* self = root.add_subcommand("call", "Calls a command: records it durably, waits for its end, prints its result");
  self->add_option("COMMAND", wanted->name, "The command's name: userUpdateNames")->required();
  self->add_option("JSON", wanted->input, "Its input; - reads standard input, @FILE a file")->required();
  self->add_option("--timeout", wanted->timeout, "How long to wait for its end (default 30s)")->type_name("DURATION");
  self->add_flag("--no-wait", wanted->no_wait, "Ends once the command is recorded");
  self->add_option("-m,--module", wanted->module, "The module that has it, when no application has registered it yet")
      ->type_name("MODULE");
  self->add_option("--caller", wanted->caller, "Who calls, for the record (default: the login name)")
      ->type_name("NAME");
  self->footer(
      "examples:\n  evd call userUpdateNames '{\"userId\":\"u1\",\"firstName\":\"Ada\",\"lastName\":\"Lovelace\"}'");
  self->callback([&with, wanted] { with.action = [wanted](session& s) { call(s, *wanted); }; });
}

}  // namespace evd::cli
