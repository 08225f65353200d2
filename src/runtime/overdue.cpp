#include "runtime/overdue.hpp"

#include <evd/logger.hpp>

namespace evd::runtime {

namespace {

// A living instance may be a little late with its own outcome.
constexpr std::chrono::seconds patience{5};

bool is_overdue(const port::command_document& found, timestamp at) {
  const auto& command = found.command;
  return found.status == command_status::accepted && command.mode == command_mode::in_place &&
         at > command.accepted_at + command.time_limit + patience;
}

journal_record unknown_outcome(const command_record& command, const std::string& instance, timestamp at) {
  command_outcome_record outcome;
  outcome.command = command.id;
  outcome.module = command.module;
  outcome.name = command.name;
  outcome.status = command_status::unknown;
  outcome.ended_at = at;
  outcome.duration = at - command.accepted_at;
  outcome.failure = failure{"unknown", "the instance that ran it ended before it said how the command ended", ""};
  outcome.instance = instance;
  return outcome;
}

}  // namespace

void close_overdue_commands(const environment& with) {
  port::command_filter open;
  open.status = command_status::accepted;
  port::page_request page;
  page.limit = 500;
  page.oldest_first = true;
  do {
    const auto found = with.store.commands(open, page);
    if (!found) return;  // the next turn finds them
    const auto at = now();
    port::write what;
    std::vector<subscription_key> closed;  // module and name of each
    for (const auto& document : found->items) {
      if (!is_overdue(document, at)) continue;
      what.journal.push_back(unknown_outcome(document.command, with.instance, at));
      closed.push_back({document.command.module, document.command.name});
    }
    if (!what.empty()) {
      with.log.commit(std::move(what), [&sink = with.sink, observer = with.observer,
                                        closed = std::move(closed)](const result<port::receipt>& receipt) {
        if (!receipt) return;
        logger(sink).warning("commands were left open by an instance that ended; closed as unknown",
                             {{"commands", closed.size()}});
        if (observer == nullptr) return;
        for (const auto& [module, name] : closed)
          observer->on(command_ended{module, name, false, command_end::unknown, {}});
      });
    }
    page.after = found->next;
  } while (!page.after.empty());
}

}  // namespace evd::runtime
