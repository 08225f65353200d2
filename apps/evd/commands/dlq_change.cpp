// `evd dlq retry` and `evd dlq dismiss`: a person decides about dead letters. What is decided is journalled under who
// decided it.
#include <unistd.h>

#include <iostream>
#include <memory>

#include <evd/json.hpp>

#include "commands/commands.hpp"
#include "shared/arguments.hpp"
#include "shared/dead_letters.hpp"
#include "shared/exit_code.hpp"
#include "shared/listing.hpp"
#include "shared/names.hpp"
#include "shared/text.hpp"

namespace evd::cli {

/// What was done about one dead letter; a line of `--json`.
struct dead_letter_decision {
  dead_letter_id id;
  event_id event;
  std::string module;
  std::string subscription;
  std::string action;  ///< "retrying", "waiting", "dismissed", "none"
  std::optional<std::uint32_t> attempt;
  std::string remark;
};

namespace {

using letters = std::vector<port::dead_letter_document>;

struct change_options {
  std::vector<std::string> ids;
  dead_letter_selection which;
  bool all = false;
  bool yes = false;
  std::string by;
};

/// What one of the two subcommands is.
struct decision_kind {
  std::string verb;  ///< "retry"
  dead_letter_decision (*decide)(session&, const port::dead_letter_document&, const std::string& by);
};

dead_letter_decision decision_of(const dead_letter_record& letter, std::string action, std::string remark) {
  return {letter.id,         letter.event, letter.module,    letter.subscription,
          std::move(action), std::nullopt, std::move(remark)};
}

std::string due(const retry_record& retry, const output& out) {
  return "attempt " + std::to_string(retry.attempt) + " is due " + out.when(retry.due);
}

dead_letter_decision retry(session& with, const port::dead_letter_document& document, const std::string& by) {
  const auto& letter = document.dead_letter;
  if (document.status == dead_letter_status::resolved) return decision_of(letter, "none", "it is resolved already");
  const subscription_key key{letter.module, letter.subscription};
  const auto state = need(with.log().inspect(letter.event, key));
  if (state.retry) {
    auto waiting = decision_of(letter, "waiting", "one is waiting already: " + due(*state.retry, with.out()));
    waiting.attempt = state.retry->attempt;
    return waiting;
  }
  if (state.in_work) return decision_of(letter, "waiting", "it is in work right now, at " + state.holder);

  const auto event = need(with.store().event(letter.event));
  if (!event) return decision_of(letter, "none", "its event is not in the store any more");

  // The decision and the retry are one write: a dead letter is never `retrying` with nothing on its way.
  const auto now = with.out().now();
  const auto attempt = letter.attempts + 1;
  port::write what;
  what.journal.emplace_back(dead_letter_change{letter.id, dead_letter_status::retrying, now, by});
  what.retries.push_back({{letter.event, letter.command, letter.module, letter.subscription, attempt, now},
                          std::make_shared<const event_record>(event->event),
                          event->position});
  const auto receipt = with.commit(std::move(what));
  auto made = decision_of(letter, "retrying", "attempt " + std::to_string(attempt) + " is due now");
  if (!receipt.retries_waiting.empty()) made.remark = "one was waiting already";
  made.attempt = attempt;
  return made;
}

dead_letter_decision dismiss(session& with, const port::dead_letter_document& document, const std::string& by) {
  const auto& letter = document.dead_letter;
  if (document.status == dead_letter_status::resolved || document.status == dead_letter_status::dismissed) {
    return decision_of(letter, "none", "it is " + name_of(document.status) + " already");
  }
  port::write what;
  what.journal.emplace_back(dead_letter_change{letter.id, dead_letter_status::dismissed, with.out().now(), by});
  with.commit(std::move(what));
  return decision_of(letter, "dismissed", "");
}

letters chosen(session& with, const change_options& wanted) {
  letters found;
  for (const auto& text : wanted.ids) {
    for (auto& each : dead_letters_named(with.store(), text)) found.push_back(std::move(each));
  }
  if (!wanted.all) return found;
  auto filter = wanted.which.filter();
  filter.status = dead_letter_status::open;
  paging everything;
  everything.limit = 0;
  for_each_page<port::dead_letter_document>(
      with, everything, [&](const port::page_request& page) { return with.store().dead_letters(filter, page); },
      [&](const port::dead_letter_document& each) { found.push_back(each); });
  return found;
}

void check(const change_options& wanted) {
  if (wanted.all && !wanted.ids.empty()) fail_usage("--all", "give either ids or --all, not both");
  if (!wanted.all && !wanted.which.empty()) {
    fail_usage("dlq", "--module, --subscription and --subject choose among all: add --all");
  }
  if (!wanted.all && wanted.ids.empty()) {
    fail_usage("dlq", "no dead letter was named", "give ids, as evd dlq list shows them, or --all");
  }
}

/// Asks before many are changed at once.
void confirm(const session& with, const change_options& wanted, const std::string& verb, std::size_t count) {
  if (!wanted.all || wanted.yes || count == 0) return;
  const auto question = verb + ' ' + counted(count, "open dead letter", "open dead letters");
  if (with.out().json() || !is_terminal(STDIN_FILENO)) {
    fail_usage("--all", "nobody can be asked whether to " + question, "add --yes");
  }
  std::cerr << question << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y" && answer != "yes") {
    fail(exit_code::failed, errc::rejected, verb, "not confirmed; nothing was changed");
  }
}

void print(const dead_letter_decision& made, const output& out) {
  if (out.json()) return out.item(to_json(made));
  const bool done = made.action == "retrying" || made.action == "dismissed";
  auto line = out.paint()(tone::accent, made.id.to_string()) + "  " + one_line(made.module + '.' + made.subscription) +
              "  " + out.paint()(done ? tone::good : tone::warn, made.action == "none" ? "unchanged" : made.action);
  if (!made.remark.empty()) line += "  " + one_line(made.remark);
  out.line(line);
}

void change(session& with, const change_options& wanted, const decision_kind& kind) {
  check(wanted);
  with.writing();
  const auto found = chosen(with, wanted);
  if (found.empty()) return with.out().note("no open dead letters");
  confirm(with, wanted, kind.verb, found.size());
  const auto by = wanted.by.empty() ? login_name() : wanted.by;
  progress changing(with.out(), kind.verb);
  std::size_t done = 0;
  std::size_t unchanged = 0;
  for (const auto& each : found) {
    const auto made = kind.decide(with, each, by);
    unchanged += made.action == "none" ? 1 : 0;
    print(made, with.out());
    changing.show(number(++done) + " of " + number(found.size()));
  }
  with.out().flush();
  if (unchanged == found.size()) {
    fail(exit_code::failed, errc::conflict, kind.verb, "nothing was changed");
  }
}

void add_change(CLI::App& dlq, session& with, const decision_kind& kind, const std::string& description,
                const std::string& examples) {
  auto wanted = std::make_shared<change_options>();
  auto* self = dlq.add_subcommand(kind.verb, description);
  self->add_option("DEAD-LETTER", wanted->ids, "Ids of dead letters, or of events: all dead letters of those");
  self->add_flag("--all", wanted->all, "All open ones, or those of them that the next three choose");
  wanted->which.add_to(*self);
  self->add_flag("-y,--yes", wanted->yes, "Does not ask before it changes all");
  self->add_option("--by", wanted->by, "Who decided it, for the record (default: the login name)")->type_name("NAME");
  self->footer(examples);
  self->callback([&with, wanted, kind] { with.action = [wanted, kind](session& s) { change(s, *wanted, kind); }; });
}

}  // namespace

void add_dlq_change(CLI::App& dlq, session& with) {
  add_change(dlq, with, {"retry", retry}, "Hands the event of a dead letter to its subscription once more, now",
             "examples:\n  evd dlq retry 622303733628c902f133004b\n  evd dlq retry --all --module Comment --yes");
  add_change(dlq, with, {"dismiss", dismiss}, "Closes dead letters that nobody will retry",
             "examples:\n  evd dlq dismiss --all --subject Blog.userUpdated");
}

}  // namespace evd::cli
