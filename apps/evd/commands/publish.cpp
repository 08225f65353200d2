#include <memory>
#include <random>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "commands/commands.hpp"
#include "core/ids.hpp"
#include "shared/arguments.hpp"
#include "shared/exit_code.hpp"
#include "shared/fresh_id.hpp"

namespace evd::cli {

/// The answer of `evd publish`.
struct publish_page {
  command_id command;
  event_id event;
  std::string subject;
  bool duplicate = false;  ///< an event of this key was there already; nothing new was published
};

namespace {

struct publish_options {
  std::string subject, data, key, caller;
  std::uint32_t version = 1;
};

command_record command_of(const publish_options& wanted, const json_text& data, timestamp now) {
  command_record command;
  command.id = fresh_id(now);
  command.name = "publish";
  command.module = module_of(wanted.subject);
  command.input = data;
  command.caller = wanted.caller.empty() ? login_name() : wanted.caller;
  command.source = "cli";
  command.accepted_at = now;
  return command;
}

/// With a key the id comes from subject and key alone, so that publishing it again publishes nothing new.
event_record event_of(const publish_options& wanted, const command_record& command, json_text data) {
  event_record event;
  event.subject = wanted.subject;
  event.version = wanted.version;
  event.command = command.id;
  event.parents = {command.id};
  event.module = command.module;
  event.key = wanted.key;
  event.time = command.accepted_at;
  event.data = std::move(data);
  std::vector<event_record> one{std::move(event)};
  if (wanted.key.empty()) {
    core::assign_ids(one);
  } else {
    core::assign_batch_ids(one);
  }
  return std::move(one.front());
}

port::write write_of(const command_record& command, const event_record& event) {
  command_outcome_record outcome;
  outcome.command = command.id;
  outcome.module = command.module;
  outcome.name = command.name;
  outcome.ended_at = command.accepted_at;
  outcome.published = {event.id};
  outcome.instance = "cli";
  port::write what;
  what.commands.push_back(command);
  what.events.push_back(event);
  what.journal.emplace_back(std::move(outcome));
  return what;
}

void publish(session& with, const publish_options& wanted) {
  if (const auto checked = check_subject(wanted.subject); !checked) throw failed{exit_code::usage, checked.error()};
  auto data = json_from(wanted.data, "data");
  with.writing();
  const auto command = command_of(wanted, data, with.out().now());
  const auto event = event_of(wanted, command, std::move(data));
  const auto receipt = with.commit(write_of(command, event));
  const publish_page page{command.id, event.id, event.subject, !receipt.duplicates.empty()};
  const auto& out = with.out();
  if (out.json()) return out.document(to_json(page));
  const auto id = out.paint()(tone::accent, page.event.to_string());
  out.line(page.duplicate ? id + " was there already: an event of this key has been published"
                          : id + " published to " + page.subject);
  out.flush();
  out.note("what comes of it: evd chain show " + page.event.to_string());
}

}  // namespace

void add_publish(CLI::App& root, session& with) {
  auto wanted = std::make_shared<publish_options>();
  auto* self = root.add_subcommand("publish", "Publishes an event, under a command named publish");
  self->add_option("SUBJECT", wanted->subject, "The event's subject: User.nameUpdated")->required();
  self->add_option("JSON", wanted->data, "The event's data; - reads standard input, @FILE a file")->required();
  self->add_option("--version", wanted->version, "The version of the event's type that the data have (default 1)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  self->add_option("--key", wanted->key, "Published once only, however often it is repeated with this key")
      ->type_name("KEY");
  self->add_option("--caller", wanted->caller, "Who publishes it, for the record (default: the login name)")
      ->type_name("NAME");
  self->footer(
      "examples:\n"
      "  evd publish User.nameUpdated '{\"userId\":\"u1\",\"firstName\":\"Ada\",\"lastName\":\"Lovelace\"}'\n"
      "  jq -c .data old.json | evd publish User.nameUpdated - --key import-1");
  self->callback([&with, wanted] { with.action = [wanted](session& s) { publish(s, *wanted); }; });
}

}  // namespace evd::cli
